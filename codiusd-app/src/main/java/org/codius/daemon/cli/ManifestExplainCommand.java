package org.codius.daemon.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a host will make of a manifest. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a host will make of a manifest: its name, containers and their environment.",
      "Private values are not shown."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd manifest explain request.json --host https://codius.example.com")
final class ManifestExplainCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      description = "An upload request or bare manifest. - is standard input.")
  private Path file = Path.of("-");

  @Mixin private ManifestRules rules = new ManifestRules();

  @Option(
      names = "--host",
      paramLabel = "URL",
      defaultValue = "http://localhost:3000",
      converter = HostConverter.class,
      description = "The host it is for. Default: ${DEFAULT-VALUE}.")
  private URI host = URI.create("http://localhost:3000");

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    byte[] document = ManifestFiles.read(file, spec);
    try {
      PodRequest request = ManifestParser.parseEither(document, rules.rules());
      ManifestExplanation explanation = ManifestExplanation.of(request, host);
      explanation.print(spec.commandLine().getOut(), isJson);
      return Codiusd.OK;
    } catch (InvalidManifestException e) {
      var err = spec.commandLine().getErr();
      err.println("codiusd: " + file + " is not valid:");
      new ManifestVerdict(Optional.empty(), e.violations()).printErrors(err);
      err.flush();
      return Codiusd.FAILED;
    }
  }
}
