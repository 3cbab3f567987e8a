package org.codius.daemon.cli;

import picocli.CommandLine.Command;

/** What can be done with manifests without a host. */
@Command(
    name = "manifest",
    mixinStandardHelpOptions = true,
    description = "Check, hash, make or explain manifests. Needs no host.",
    subcommands = {
      ManifestValidateCommand.class,
      ManifestHashCommand.class,
      ManifestGenerateCommand.class,
      ManifestExplainCommand.class,
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  codiusd manifest generate codius.json > request.json",
      "  codiusd manifest validate request.json",
      "  codiusd manifest hash request.json",
      "  codiusd manifest explain request.json --host https://codius.example.com",
      "",
      "A FILE may be - for standard input.",
      "Exit code 0: valid. 1: not valid. 2: wrong arguments, or a file that cannot be read.",
    })
final class ManifestCommand {}
