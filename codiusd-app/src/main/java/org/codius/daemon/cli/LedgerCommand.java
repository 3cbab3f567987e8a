package org.codius.daemon.cli;

import picocli.CommandLine.Command;

/** The books. */
@Command(
    name = "ledger",
    mixinStandardHelpOptions = true,
    description = "Look into a host's books, also while it runs.",
    subcommands = {LedgerCheckCommand.class, LedgerOwedCommand.class, LedgerSummaryCommand.class})
final class LedgerCommand {}
