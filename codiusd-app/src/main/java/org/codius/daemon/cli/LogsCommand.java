package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.codius.daemon.client.ClientException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a pod writes. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a pod's containers wrote.",
      "",
      "A line each: container, stdout or stderr, and what was written.",
      "If its manifest says \"debug\": true everybody may read it; else who started the pod."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd logs codius.json --follow")
final class LogsCommand implements Callable<Integer> {

  @Mixin private OwnedPodOptions options = new OwnedPodOptions();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new lines, until Ctrl-C or the end of the pod.")
  private boolean isFollowing;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Stream<String> lines = options.pod().logs(isFollowing)) {
      for (String line : (Iterable<String>) lines::iterator) {
        out.println(line);
        out.flush();
        if (out.checkError()) {
          return Codiusd.OK; // whoever read it has left
        }
      }
    } catch (UncheckedIOException e) {
      throw new ClientException(
          "the log broke off: " + e.getMessage(), "Run it again to go on.", e);
    }
    return Codiusd.OK;
  }
}
