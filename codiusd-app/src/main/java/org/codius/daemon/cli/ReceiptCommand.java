package org.codius.daemon.cli;

import picocli.CommandLine.Command;

/** What has to do with receipts. */
@Command(
    name = "receipt",
    mixinStandardHelpOptions = true,
    description = "Get the signed receipts of purchases, or check one.",
    subcommands = {ReceiptGetCommand.class, ReceiptVerifyCommand.class})
final class ReceiptCommand {}
