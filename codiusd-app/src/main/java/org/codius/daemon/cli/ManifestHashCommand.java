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

/** Prints the hashes of manifests. */
@Command(
    name = "hash",
    mixinStandardHelpOptions = true,
    description = "Print the hash of a manifest: the pod's name.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd manifest hash request.json")
final class ManifestHashCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Upload requests or bare manifests. - is standard input.")
  private List<Path> files = new ArrayList<>();

  @Mixin private ManifestRules rules = new ManifestRules();

  @Option(
      names = "--raw",
      description = "Hash the whole document, which may be any JSON, and check nothing.")
  private boolean isRaw;

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description = "A file with one document per line; answers one line of JSON each.")
  private @Nullable Path batch;

  @Option(names = "--json", description = "Answer one line of JSON for each file.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    ManifestCalls calls =
        new ManifestCalls(
            spec,
            document ->
                isRaw
                    ? ManifestVerdict.ofAnyJson(document)
                    : ManifestVerdict.ofManifest(document, rules));
    return batch == null ? calls.eachFile(files, this::print) : calls.eachLine(batch, files);
  }

  private void print(Path file, ManifestVerdict verdict, PrintWriter out) {
    if (isJson) {
      out.println(verdict.json());
    } else if (verdict.isValid()) {
      String hash = verdict.hash().map(ManifestHash::value).orElse("");
      out.println(files.size() == 1 ? hash : hash + "  " + file);
    } else {
      PrintWriter err = spec.commandLine().getErr();
      err.println("codiusd: " + file + " is not valid:");
      verdict.printErrors(err);
      err.flush();
    }
  }
}
