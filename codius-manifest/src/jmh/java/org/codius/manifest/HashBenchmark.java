package org.codius.manifest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Hashing a manifest, beside the bare SHA-256 of the same bytes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class HashBenchmark {

  /** The size of the manifest, in bytes; about. */
  @Param({"340", "9900"})
  public int size;

  private byte[] request = {};
  private byte[] canonical = {};
  private JsonObject parsed = JsonObject.of();

  @Setup
  public void makeManifest() {
    request = BenchmarkManifests.request(size);
    PodRequest pod = ManifestParser.parseRequest(request, Rules.GENERATED);
    parsed = pod.manifest().tree();
    canonical =
        CanonicalJson.of(JsonText.of(parsed).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Benchmark
  public ManifestHash hashOfParsed() {
    return ManifestHash.of(parsed);
  }

  @Benchmark
  public ManifestHash parseValidateHash() {
    return ManifestParser.parseRequest(request, Rules.GENERATED).manifest().hash();
  }

  @Benchmark
  public byte[] bareSha256() throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("SHA-256").digest(canonical);
  }
}
