package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.codius.daemon.client.PodFile;
import org.codius.manifest.generate.ManifestGenerator;
import org.codius.manifest.registry.ImageResolver;
import org.codius.manifest.registry.RegistryConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that say what pod it is about, where it is to be uploaded. */
final class PodOptions {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "codius.json",
      description = {
        "A codius.json, or a complete manifest or upload request.",
        "Default: ${DEFAULT-VALUE}."
      })
  private Path file = Path.of("codius.json");

  @Option(
      names = "--vars",
      paramLabel = "FILE",
      description = "The variables of a codius.json. Default: codiusvars.json beside it.")
  private @Nullable Path vars;

  Path file() {
    return file;
  }

  /**
   * Reads the files, and asks registries for the digests of images that are named without one.
   *
   * @param state what the state file holds
   */
  PodFile load(JsonNode state, SecureRandom random, Progress progress) {
    HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    ImageResolver resolver = new ImageResolver(http, RegistryConfig.DEFAULT);
    ManifestGenerator generator =
        new ManifestGenerator(
            image -> {
              progress.accept("asking for the digest of " + image.familiar());
              return resolver.resolve(image);
            },
            random);
    Path variables = vars == null ? file.resolveSibling("codiusvars.json") : vars;
    return PodFile.load(file, variables, state, generator);
  }
}
