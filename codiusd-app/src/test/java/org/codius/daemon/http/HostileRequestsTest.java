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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that mean harm: each is answered with a 4xx that says why, without a trace of our
 * insides, and changes nothing.
 */
class HostileRequestsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 20261124;
  private static final String DEEP = "[".repeat(200_000);
  private static final String LONG = "a".repeat(200_000);
  private static final String TOKEN = "AAAAAAAAAAAAAAAAAAAAAA";

  @TempDir static Path folder;
  private static ApiUnderTest api;
  private static LeaseHarness host;
  private static String good;
  private static String hash;

  /** A request, and what it tries. */
  record Attack(String name, String request) {
    @Override
    public String toString() {
      return name;
    }
  }

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
    if (!answer.body().isEmpty()) { // a HEAD has none
      JsonNode body = JSON.readTree(answer.body());
      assertThat(body.get("statusCode").intValue()).isEqualTo(answer.status());
      assertThat(body.get("code").textValue()).matches("[A-Z_]+");
      assertThat(body.get("help").textValue()).isNotBlank();
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void thereAreAHundredOfThem() {
    assertThat(attacks()).hasSizeGreaterThanOrEqualTo(100);
  }

  static List<Attack> attacks() {
    List<Attack> attacks = new ArrayList<>();
    wrongTypes(attacks);
    brokenJson(attacks);
    fuzzed(attacks);
    queries(attacks);
    paths(attacks);
    headers(attacks);
    images(attacks);
    gossip(attacks);
    return attacks;
  }

  /** Every part of an upload as every type it is not. */
  private static void wrongTypes(List<Attack> attacks) {
    for (String part : List.of("name", "version", "machine", "port", "containers")) {
      for (String value : List.of("null", "[]", "{}", "-1e999", "1e400", "[[[[]]]]")) {
        String body =
            "{\"manifest\":{\"name\":\"x\",\"version\":\"1\",\"machine\":\"small\",\"port\":\"80\","
                + "\"containers\":[{\"id\":\"a\",\"image\":\"nginx@sha256:"
                + "0".repeat(64)
                + "\"}],\""
                + part
                + "\":"
                + value
                + "}}";
        attacks.add(post("a " + part + " that is " + value, body));
      }
    }
    for (String body : List.of("null", "0", "\"\"", "[]", "true", "{\"manifest\":[]}")) {
      attacks.add(post("an upload that is " + body, body));
    }
    attacks.add(
        post("private values that are a list", good().replace("}]}", "}]},\"private\":[1]")));
    attacks.add(post("__proto__", "{\"__proto__\":{\"manifest\":1},\"manifest\":{}}"));
    attacks.add(post("constructor", "{\"constructor\":{\"prototype\":1}}"));
  }

  private static void brokenJson(List<Attack> attacks) {
    attacks.add(post("200,000 brackets", DEEP));
    attacks.add(post("200,000 brackets in a manifest", "{\"manifest\":" + DEEP));
    attacks.add(post("objects in objects", "{\"a\":".repeat(100_000)));
    attacks.add(post("a very long name", "{\"manifest\":{\"name\":\"" + LONG + "\"}}"));
    attacks.add(
        post("a very long number", "{\"manifest\":{\"name\":" + "9".repeat(100_000) + "}}"));
    attacks.add(post("a very long key", "{\"" + LONG + "\":1}"));
    attacks.add(post("NaN", "{\"manifest\":NaN}"));
    attacks.add(post("a comment", "{/* */\"manifest\":{}}"));
    attacks.add(post("two documents", "{}{}"));
    attacks.add(post("half a surrogate pair", "{\"manifest\":{\"name\":\"\\ud800\"}}"));
    attacks.add(post("a null character", "{\"manifest\":{\"name\":\"\u0000\"}}"));
    attacks.add(post("a byte order mark twice", "\ufeff\ufeff{}"));
    attacks.add(post("XML", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"));
    attacks.add(post("thousands of containers", containers(5000)));
  }

  /** A good upload with some of its characters turned into others. The same ones every time. */
  private static void fuzzed(List<Attack> attacks) {
    Random random = new Random(SEED);
    String upload = good();
    int structure = upload.indexOf("\"containers\"");
    for (int i = 0; i < 30; i++) {
      StringBuilder body = new StringBuilder(upload);
      for (int j = 0; j < 8; j++) {
        int at = j == 0 ? structure + random.nextInt(12) : random.nextInt(body.length());
        body.setCharAt(at, (char) random.nextInt(32, 127));
      }
      attacks.add(post("fuzz " + i, body.toString()));
    }
  }

  private static void queries(List<Attack> attacks) {
    for (String duration :
        List.of(
            "-1", "0", "1.5", "1e3", "NaN", "", "0x10", "99999999999999999999", "%00", "1%201")) {
      attacks.add(post("a duration of " + duration, "/pods?duration=" + duration, good()));
    }
    attacks.add(post("two durations", "/pods?duration=1&duration=2", good()));
    attacks.add(post("a dry run that is perhaps one", "/pods?dryRun=1", good()));
    for (String name : List.of("", "..", "%2e%2e%2f", "'%20or%201=1--", "a".repeat(52), "%ff%fe")) {
      attacks.add(bare("a pod called " + name, "GET", "/pods?manifestHash=" + name, ""));
      attacks.add(
          bare(
              "the end of a pod called " + name, "DELETE", "/pods?manifestHash=" + name, bearer()));
    }
    attacks.add(
        bare("the end of a pod by a stranger", "DELETE", "/pods?manifestHash=" + hash, bearer()));
    attacks.add(bare("a stranger's look at the log", "GET", "/pods/" + hash + "/logs", bearer()));
    attacks.add(bare("a stranger's receipt", "GET", "/pods/" + hash + "/receipt", bearer()));
    attacks.add(bare("a limit of -1", "GET", "/peers?limit=-1", ""));
    attacks.add(bare("a huge limit", "GET", "/peers?limit=9999999999", ""));
    attacks.add(bare("half an escape", "GET", "/pods?manifestHash=%", ""));
  }

  private static void paths(List<Attack> attacks) {
    for (String name :
        List.of("..%2f..%2fetc%2fpasswd", "%00", "a".repeat(4000), "*", "%252e%252e")) {
      attacks.add(bare("the log of " + shortened(name), "GET", "/pods/" + name + "/logs", ""));
      attacks.add(
          bare("the receipt of " + shortened(name), "GET", "/pods/" + name + "/receipt", bearer()));
    }
    for (String method : List.of("TRACE", "CONNECT", "PATCH", "PROPFIND", "FOO", "DELETE")) {
      attacks.add(bare(method, method, "/peers/discover", ""));
    }
    attacks.add(bare("a target that is too long", "GET", "/" + "a".repeat(9000), ""));
  }

  private static void headers(List<Attack> attacks) {
    attacks.add(raw("no host", "GET /version HTTP/1.1\r\nConnection: close\r\n\r\n"));
    attacks.add(bare("two hosts", "GET", "/version", "Host: other.example\r\n"));
    attacks.add(bare("a null character", "GET", "/version", "X: a\u0000b\r\n"));
    attacks.add(bare("a name with a space", "GET", "/version", "X Y: 1\r\n"));
    attacks.add(bare("a folded line", "GET", "/version", "X: 1\r\n 2\r\n"));
    attacks.add(
        bare("too much of a field", "GET", "/version", "X: " + "a".repeat(20_000) + "\r\n"));
    attacks.add(bare("too many fields", "GET", "/version", "X: 1\r\n".repeat(200)));
    attacks.add(
        bare(
            "a length and chunks",
            "POST",
            "/pods",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"));
    attacks.add(bare("two lengths", "POST", "/pods", "Content-Length: 5\r\nContent-Length: 6\r\n"));
    attacks.add(bare("a negative length", "POST", "/pods", "Content-Length: -1\r\n"));
    attacks.add(bare("a length of words", "POST", "/pods", "Content-Length: many\r\n"));
    attacks.add(
        bare("a length beyond all", "POST", "/pods", "Content-Length: 9223372036854775807\r\n"));
    attacks.add(
        bare(
            "a hundred pay tokens",
            "PUT",
            "/pods?manifestHash=" + hash,
            "Pay-Token: " + "A".repeat(2000) + "\r\n"));
    attacks.add(
        bare(
            "a pay token of signs",
            "PUT",
            "/pods?manifestHash=" + hash,
            "Pay-Token: ../../../..\r\n"));
    attacks.add(bare("an expectation", "POST", "/pods", "Expect: the-unexpected\r\n"));
    attacks.add(raw("a body above 1 MiB", request("POST", "/pods", "", " ".repeat(1_048_577))));
    attacks.add(
        raw(
            "a form",
            request(
                "POST", "/pods", "Content-Type: application/x-www-form-urlencoded\r\n", "a=b")));
  }

  /** Images in places that only the host can reach, or on nobody's registry. */
  private static void images(List<Attack> attacks) {
    for (String image :
        List.of(
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "169.254.169.254/a",
            "localhost:5000/../../etc/passwd@sha256:" + "0".repeat(64),
            "user:password@registry/a@sha256:" + "0".repeat(64),
            "a@sha256:zz",
            "a b@sha256:" + "0".repeat(64),
            "nginx@md5:" + "0".repeat(32))) {
      attacks.add(post("the image " + image, good().replaceAll("nginx@sha256:0{64}", image)));
    }
  }

  private static void gossip(List<Attack> attacks) {
    for (String body :
        List.of(
            "{\"peers\":{}}",
            "{\"peers\":[null]}",
            "{\"peers\":[[]]}",
            "{\"peers\":[],\"limit\":1e9}",
            DEEP)) {
      attacks.add(raw("gossip " + shortened(body), request("POST", "/peers/discover", "", body)));
    }
  }

  /**
   * A client that sends its request one byte at a time gets as far as any other, and no further.
   */
  @Test
  void aSlowRequestIsAnsweredWhenItIsThere() throws Exception {
    String before = state();

    try (Socket socket = new Socket()) {
      socket.connect(api.address());
      for (byte next : request("POST", "/pods", "", "{}").getBytes(UTF_8)) {
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

  private static String good() {
    return good == null ? "" : good;
  }

  private static String containers(int count) {
    String one = "{\"id\":\"a\",\"image\":\"nginx@sha256:" + "0".repeat(64) + "\"}";
    return "{\"manifest\":{\"name\":\"x\",\"version\":\"1\",\"machine\":\"small\",\"containers\":["
        + (one + ",").repeat(count)
        + one
        + "]}}";
  }

  private static String bearer() {
    return "Authorization: Bearer " + "A".repeat(43) + "\r\n";
  }

  private static Attack post(String name, String body) {
    return post(name, "/pods", body);
  }

  private static Attack post(String name, String target, String body) {
    return new Attack(
        shortened(name), request("POST", target, "Pay-Token: " + TOKEN + "\r\n", body));
  }

  private static Attack bare(String name, String method, String target, String headers) {
    return new Attack(shortened(name), request(method, target, headers, ""));
  }

  private static Attack raw(String name, String request) {
    return new Attack(name, request);
  }

  private static String request(String method, String target, String headers, String body) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n"
        + headers
        + (body.isEmpty() ? "" : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n")
        + "\r\n"
        + body;
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
