package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our own command line client: {@code codiusd upload} and its siblings. */
final class OwnClientIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(80);
  private static final Duration LOG_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration SOLD = Duration.ofMinutes(10);
  private static final Duration EXTENSION = Duration.ofSeconds(90);
  private static final Duration SHORT = Duration.ofSeconds(6);
  private static final Duration REMOVAL_TIMEOUT = Duration.ofSeconds(20);
  private static final Pattern POD_URL = Pattern.compile("http://([a-z2-7]{52})\\.localhost:\\d+/");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PodImages images;
  private static CodiusProject project;
  private static String hash;
  private static BigInteger booked;

  @BeforeAll
  static void uploads() throws Exception {
    images = PodImages.start();
    project = CodiusProject.create("pod-of-our-own-client", images);
    project.openLogs();
    Books before = Books.of(HOST);

    hash = upload(project, SOLD);

    booked = Books.of(HOST).earned().subtract(before.earned());
  }

  @AfterAll
  static void removesItsFiles() throws Exception {
    project.close();
    images.close();
  }

  @Test
  void aRequestIsAnsweredFromInsideTheContainerWithAllVariables() throws Exception {
    JsonNode env = JSON.readTree(pod().body("/")).get("env");

    assertThat(env.get("PUBLIC_NOTE").asText()).isEqualTo(CodiusProject.PUBLIC_VALUE);
    assertThat(env.get("PRIVATE_NOTE").asText()).isEqualTo(CodiusProject.PRIVATE_VALUE);
    assertThat(env.get("LITERAL_NOTE").asText()).isEqualTo(CodiusProject.LITERAL_VALUE);
    assertThat(pod().body("/second")).isEqualTo(PodImages.SECOND_GREETING);
  }

  @Test
  void aWebSocketIsRelayedBothWays() throws Exception {
    Program.Ended echo =
        NodeScript.of(
                project.folder(),
                "echo.js",
                "ws://127.0.0.1:" + HOST.port() + "/any",
                pod().host(),
                "there and back")
            .run(LOG_TIMEOUT);

    assertThat(echo.succeeded().stdout()).isEqualTo("there and back\n");
  }

  @Test
  void thePricePaidIsThePriceQuotedAndTheEntryInTheBooks() throws Exception {
    BigInteger quoted = HOST.api().quote(project.generate(), SOLD);

    assertThat(booked).isEqualTo(quoted);
    Program.Ended quote =
        command(project, "quote", "codius.json", "--duration", "10m").run(CLIENT_TIMEOUT);
    assertThat(quote.succeeded().stdout()).contains(quoted.toString());
  }

  @Test
  void extendMovesTheExpiry() throws Exception {
    Instant before = HOST.api().expiry(hash);

    buy(project, "extend", hash, seconds(EXTENSION)).succeeded();

    assertThat(HOST.api().expiry(hash)).isEqualTo(before.plus(EXTENSION));
  }

  @Test
  void logsShowALineThatThePodWroteLater() throws Throwable {
    try (Program.Running logs = command(project, "logs", hash, "--follow").start()) {
      Eventually.holds(LOG_TIMEOUT, () -> assertThat(logs.output()).contains("pod is listening"));

      pod().status("/say?text=still+here&after=1000");

      Eventually.holds(LOG_TIMEOUT, () -> assertThat(logs.output()).contains("still here"));
    }
  }

  @Test
  void aPriceAboveTheMaximumIsNotPaid() throws Exception {
    try (CodiusProject dear = CodiusProject.create("pod-that-is-too-dear", images)) {
      Books before = Books.of(HOST);

      Program.Ended upload =
          command(dear, "upload", "codius.json", "--duration", "1h", "--max-price", "0.000001")
              .run(CLIENT_TIMEOUT);

      assertThat(upload.exitCode()).isEqualTo(1);
      assertThat(upload.stdout()).isEmpty();
      assertThat(upload.stderr()).contains("--max-price");
      assertThat(Books.of(HOST)).isEqualTo(before);
    }
  }

  @Test
  void aPodWhoseImageIsMissingCostsNothingAndTheClientSaysWhy() throws Exception {
    try (CodiusProject broken = CodiusProject.create("pod-without-its-image", images)) {
      Path file = broken.folder().resolve("codius.json");
      Files.writeString(file, Files.readString(file).replace(images.node(), images.missing()));
      Books before = Books.of(HOST);

      Program.Ended upload = buy(broken, "upload", "codius.json", seconds(SOLD));

      assertThat(upload.exitCode()).isEqualTo(1);
      assertThat(upload.stdout()).isEmpty();
      assertThat(upload.stderr()).contains("e2e/nothing");
      assertThat(Books.of(HOST)).isEqualTo(before);
    }
  }

  @Test
  void afterItsTimeAPodIsGoneWithoutATrace() throws Throwable {
    try (CodiusProject brief = CodiusProject.create("pod-of-a-few-seconds", images)) {
      SortedSet<String> before = PodRemains.of(HOST);

      Curl pod = Curl.pod(HOST, upload(brief, SHORT));

      assertThat(pod.status("/")).isEqualTo(200);
      PodRemains.assertEveryKind(PodRemains.of(HOST), before);
      Eventually.find(
          "404 for the pod",
          SHORT.plus(REMOVAL_TIMEOUT),
          () -> Optional.of(pod.status("/")).filter(status -> status == 404));
      Eventually.holds(REMOVAL_TIMEOUT, () -> assertThat(PodRemains.of(HOST)).isSubsetOf(before));
    }
  }

  private static String upload(CodiusProject project, Duration duration) throws Exception {
    Program.Ended upload = buy(project, "upload", "codius.json", seconds(duration)).succeeded();
    Matcher url = POD_URL.matcher(upload.stdout());
    assertThat(url.find()).as("a pod's URL in: " + upload.stdout()).isTrue();
    return url.group(1);
  }

  private static Program.Ended buy(
      CodiusProject project, String operation, String pod, String duration) throws Exception {
    return command(project, operation, pod, "--duration", duration, "--max-price", "1")
        .run(CLIENT_TIMEOUT);
  }

  private static Program command(CodiusProject project, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--host", HOST.uri().toString()));
    if (!arguments[0].equals("logs")) { // which costs nothing
      all.addAll(List.of("--uplink", "btp+ws://127.0.0.1:" + HOST.connectorPort()));
    }
    return new Program(project.folder(), Map.of(), Checkout.codiusd(all));
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + "s";
  }

  private static Curl pod() {
    return Curl.pod(HOST, hash);
  }
}
