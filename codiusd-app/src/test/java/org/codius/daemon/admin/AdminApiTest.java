package org.codius.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private AdminUnderTest admin;

  /** A status, and the body that came with it. */
  private record Answer(int status, String body) {
    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }
  }

  @BeforeEach
  void start() throws Exception {
    admin =
        new AdminUnderTest(
            folder, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true);
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
  }

  @Test
  void answersNobodyWithoutTheToken() throws Exception {
    assertThat(send("GET", "/pods", "", "").status()).isEqualTo(401);
    assertThat(send("GET", "/pods", "Authorization: Bearer " + "x".repeat(43), "").status())
        .isEqualTo(401);
    assertThat(send("GET", "/metrics", "", "").status()).isEqualTo(401);
    assertThat(send("POST", "/config", "", "{\"hostCostPerMonth\":1}").status()).isEqualTo(401);
    assertThat(call("GET", "/pods").status()).isEqualTo(200);
  }

  @Test
  void keepsItsTokenToItsOwner() throws Exception {
    Path file = folder.resolve("admin.token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(AdminToken.read(file).toHeader()).isEqualTo(admin.token().toHeader());
    assertThat(admin.token()).hasToString("AdminToken[***]");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> AdminToken.open(file, new SecureRandom()))
        .hasMessageContaining("others can read it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: http://localhost:3000", "Host: admin.example.com"})
  void answersNoWebPage(String header) throws Exception {
    assertThat(send("GET", "/pods", header + "\r\n" + authorization(), "").status()).isEqualTo(403);
    assertThat(send("GET", "/getPods", header, "").status()).isEqualTo(403);
  }

  @Test
  void listsAndShowsPods() throws Exception {
    String hash = sell("web");

    JsonNode pods = call("GET", "/pods").json().path("pods");
    assertThat(pods).hasSize(1);
    assertThat(pods.get(0).path("hash").asText()).isEqualTo(hash);
    assertThat(pods.get(0).path("state").asText()).isEqualTo("running");
    JsonNode pod = call("GET", "/pods/" + hash).json();
    assertThat(pod.path("images").get(0).asText()).startsWith("nginx@sha256:");
    assertThat(pod.path("purchases")).hasSize(1);
    assertThat(call("GET", "/pods/" + "a".repeat(52)).status()).isEqualTo(404);
    assertThat(call("GET", "/pods/x").status()).isEqualTo(400);
  }

  @Test
  void suspendsAPodAndKeepsIt() throws Exception {
    String hash = sell("web");

    assertThat(call("POST", "/pods/" + hash + "/suspend").json().path("state").asText())
        .isEqualTo("suspended");
    assertThat(admin.host().routes().find(hash)).isEmpty();

    assertThat(call("POST", "/pods/" + hash + "/resume").status()).isEqualTo(200);
  }

  @Test
  void removesAPod() throws Exception {
    String hash = sell("web");

    assertThat(call("DELETE", "/pods/" + hash).status()).isEqualTo(204);

    assertThat(admin.host().leases().count()).isZero();
    assertThat(admin.host().routes().find(hash)).isEmpty();
    assertThat(call("GET", "/pods/" + hash).json().path("state").asText()).isEqualTo("removed");
  }

  @Test
  void bansImagesManifestsAndRegistriesForGood() throws Exception {
    Order order = LeaseHarness.upload(admin.host().request("web", ""), Duration.ofHours(1));
    for (String ban :
        new String[] {
          "{\"kind\":\"image\",\"value\":\"sha256:" + "0".repeat(64) + "\",\"reason\":\"mines\"}",
          "{\"kind\":\"manifest\",\"value\":\"" + order.manifestHash().value() + "\"}",
          "{\"kind\":\"registry\",\"value\":\"docker.io\"}"
        }) {
      assertThat(call("PUT", "/bans", ban).status()).isEqualTo(200);

      Bans afterARestart = new Bans(admin.host().settings(), hash -> Optional.empty());
      for (Bans bans : new Bans[] {admin.bans(), afterARestart}) {
        assertThatThrownBy(() -> bans.check(order))
            .isInstanceOfSatisfying(
                RefusedException.class,
                refused -> assertThat(refused.reason()).isEqualTo(Reason.BANNED));
      }

      assertThat(call("DELETE", "/bans", ban).json().path("bans")).isEmpty();
      admin.bans().check(order);
    }
  }

  @Test
  void bansAnImageAlsoByATagThatMeansIt() throws Exception {
    String digest = "sha256:" + "1".repeat(64);
    call("PUT", "/bans", "{\"kind\":\"image\",\"value\":\"" + digest + "\"}");

    admin.bans().checkImage("docker.io/library/nginx:1.25");
    assertThatThrownBy(() -> admin.bans().checkImage("docker.io/library/nginx@" + digest))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(digest);
  }

  @Test
  void bansAlsoMoreTimeOnAPodThatRuns() throws Exception {
    sell("web");
    Order upload = LeaseHarness.upload(admin.host().request("web", ""), Duration.ofHours(1));
    call("PUT", "/bans", "{\"kind\":\"registry\",\"value\":\"docker.io\"}");

    assertThatThrownBy(
            () ->
                admin.bans().check(new Order.Extension(upload.manifestHash(), Duration.ofHours(1))))
        .isInstanceOf(RefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "x",
        "{\"kind\":\"payer\",\"value\":\"x\"}",
        "{\"kind\":\"image\",\"value\":\"nginx\"}",
        "{\"kind\":\"manifest\",\"value\":\"x\"}",
        "{\"kind\":\"registry\",\"value\":\"a b\"}"
      })
  void bansNothingThatIsNothing(String body) throws Exception {
    assertThat(call("PUT", "/bans", body).status()).isEqualTo(400);
    assertThat(call("GET", "/bans").json().path("bans")).isEmpty();
  }

  @Test
  void changesThePriceForGood() throws Exception {
    JsonNode prices = call("PUT", "/price", "{\"costPerMonth\":2.5}").json();

    assertThat(prices.path("classes").get(0).path("costPerMonth").asText()).isEqualTo("2.5");
    assertThat(admin.host().settings().find("price.small")).isPresent();
    assertThat(call("PUT", "/price", "{\"costPerMonth\":0}").status()).isEqualTo(400);
    assertThat(call("PUT", "/price", "{\"costPerMonth\":1,\"class\":\"x\"}").status())
        .isEqualTo(400);
  }

  @Test
  void isEmptiedForGood() throws Exception {
    Order order = LeaseHarness.upload(admin.host().request("web", ""), Duration.ofHours(1));
    assertThat(call("PUT", "/drain", "{\"draining\":true}").json().path("draining").asBoolean())
        .isTrue();

    assertThatThrownBy(() -> new Drain(admin.host().settings()).check(order))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.DRAINING));

    call("PUT", "/drain", "{\"draining\":false}");
    admin.drain().check(order);
  }

  @Test
  void tellsTheSumsOfTheBooks() throws Exception {
    sell("web");

    JsonNode ledger = call("GET", "/ledger").json();
    assertThat(ledger.path("currency").asText()).isEqualTo("XRP");
    assertThat(new BigDecimal(ledger.path("earned").asText())).isPositive();
  }

  @Test
  void hasMetricsForPrometheus() throws Exception {
    sell("web");

    MetricsCall.refusals(admin.meters()).accept(RefusedException.Reason.HOST_FULL);

    String metrics = call("GET", "/metrics").body();
    assertThat(metrics)
        .contains("codius_leases{state=\"running\"} 1")
        .contains("codius_ledger{currency=\"XRP\",sum=\"earned\"}")
        .contains("codius_refusals_total{reason=\"HOST_FULL\"} 1.0")
        .contains("codius_proxy_requests_total 0")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void answersTheOriginalsGui() throws Exception {
    String hash = sell("web");

    assertThat(send("GET", "/getPods", "", "").body())
        .isEqualTo("{\"running\":[\"" + hash + "\"]}");
    assertThat(send("GET", "/getPodInfo?manifestHash=" + hash, "", "").json().path("running"))
        .hasToString("true");
    Answer missing = send("GET", "/getPodInfo", "", "");
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.json().path("message").asText()).isEqualTo("missing manifestHash");
    JsonNode uptime = send("GET", "/getAllUptime", "", "").json();
    assertThat(uptime.path("aggregate_pod_uptime").isTextual()).isTrue();
    assertThat(uptime.path("aggregate_earnings").path("XRP").isTextual()).isTrue();
    assertThat(call("POST", "/config", "{\"hostCostPerMonth\":0}").status()).isEqualTo(204);
    assertThat(call("POST", "/config", "{\"hostCostPerMonth\":3}").status()).isEqualTo(204);
    assertThat(call("GET", "/price").body()).contains("\"costPerMonth\":\"3\"");
    Answer bad = call("POST", "/config", "{\"hostCostPerMonth\":\"x\"}");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.json().path("message").asText()).isEqualTo("Invalid request payload");
    assertThat(call("GET", "/nothing").body())
        .isEqualTo("{\"test\":\"This shows that you are running the Codiusd Admin API.\"}");
  }

  /** Numbers beyond all, of other types, and what else an operator's program may get wrong. */
  static List<Arguments> slips() {
    List<Arguments> slips = new ArrayList<>();
    for (String cost :
        List.of(
            "1e999",
            "-1e999",
            "-1",
            "99999999999",
            "\"1e2147483648\"",
            "\"1e-2147483647\"",
            "\"NaN\"",
            "\"0x10\"",
            "\"" + "9".repeat(100_000) + "\"",
            "[]",
            "null",
            "true")) {
      slips.add(Arguments.of("PUT", "/price", "{\"costPerMonth\":" + cost + "}"));
      slips.add(Arguments.of("POST", "/config", "{\"hostCostPerMonth\":" + cost + "}"));
      slips.add(Arguments.of("POST", "/pods/{}/fund", "{\"amount\":" + cost + "}"));
    }
    for (String body : List.of("", "[]", "null", "x", "{\"draining\":1}", "[".repeat(100_000))) {
      slips.add(Arguments.of("PUT", "/drain", body));
      slips.add(Arguments.of("PUT", "/price", body));
      slips.add(Arguments.of("DELETE", "/bans", body));
    }
    String image = "{\"kind\":\"image\",\"value\":\"sha256:" + "0".repeat(64) + "\"";
    slips.add(Arguments.of("PUT", "/bans", image + ",\"reason\":\"" + "x".repeat(201) + "\"}"));
    slips.add(Arguments.of("DELETE", "/bans", image + "}"));
    slips.add(Arguments.of("POST", "/pods/{}/fund", "{\"amount\":0.0000000001}"));
    slips.add(Arguments.of("PUT", "/price", "{\"costPerMonth\":1,\"class\":{}}"));
    for (String target : List.of("/getPods%zz", "/pods/%", "/getPodInfo?id=1&id=2")) {
      slips.add(Arguments.of("GET", target, ""));
    }
    slips.add(Arguments.of("PATCH", "/pods", ""));
    slips.add(Arguments.of("DELETE", "/pods/../../etc", ""));
    return slips;
  }

  @ParameterizedTest
  @MethodSource("slips")
  void refusesWhatItCannotUseAndChangesNothing(String method, String target, String body)
      throws Exception {
    String hash = sell("web");
    String before = state();

    Answer answer = call(method, target.replace("{}", hash), body);

    assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
    assertThat(answer.json().path("code").asText()).matches("[A-Z_]+");
    assertThat(answer.json().path("help").asText()).isNotBlank();
    assertThat(state()).isEqualTo(before);
  }

  /** Whoever has no token learns nothing, not even that a path cannot be read. */
  @Test
  void answersAlsoWhatItCannotRead() throws Exception {
    assertThat(send("GET", "/getPods%zz", "", "").status()).isEqualTo(401);
  }

  private String state() throws IOException {
    StringBuilder state = new StringBuilder();
    for (String target : List.of("/pods", "/bans", "/price", "/drain", "/ledger")) {
      state.append(call("GET", target).body());
    }
    return state.toString();
  }

  private String sell(String name) throws InterruptedException {
    Order order = LeaseHarness.upload(admin.host().request(name, ""), Duration.ofHours(1));
    PayToken token = admin.host().payFor(order, Amount.of(1_000_000_000_000L, LeaseHarness.XRP));
    admin.host().leases().buy(order, token, LeaseHarness.CALLER);
    return order.manifestHash().value();
  }

  private Answer call(String method, String target) throws IOException {
    return call(method, target, "");
  }

  private Answer call(String method, String target, String body) throws IOException {
    return send(method, target, authorization(), body);
  }

  private String authorization() {
    return "Authorization: " + admin.token().toHeader();
  }

  /** In raw bytes: a client would not let us lie about Host. */
  private Answer send(String method, String target, String headers, String body)
      throws IOException {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    if (!headers.contains("Host:")) {
      request.append("Host: localhost\r\n");
    }
    if (!headers.isEmpty()) {
      request.append(headers).append("\r\n");
    }
    request
        .append("Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n")
        .append(body);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = answer.indexOf("\r\n\r\n");
      return new Answer(Integer.parseInt(answer.substring(9, 12)), answer.substring(end + 4));
    }
  }
}
