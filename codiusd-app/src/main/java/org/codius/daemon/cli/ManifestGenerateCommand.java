package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.codius.manifest.ImageReference;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.PodRequest;
import org.codius.manifest.generate.ManifestGenerator;
import org.codius.manifest.registry.ImageResolver;
import org.codius.manifest.registry.RegistryConfig;
import org.codius.manifest.registry.RegistryCredentials;
import org.codius.manifest.registry.RegistryException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes an upload request from the two files people write. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Make an upload request of a codius.json and a codiusvars.json.",
      "Asks registries for the digests of images that are named without one. The result holds the"
          + " private values in clear."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd manifest generate codius.json codiusvars.json > request.json")
final class ManifestGenerateCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "CODIUS", description = "A codius.json.")
  private Path codius = Path.of("codius.json");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CODIUSVARS",
      description = "Its variables. Default: codiusvars.json beside it, if there is one.")
  private @Nullable Path codiusVars;

  @Option(
      names = "--simple",
      description = "Put every value where it is used, and leave the variables out.")
  private boolean isSimple;

  @Option(names = "--json", description = "Print one line instead of many.")
  private boolean isJson;

  @Option(
      names = "--docker-config",
      paramLabel = "FILE",
      description = "Logins for registries. Default: .docker/config.json of your home, if there.")
  private @Nullable Path dockerConfig;

  @Option(
      names = "--insecure-registry",
      paramLabel = "HOST",
      description = "A registry to ask over plain HTTP. May be repeated.")
  private List<String> insecureRegistries = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try (Progress progress = new Progress(err)) {
      byte[] codiusFile = ManifestFiles.read(codius, spec);
      byte[] varsFile = readVariables();
      Resolver resolver = new Resolver(this::registryConfig, progress);
      PodRequest request =
          new ManifestGenerator(resolver::resolve, new SecureRandom())
              .generate(codiusFile, varsFile);
      print(request);
      return Codiusd.OK;
    } catch (InvalidManifestException e) {
      err.println("codiusd: no manifest comes of " + codius + ":");
      new ManifestVerdict(Optional.empty(), e.violations()).printErrors(err);
      err.flush();
      return Codiusd.FAILED;
    } catch (RegistryException e) {
      err.println("codiusd: " + e.getMessage());
      err.println("Name the image by its digest, name@sha256:…, and no registry is asked.");
      err.flush();
      return Codiusd.FAILED;
    }
  }

  private byte[] readVariables() {
    if (codiusVars != null) {
      return ManifestFiles.read(codiusVars, spec);
    }
    Path beside = codius.resolveSibling("codiusvars.json");
    return Files.exists(beside)
        ? ManifestFiles.read(beside, spec)
        : "{\"vars\":{}}".getBytes(UTF_8);
  }

  private RegistryConfig registryConfig() {
    Path usual = Path.of(System.getProperty("user.home", ""), ".docker", "config.json");
    Path file = dockerConfig == null ? usual : dockerConfig;
    boolean hasLogins = dockerConfig != null || Files.exists(usual);
    return RegistryConfig.DEFAULT
        .withInsecureRegistries(new HashSet<>(insecureRegistries))
        .withCredentials(hasLogins ? credentials(file) : RegistryCredentials.NONE);
  }

  private RegistryCredentials credentials(Path file) {
    try {
      return RegistryCredentials.parse(ManifestFiles.read(file, spec));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
    }
  }

  private void print(PodRequest request) {
    String json = isSimple ? ManifestGenerator.secretSimpleJson(request) : request.secretJson();
    PrintWriter out = spec.commandLine().getOut();
    out.println(ascii(json));
    out.flush();
  }

  private String ascii(String json) {
    try {
      ObjectWriter writer = ManifestVerdict.JSON.writer();
      return (isJson ? writer : writer.withDefaultPrettyPrinter())
          .writeValueAsString(ManifestVerdict.JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError("what was generated is JSON", e);
    }
  }

  /** Asks registries, but is made only if there is something to ask. */
  private static final class Resolver {

    private final Supplier<RegistryConfig> config;
    private final Progress progress;
    private @Nullable ImageResolver registries;

    Resolver(Supplier<RegistryConfig> config, Progress progress) {
      this.config = config;
      this.progress = progress;
    }

    ImageReference resolve(ImageReference image) {
      progress.accept("asking for the digest of " + image.familiar());
      ImageResolver known = registries;
      if (known == null) {
        HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
        known = new ImageResolver(http, config.get());
        registries = known;
      }
      return known.resolve(image);
    }
  }
}
