package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodId;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API as a client sees it: raw bytes through the real front door, a fake runtime behind. */
class HttpApiTest {

  private static final Amount PRICE = Amount.of(1_141_553, LeaseHarness.XRP);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of no pod here. */
  private static final String HASH = "hyd3zxd5g26mhsnbmnrcupkv3xdiuqcq5obmatbykxe5flxu2fya";

  @TempDir Path folder;

  private ApiUnderTest api;
  private LeaseHarness host;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start(folder, true);
    host = api.host();
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @Test
  void tellsItsVersion() throws Exception {
    Answer answer = call("GET", "/version", "", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head()).contains("content-type: application/json; charset=utf-8");
    assertThat(answer.body()).isEqualTo("{\"name\":\"Codiusd (Java)\",\"version\":\"0.0.0\"}");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    Answer answer = call("HEAD", "/version", "", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head()).contains("content-length: 43");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void tellsEveryFieldTheOriginalTold() throws Exception {
    JsonNode info = JSON.readTree(call("GET", "/info", "", "").body());

    assertThat(info.fieldNames())
        .toIterable()
        .contains(
            "fullMem",
            "acceptingUploads",
            "serverFreeMemory",
            "serverUptime",
            "serviceUptime",
            "avgLoad",
            "numPeers",
            "currency",
            "costPerMonth",
            "uri",
            "selfTestSuccess",
            "runningContracts");
    assertThat(info.get("currency").asText()).isEqualTo("XRP");
    assertThat(info.get("playMoney").asBoolean()).isTrue();
    assertThat(info.get("serverFreeMemory").asLong()).isGreaterThan(1L << 20);
  }

  @Test
  void tellsWhichSizesAreSold() throws Exception {
    JsonNode small = JSON.readTree(call("GET", "/info", "", "").body()).at("/classes/0");

    assertThat(small.get("machine").textValue()).isEqualTo("small");
    assertThat(small.get("cpus").intValue()).isEqualTo(1);
    assertThat(small.get("memoryMib").intValue()).isEqualTo(512);
    assertThat(small.get("costPerMonth").intValue()).isEqualTo(10);
  }

  @Test
  void whatIsRefusedIsTold() throws Exception {
    call("GET", "/pods/" + "a".repeat(52), "", "");

    assertThat(api.refused()).containsExactly(RefusedException.Reason.POD_NOT_FOUND);
  }

  @Test
  void theHostTellsThePriceThatItsOperatorChanged() throws Exception {
    api.host().leases().prices().change("small", new BigDecimal("2.5"));

    assertThat(api.call("GET", "/info", "", "").body()).contains("\"costPerMonth\":2.5");
    assertThat(api.call("GET", "/", "Accept: text/html\r\n", "").body())
        .contains("<span id=\"costPerMonth\">2.5</span>");
  }

  @Test
  void showsAPageToPeople() throws Exception {
    Answer answer = call("GET", "/anything", "Accept: text/html\r\n", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head()).contains("content-type: text/html; charset=utf-8");
    assertThat(answer.body()).contains("play money");
  }

  @Test
  void quotesInBaseUnitsWithoutAToken() throws Exception {
    Answer answer = call("OPTIONS", "/pods?duration=300", "", host.request("x", ""));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).get("price").asText()).isEqualTo("1141553");
  }

  @Test
  void d5AndSeen8QuotesAManifestWhosePrivateValuesAreNotSent() throws Exception {
    String manifest =
        """
        {"manifest":{"name":"x","version":"1.0.0","machine":"small","port":"8080",
        "containers":[{"id":"app","image":"nginx@sha256:%s","environment":{"A":"$S"}}],
        "vars":{"S":{"encoding":"private:sha256","value":"%s"}}}}"""
            .formatted("0".repeat(64), "1".repeat(64));

    assertThat(call("OPTIONS", "/pods?duration=300", "", manifest).status()).isEqualTo(200);
  }

  @Test
  void asksForPaymentAsTheOriginalDid() throws Exception {
    Answer answer = call("POST", "/pods?duration=300", token(host.token()), host.request("x", ""));

    assertThat(answer.status()).isEqualTo(402);
    String pay = header(answer, "pay");
    assertThat(Invoice.parse(pay)).isPresent();
    assertThat(JSON.readTree(answer.body()).get("message").asText()).isEqualTo("Payment Required");
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void sellsShowsAndExtendsAPod() throws Exception {
    String request = host.request("x", "");
    Order order = upload(request);
    PayToken token = host.payFor(order, PRICE);

    Answer bought = call("POST", "/pods?duration=300", token(token), request);

    assertThat(bought.status()).isEqualTo(200);
    JsonNode pod = JSON.readTree(bought.body());
    String hash = order.manifestHash().value();
    assertThat(pod.get("url").asText()).isEqualTo("http://" + hash + ".localhost:3000/");
    assertThat(pod.get("manifestHash").asText()).isEqualTo(hash);
    assertThat(pod.get("expiry").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");

    JsonNode shown = JSON.readTree(call("GET", "/pods?manifestHash=" + hash, "", "").body());
    assertThat(shown.get("manifest")).isEqualTo(JSON.readTree(request).get("manifest"));
    assertThat(shown.get("expiry")).isEqualTo(pod.get("expiry"));

    Order extension = new Order.Extension(order.manifestHash(), Duration.ofMinutes(5));
    Answer extended =
        call(
            "PUT",
            "/pods?manifestHash=" + hash + "&duration=300",
            token(host.payFor(extension, PRICE)),
            "");
    assertThat(Instant.parse(JSON.readTree(extended.body()).get("expiry").asText()))
        .isEqualTo(Instant.parse(pod.get("expiry").asText()).plusSeconds(300));

    assertThat(call("POST", "/pods?duration=300", token(token), request).body())
        .isEqualTo(bought.body());
    assertThat(call("POST", "/pods?duration=60", token(token), request).status()).isEqualTo(409);
  }

  @Test
  void namesWhereToPayTheRest() throws Exception {
    String request = host.request("x", "");
    PayToken token = host.payFor(upload(request), Amount.of(1_000_000, LeaseHarness.XRP));

    Answer answer = call("POST", "/pods?duration=300", token(token), request);

    assertError(answer, 402, "Failed to get payment before timeout", "PAYMENT_TIMEOUT");
    assertThat(JSON.readTree(answer.body()).get("help").asText())
        .isEqualTo(
            "0.001 XRP of 0.001141553 XRP arrived and are kept under this Pay-Token: pay the rest"
                + " and ask again.");
    assertThat(Invoice.parse(header(answer, "pay"))).isPresent();
  }

  @Test
  void streamsLogsWithoutPingsOrUnderscores() throws Exception {
    String request = host.request("x", ",\"debug\":true");
    Order order = upload(request);
    call("POST", "/pods?duration=300", token(host.payFor(order, PRICE)), request);
    PodId id = LeaseHarness.id(order);
    host.driver().write(id, "app", LogLine.Stream.STDOUT, "hello");
    host.driver().write(id, "app", LogLine.Stream.STDERR, "oops");

    Answer answer = call("GET", "/pods/" + order.manifestHash().value() + "/logs", "", "");

    assertThat(answer.head()).contains("content-type: application/vnd.codius.raw-stream");
    assertThat(answer.body()).contains("app stdout hello\n").contains("app stderr oops\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /pods?duration=300 |  | 400 | must supply `Pay-Token` header. | NO_PAY_TOKEN",
        "POST | /pods | Pay-Token: c2hvcnQ | 400 | `Pay-Token` must be 16 bytes base64. |"
            + " BAD_PAY_TOKEN",
        "POST | /pods | Content-Type: text/plain | 415 | Unsupported Media Type | NOT_JSON",
        "OPTIONS | /pods?duration=abc |  | 400 | Invalid request query input | INVALID_DURATION",
        "OPTIONS | /pods?duration=-5 |  | 400 | Invalid request query input | INVALID_DURATION",
        "OPTIONS | /pods?duration=0 |  | 400 | Invalid request query input | INVALID_DURATION",
        "OPTIONS | /pods?duration=1&duration=2 |  | 400 | Invalid request query input |"
            + " REPEATED_PARAMETER",
        "OPTIONS | /pods?duration=99999999 |  | 400 | duration: 99999999 s (expected: at most"
            + " 31536000 s) | INVALID_DURATION",
        "DELETE | /pods |  | 422 | manifestHash must be specified | NO_MANIFEST_HASH",
        "PATCH | /pods |  | 404 | Not Found | NO_SUCH_CALL",
      })
  void saysWhatIsWrongWithARequest(
      String method, String target, String header, int status, String message, String code)
      throws Exception {
    Answer answer =
        call(method, target, header == null ? "" : header + "\r\n", host.request("x", ""));

    assertError(answer, status, message, code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT | /pods?duration=60 | 422 | manifestHash must be specified | NO_MANIFEST_HASH",
        "GET | /pods | 422 | manifestHash must be specified | NO_MANIFEST_HASH",
        "GET | /pods?manifestHash="
            + HASH
            + " | 404 | No manifest with hash of \""
            + HASH
            + "\" | POD_NOT_FOUND",
        "PUT | /pods?manifestHash="
            + HASH
            + " | 404 | no pod found with id. id="
            + HASH
            + " | POD_NOT_FOUND",
        "GET | /pods/"
            + HASH
            + "/logs | 404 | no pod found with this id. id="
            + HASH
            + " | POD_NOT_FOUND",
        "GET | /peers?limit=0 | 400 | Invalid request query input | INVALID_LIMIT",
        "GET | /peers?limit=1001 | 400 | Invalid request query input | INVALID_LIMIT",
        "GET | /peers?limit=abc | 400 | Invalid request query input | INVALID_LIMIT",
        "GET | /peers?foo=1 | 400 | Invalid request query input | UNKNOWN_PARAMETER",
      })
  void saysWhatIsNotThere(String method, String target, int status, String message, String code)
      throws Exception {
    assertError(call(method, target, token(host.token()), ""), status, message, code);
  }

  @Test
  void tellsEachOtherOfHosts() throws Exception {
    String told = "{\"peers\":[\"https://a.example\",\"http://plain.example\",\"nonsense\"]}";

    Answer answer = call("POST", "/peers/discover", "", told);

    assertThat(answer.body())
        .isEqualTo("{\"name\":\"Codiusd (Java)\",\"version\":\"0.0.0\",\"peers\":[]}");
    assertThat(call("GET", "/peers?limit=5", "", "").body())
        .as("heard of, and yet to answer for itself")
        .isEqualTo("{\"peers\":[]}");
    assertThat(JSON.readTree(call("GET", "/info?requestPeers=true", "", "").body()).get("peers"))
        .isEmpty();
  }

  @Test
  void passesNobodyOnWhileItCannotSell() throws Exception {
    api.setHealthy(false);

    assertError(
        call("POST", "/peers/discover", "", "{\"peers\":[]}"),
        403,
        "This host is misconfigured.",
        "NOT_HEALTHY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | Invalid request payload input",
        "'' | Invalid request payload input",
        "[] | Invalid request payload input",
        "{\"peers\":[1]} | Invalid request payload input",
        "{\"peers\":\"https://a.example\"} | Invalid request payload input",
        "{\"peers\":[],\"name\":\"x\",\"version\":\"1\"} | Invalid request payload input",
        "{\"peers\":[],\"limit\":0} | Invalid request payload input",
        "{\"peers\":[],\"limit\":1.5} | Invalid request payload input",
        "{nope | Invalid request payload JSON format",
      })
  void refusesGossipItDoesNotUnderstand(String body, String message) throws Exception {
    assertError(call("POST", "/peers/discover", "", body), 400, message, "INVALID_MESSAGE");
  }

  @Test
  void listsAllThatIsWrongWithAManifest() throws Exception {
    Answer answer = call("OPTIONS", "/pods", "", "{\"manifest\":{\"name\":1,\"containers\":[]}}");

    assertError(answer, 400, "Invalid request payload input", "INVALID_MANIFEST");
    assertThat(JSON.readTree(answer.body()).get("violations")).hasSizeGreaterThan(2);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    Answer answer = call("POST", "/pods", "", " ".repeat(1_048_577));

    assertError(
        answer,
        413,
        "Payload content length greater than maximum allowed: 1048576",
        "BODY_TOO_LARGE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: http://localhost:3000", "Origin: null", "Origin: https://a.b"})
  void refusesWebPages(String origin) throws Exception {
    Answer answer = call("POST", "/pods", origin + "\r\n", host.request("x", ""));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.head()).doesNotContain("access-control");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rebound.example.com:3000", "192.168.1.1", "localhost.example.com", "localhostx"})
  void refusesNamesThatAreNotLoopback(String host) throws Exception {
    assertThat(
            api.send("GET /info HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .status())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000", "a.localhost"})
  void answersLoopbackNames(String host) throws Exception {
    assertThat(
            api.send("GET /info HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .status())
        .isEqualTo(200);
  }

  private static void assertError(Answer answer, int status, String message, String code)
      throws IOException {
    JsonNode body = JSON.readTree(answer.body());
    assertThat(answer.status()).isEqualTo(status);
    assertThat(body.get("statusCode").asInt()).isEqualTo(status);
    assertThat(body.get("message").asText()).isEqualTo(message);
    assertThat(body.get("code").asText()).isEqualTo(code);
    assertThat(body.get("help").asText()).isNotBlank();
  }

  private static Order upload(String request) {
    return LeaseHarness.upload(request, Duration.ofMinutes(5));
  }

  private static String token(PayToken token) {
    return "Pay-Token: " + token.toHeader() + "\r\n";
  }

  private static String header(Answer answer, String name) {
    return answer
        .head()
        .lines()
        .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
        .findFirst()
        .map(line -> line.substring(name.length() + 2))
        .orElseThrow();
  }

  private Answer call(String method, String target, String headers, String body)
      throws IOException {
    return api.call(method, target, headers, body);
  }
}
