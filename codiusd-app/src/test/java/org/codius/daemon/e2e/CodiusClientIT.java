package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ObjectArrays;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The original's command line client, npm {@code codius@3.1.0}, as it is. */
final class CodiusClientIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(80); // its own patience is 70
  private static final Duration LOG_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration LOG_DELAY = Duration.ofSeconds(5);
  private static final Duration SOLD = Duration.ofMinutes(10);
  private static final Duration EXTENSION = Duration.ofSeconds(90);
  private static final Duration SHORT = Duration.ofSeconds(8);
  private static final Duration REMOVAL_TIMEOUT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PodImages images;
  private static CodiusProject project;
  private static BigInteger paid;
  private static BigInteger booked;

  @BeforeAll
  static void uploads() throws Exception {
    images = PodImages.start();
    project = CodiusProject.create("pod-of-the-original-client", images);
    Books before = Books.of(HOST);

    Program.Ended upload = upload(project, SOLD, "--debug");

    assertThat(upload.exitCode()).as(upload.toString()).isZero();
    assertThat(project.folder().resolve("default.codiusstate.json")).exists();
    JsonNode details = project.state().at("/status/hostDetails").get(HOST.uri().toString());
    paid = new BigInteger(details.at("/price/totalPaid").asText());
    booked = Books.of(HOST).earned().subtract(before.earned());
  }

  @AfterAll
  static void removesItsFiles() throws Exception {
    project.close();
    images.close();
  }

  @Test
  void aRequestIsAnsweredFromInsideTheContainerWithAllVariables() throws Exception {
    JsonNode env = JSON.readTree(pod(project).body("/")).get("env");

    assertThat(env.get("PUBLIC_NOTE").asText()).isEqualTo(CodiusProject.PUBLIC_VALUE);
    assertThat(env.get("PRIVATE_NOTE").asText()).isEqualTo(CodiusProject.PRIVATE_VALUE);
    assertThat(env.get("LITERAL_NOTE").asText()).isEqualTo(CodiusProject.LITERAL_VALUE);
    assertThat(env.get("CODIUS").asText()).isEqualTo("true");
    assertThat(env.get("CODIUS_MANIFEST_HASH").asText()).isEqualTo(hash(project));
  }

  @Test
  void theContainersOfAPodReachEachOtherOnLoopback() throws Exception {
    assertThat(pod(project).body("/second")).isEqualTo(PodImages.SECOND_GREETING);
  }

  @Test
  void aWebSocketIsRelayedBothWays() throws Exception {
    Program.Ended echo =
        NodeScript.of(
                project.folder(),
                "echo.js",
                "ws://127.0.0.1:" + HOST.port() + "/any",
                pod(project).host(),
                "there and back")
            .run(LOG_TIMEOUT);

    assertThat(echo.succeeded().stdout()).isEqualTo("there and back\n");
  }

  @Test
  void aBodyOfSeveralMegabytesArrivesAndComesBackWhole() throws Exception {
    Path body = project.folder().resolve("body");
    Files.writeString(body, "0123456789abcdef".repeat(1 << 18));

    assertThat(pod(project).post("/echo", body)).isEqualTo(Files.readString(body));
  }

  @Test
  void thePricePaidIsThePriceQuotedAndTheEntryInTheBooks() throws Exception {
    BigInteger quoted = HOST.api().quote(project.state().get("generatedManifest"), SOLD);

    assertThat(paid).isEqualTo(quoted);
    assertThat(booked).isEqualTo(quoted);
  }

  @Test
  void extendMovesTheExpiry() throws Exception {
    Instant before = expiry(project);

    Program.Ended extend =
        codius(project, "extend", "-y", "-d", Long.toString(EXTENSION.toSeconds()))
            .run(CLIENT_TIMEOUT);

    assertThat(extend.exitCode()).as(extend.toString()).isZero();
    assertThat(expiry(project)).isEqualTo(before.plus(EXTENSION));
  }

  /** D5: the quote before it sends the manifest without its private part. */
  @Test
  void extendHashMovesTheExpiry() throws Exception {
    Instant before = expiry(project);

    Program.Ended extend =
        codius(
                project,
                "extend-hash",
                hash(project),
                "--host",
                HOST.uri().toString(),
                "-y",
                "-d",
                Long.toString(EXTENSION.toSeconds()))
            .run(CLIENT_TIMEOUT);

    assertThat(extend.exitCode()).as(extend.toString()).isZero();
    assertThat(expiry(project)).isEqualTo(before.plus(EXTENSION));
  }

  /** The original's pings make this client stall for ever. */
  @Test
  void tailShowsALineThatThePodWroteFiveSecondsAfterItAttached() throws Throwable {
    try (Program.Running tail = codius(project, "tail").start()) {
      Eventually.holds(LOG_TIMEOUT, () -> assertThat(tail.output()).contains("pod is listening"));

      pod(project).status("/say?text=still+here&after=" + LOG_DELAY.toMillis());

      Eventually.holds(
          LOG_DELAY.plus(LOG_TIMEOUT), () -> assertThat(tail.output()).contains("still here"));
    }
  }

  @Test
  void afterItsTimeAPodIsGoneWithoutATrace() throws Throwable {
    try (CodiusProject brief = CodiusProject.create("pod-of-a-few-seconds", images)) {
      SortedSet<String> before = PodRemains.of(HOST);

      Program.Ended upload = upload(brief, SHORT, "--debug");

      assertThat(upload.exitCode()).as(upload.toString()).isZero();
      assertThat(pod(brief).status("/")).isEqualTo(200);
      PodRemains.assertEveryKind(PodRemains.of(HOST), before);
      Eventually.find(
          "404 for the pod",
          SHORT.plus(REMOVAL_TIMEOUT),
          () -> Optional.of(pod(brief).status("/")).filter(status -> status == 404));
      Eventually.holds(REMOVAL_TIMEOUT, () -> assertThat(PodRemains.of(HOST)).isSubsetOf(before));
    }
  }

  private static Program.Ended upload(CodiusProject project, Duration duration, String... more)
      throws Exception {
    String[] arguments = {
      "upload", "-y", "--host", HOST.uri().toString(), "-d", Long.toString(duration.toSeconds())
    };
    return codius(project, concat(arguments, more)).run(CLIENT_TIMEOUT);
  }

  private static Program codius(CodiusProject project, String... arguments) {
    return NodeScript.codius(project.folder(), arguments).with(HOST.wallet());
  }

  private static Curl pod(CodiusProject project) throws Exception {
    return Curl.pod(HOST, hash(project));
  }

  private static String hash(CodiusProject project) throws Exception {
    return project.state().get("manifestHash").asText();
  }

  private static Instant expiry(CodiusProject project) throws Exception {
    return HOST.api().expiry(hash(project));
  }

  private static String[] concat(String[] first, String[] second) {
    return ObjectArrays.concat(first, second, String.class);
  }
}
