package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures {@link HashBenchmark} and, in the same run, npm codius-manifest on Node 16, and prints
 * both side by side.
 *
 * <p>Argument: the folder with node_modules that bin/verify makes, target/npm.
 */
public final class BenchmarkRun {

  private static final int[] SIZES = {340, 9900};

  private BenchmarkRun() {}

  public static void main(String[] arguments)
      throws RunnerException, IOException, InterruptedException, URISyntaxException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(HashBenchmark.class.getName())
                    .addProfiler(GCProfiler.class)
                    .build())
            .run();
    Map<String, Double> micros = new HashMap<>();
    Map<String, Double> allocated = new HashMap<>();
    for (RunResult result : results) {
      String key = result.getPrimaryResult().getLabel() + " " + result.getParams().getParam("size");
      micros.put(key, result.getPrimaryResult().getScore());
      Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
      allocated.put(key, bytes == null ? Double.NaN : bytes.getScore());
    }
    for (int size : SIZES) {
      byte[] request = BenchmarkManifests.request(size);
      double node = node(Path.of(arguments[0]), request);
      double hash = score(micros, "hashOfParsed " + size);
      double bare = score(micros, "bareSha256 " + size);
      double bytes = score(allocated, "parseValidateHash " + size);
      System.out.printf(
          "%d bytes: hash of a parsed manifest %.2f us, Node 16 %.2f us (%.1f times ours),"
              + " bare SHA-256 %.2f us (ours is %.2f times that);"
              + " parse, validate and hash allocates %.0f bytes (%.1f times the input)%n",
          request.length,
          hash,
          node,
          node / hash,
          bare,
          hash / bare,
          bytes,
          bytes / request.length);
    }
  }

  private static double score(Map<String, Double> scores, String key) {
    return scores.getOrDefault(key, Double.NaN);
  }

  private static double node(Path npm, byte[] request)
      throws IOException, InterruptedException, URISyntaxException {
    Path script =
        Path.of(Objects.requireNonNull(BenchmarkRun.class.getResource("/bench.js")).toURI());
    Path input = Files.createTempFile("codius-bench", ".json");
    try {
      Files.write(input, request);
      Process node =
          new ProcessBuilder(
                  npm.resolve("node_modules/node/bin/node").toString(),
                  script.toString(),
                  npm.toAbsolutePath().toString(),
                  input.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String answer = new String(node.getInputStream().readAllBytes(), UTF_8);
      if (node.waitFor() != 0) {
        throw new IOException("node ended with code " + node.exitValue());
      }
      return Double.parseDouble(answer.strip());
    } finally {
      Files.delete(input);
    }
  }
}
