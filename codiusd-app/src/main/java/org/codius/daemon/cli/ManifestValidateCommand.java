package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether requests are valid, and everything that is wrong with them. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Say everything that is wrong with an upload request.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd manifest validate --rules host request.json")
final class ManifestValidateCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Upload requests: {\"manifest\": …, \"private\": …}. - is standard input.")
  private List<Path> files = new ArrayList<>();

  @Mixin private ManifestRules rules = new ManifestRules();

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description = "A file with one request per line; answers one line of JSON each.")
  private @Nullable Path batch;

  @Option(names = "--json", description = "Answer one line of JSON for each file.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    ManifestCalls calls =
        new ManifestCalls(spec, document -> ManifestVerdict.ofRequest(document, rules));
    return batch == null ? calls.eachFile(files, this::print) : calls.eachLine(batch, files);
  }

  private void print(Path file, ManifestVerdict verdict, PrintWriter out) {
    if (isJson) {
      out.println(verdict.json());
    } else if (verdict.isValid()) {
      out.println(file + ": valid " + verdict.hash().map(ManifestHash::value).orElse(""));
    } else {
      out.println(file + ": not valid");
      verdict.printErrors(out);
    }
  }
}
