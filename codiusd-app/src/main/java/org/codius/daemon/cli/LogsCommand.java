package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.StateFile;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a pod writes. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a pod's containers wrote.",
      "",
      "A line each: container, stdout or stderr, and what was written.",
      "Only pods whose manifest says \"debug\": true have a log, and it is public."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd logs codius.json --follow")
final class LogsCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE|HASH",
      defaultValue = "codius.json",
      description = {
        "The file it was uploaded from, or its manifest hash.",
        "Default: ${DEFAULT-VALUE}."
      })
  private String pod = "codius.json";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new lines, until Ctrl-C or the end of the pod.")
  private boolean isFollowing;

  @Option(
      names = "--host",
      paramLabel = "URL",
      defaultValue = "http://localhost:3000",
      converter = HostConverter.class,
      description = "The host it runs on. Default: ${DEFAULT-VALUE}.")
  private URI host = URI.create("http://localhost:3000");

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Where the upload is remembered. Default: beside FILE.")
  private @Nullable Path stateFile;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PodBuyer buyer =
        new PodBuyer(
            host,
            () -> {
              throw new IllegalStateException("reading a log costs nothing");
            },
            BuyerTimeouts.DEFAULT,
            Clock.systemUTC(),
            new SecureRandom(),
            step -> {});
    try (Stream<String> lines = buyer.logs(hash(), isFollowing)) {
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

  private ManifestHash hash() {
    return ManifestHash.parse(pod)
        .orElseGet(
            () -> {
              Path path = stateFile == null ? StateFile.pathFor(Path.of(pod)) : stateFile;
              try (StateFile state = StateFile.open(path)) {
                return PodName.resolve(pod, state);
              }
            });
  }
}
