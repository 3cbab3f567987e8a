package org.codius.daemon.cli;

import picocli.CommandLine.Command;

/** What has to do with receipts. */
@Command(
    name = "receipt",
    mixinStandardHelpOptions = true,
    description = "Get a purchase's signed receipt, or check one.",
    subcommands = {ReceiptVerifyCommand.class})
final class ReceiptCommand {}
