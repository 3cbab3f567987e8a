package org.codius.daemon.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.http.HostileRequests.Attack;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.codius.proxy.PodProxy;
import org.codius.proxy.Timeouts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that mean harm: each is answered with a 4xx that says why, without a trace of our
 * insides, and changes nothing.
 */
class HostileRequestsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Timeouts IMPATIENT =
      Timeouts.DEFAULT.withHead(Duration.ofMillis(500)).withBody(Duration.ofMillis(500));

  @TempDir static Path folder;
  private static ApiUnderTest api;
  private static LeaseHarness host;
  private static String good;
  private static String hash;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start(folder, false);
    host = api.host();
    good = host.request("good", "");
    Order order = LeaseHarness.upload(good, Duration.ofMinutes(5));
    hash = order.manifestHash().value();
    PayToken token = host.payFor(order, Amount.of(1_141_553, LeaseHarness.XRP));
    Answer bought =
        api.call("POST", "/pods?duration=300", "Pay-Token: " + token.toHeader() + "\r\n", good);
    assertThat(bought.status()).isEqualTo(200);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void isAnsweredWithAReasonAndChangesNothing(Attack attack) throws Exception {
    String before = state();

    Answer answer = api.send(attack.request());

    assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
    assertThat(answer.head() + answer.body())
        .doesNotContain("Exception", "\tat ", "java.", "org.codius", "io.netty", folder.toString());
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("statusCode").intValue()).isEqualTo(answer.status());
    assertThat(body.path("code").asText()).matches("[A-Z_]+");
    assertThat(body.path("help").asText()).isNotBlank();
    assertThat(state()).isEqualTo(before);
  }

  static List<Attack> attacks() {
    return HostileRequests.all(good, hash);
  }

  @Test
  void thereAreAHundredOfThemWithoutThoseThatAreOfChance() {
    assertThat(attacks())
        .filteredOn(attack -> !attack.name().startsWith("fuzz "))
        .hasSizeGreaterThanOrEqualTo(100)
        .extracting(Attack::request)
        .doesNotHaveDuplicates();
  }

  /** Base64 of 15 and 17 bytes, hex, other alphabets, and more than one at once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Pay-Token:",
        "Pay-Token: =",
        "Pay-Token: AAAAAAAAAAAAAAAAAAAA",
        "Pay-Token: AAAAAAAAAAAAAAAAAAAAAAA",
        "Pay-Token: 00112233445566778899aabbccddeeff",
        "Pay-Token: AAAAAAAAAAA AAAAAAAAAAA",
        "Pay-Token: %41AAAAAAAAAAAAAAAAAAAAA",
        "Pay-Token: \"AAAAAAAAAAAAAAAAAAAAAA\"",
        "Pay-Token: AAAAAAAAAAAAAAAAAAAAAA, AAAAAAAAAAAAAAAAAAAAAA",
        "Pay-Token: AAAAAAAAAAAAAAAAAAAAAA\r\nPay-Token: BBBBBBBBBBBBBBBBBBBBBA",
        "Pay-Token: AAAAAAAAAAAAAAAAAAAAAA\r\npay-token: AAAAAAAAAAAAAAAAAAAAAA",
      })
  void aPayTokenOfAnotherFormPaysForNothing(String field) throws Exception {
    String before = state();

    for (String target : List.of("POST /pods?duration=300", "PUT /pods?manifestHash=" + hash)) {
      List<String> parts = List.of(target.split(" ", -1));
      String body = parts.get(0).equals("POST") ? good : "";
      Answer answer = api.call(parts.get(0), parts.get(1), field + "\r\n", body);

      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).get("code").textValue()).isEqualTo("BAD_PAY_TOKEN");
    }
    assertThat(state()).isEqualTo(before);
  }

  /** Clients that stop in the midst of a head, or of a body, on a host that waits half a second. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "POST /pods HTTP/1.1\r\nHost: localhost:3000\r\nPay-Tok",
        "POST /pods HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: 900000\r\n\r\n{",
        "POST /pods HTTP/1.1\r\nHost: localhost:3000\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        "POST /peers/discover HTTP/1.1\r\nHost: localhost:3000\r\nTransfer-Encoding: chunked\r\n\r\n",
      })
  void whoStopsInTheMidstIsToldThatTimeIsUp(String beginning) throws Exception {
    String before = state();

    try (PodProxy impatient = api.front(IMPATIENT);
        Socket socket = new Socket()) {
      socket.connect(impatient.localAddress());
      socket.getOutputStream().write(beginning.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"REQUEST_TIMEOUT\"");
    }
    assertThat(state()).isEqualTo(before);
  }

  /**
   * A client that sends its request one byte at a time gets as far as any other, and no further.
   */
  @Test
  void aSlowRequestIsAnsweredWhenItIsThere() throws Exception {
    String before = state();

    try (Socket socket = new Socket()) {
      socket.connect(api.address());
      String request =
          "POST /pods HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n"
              + "Content-Length: 2\r\n\r\n{}";
      for (byte next : request.getBytes(UTF_8)) {
        socket.getOutputStream().write(next);
        socket.getOutputStream().flush();
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 400 ");
    }
    assertThat(state()).isEqualTo(before);
  }

  /** What the host remembers and runs. */
  private static String state() throws IOException {
    return host.store().all()
        + " "
        + host.ledger().summary()
        + " "
        + host.driver().starts()
        + " "
        + host.routes().find(hash)
        + " "
        + files();
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}
