package org.codius.daemon.cli;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codius.daemon.client.OwnedPod;
import org.codius.daemon.client.StateFile;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that name a pod that was bought before. */
final class OwnedPodOptions {

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
      names = "--host",
      paramLabel = "URL",
      defaultValue = "http://localhost:3000",
      converter = HostConverter.class,
      description = "The host it runs on. Default: ${DEFAULT-VALUE}.")
  private URI host = URI.create("http://localhost:3000");

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Where the upload is remembered. Default: beside FILE; for a HASH, in this folder.")
  private @Nullable Path stateFile;

  /** Returns the pod, with what the state file knows of our purchases of it. */
  OwnedPod pod() {
    Path path = stateFile == null ? StateFile.pathFor(Path.of(pod)) : stateFile;
    boolean isHash = ManifestHash.parse(pod).isPresent();
    if (isHash && !Files.exists(path)) {
      return new OwnedPod(host, ManifestHash.parse(pod).orElseThrow(), List.of());
    }
    try (StateFile state = StateFile.open(path)) {
      ManifestHash hash = PodName.resolve(pod, state);
      return new OwnedPod(host, hash, state.managementTokens(host, hash));
    }
  }
}
