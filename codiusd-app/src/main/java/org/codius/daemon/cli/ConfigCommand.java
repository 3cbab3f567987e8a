package org.codius.daemon.cli;

import picocli.CommandLine.Command;

/** What is about the configuration. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Look at how this host is set up.",
    subcommands = ConfigShowCommand.class)
final class ConfigCommand {}
