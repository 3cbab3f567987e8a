package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that are odd but mean one thing only (RFC 9110, RFC 9112), sent raw: the pod sees
 * exactly one, well formed, however it was spelled.
 */
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class OddRequestTest {

  private static final String HOST = "Host: " + ONE + "\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** What would be a request of its own if the body before it ended early. */
  private static final String INNER = get("a", "/smuggled");

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private final RecordingPod pod = recordingPod();

  private static RecordingPod recordingPod() {
    try {
      return new RecordingPod();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void route() {
    proxy.routes.put(ONE, pod.raw().address());
  }

  @AfterAll
  void stop() throws IOException {
    proxy.close();
    pod.close();
  }

  /**
   * A request that gets through.
   *
   * @param line with which the pod sees it begin
   * @param body that the pod sees, as it came
   * @param absent lowercase, what the pod must not see
   */
  private record Case(String bytes, String line, String body, String absent) {
    @Override
    public String toString() {
      return bytes.replace("\r\n", " | ");
    }
  }

  private static Case line(String bytes, String line) {
    return new Case(bytes + "\r\n" + HOST + "\r\n", line, "", "http/1.0");
  }

  private static Case post(String lines, String body, String absent) {
    return new Case("POST /p HTTP/1.1\r\n" + HOST + lines + "\r\n" + body, "POST /p", body, absent);
  }

  private static Case field(String lines, String absent) {
    return new Case("GET /f HTTP/1.1\r\n" + HOST + lines + "\r\n", "GET /f", "", absent);
  }

  static Stream<Case> exactlyOneGetsThrough() {
    return Stream.of(
        line("\r\nGET / HTTP/1.1", "GET /"),
        line("GET / HTTP/1.0", "GET /"),
        line("GET http://" + ONE + " HTTP/1.1", "GET /"),
        line("GET HTTP://" + ONE.toUpperCase(Locale.ROOT) + "/a HTTP/1.1", "GET /a"),
        line("GET https://" + ONE + "?q HTTP/1.1", "GET /?q"),
        line("GET /http://other.example/ HTTP/1.1", "GET /http://other.example/"),
        line("GET //other.example/ HTTP/1.1", "GET //other.example/"),
        line("GET /../..;/%2e%2e%00%0d%0a HTTP/1.1", "GET /../..;/%2e%2e%00%0d%0a"),
        line("OPTIONS * HTTP/1.1", "OPTIONS *"),
        line("get / HTTP/1.1", "get /"),
        line("X-ODD!METHOD / HTTP/1.1", "X-ODD!METHOD /"),
        line("PROPFIND /dav HTTP/1.1", "PROPFIND /dav"),
        new Case("GET / HTTP/1.1\r\nhOsT:\t" + ONE + " \t\r\n\r\n", "GET /", "", "\nx-none"),
        post("Content-Length: 0\r\n", "", CHUNKED),
        post("Content-Length:3\r\n", "abc", CHUNKED),
        post("Content-Length: \t3 \t\r\n", "abc", CHUNKED),
        post("content-LENGTH: 003\r\n", "abc", CHUNKED),
        post("Content-Length: " + INNER.length() + "\r\n", INNER, CHUNKED),
        post("TRANSFER-encoding:ChUnKeD\r\n", "0\r\n\r\n", "content-length"),
        post(CHUNKED, "3\r\nabc\r\n0\r\n\r\n", "content-length"),
        post(CHUNKED, "0003\r\nabc\r\n000\r\n\r\n", "content-length"),
        post(CHUNKED, "a;x=\"y;z\"\r\n0123456789\r\n0;last\r\n\r\n", "content-length"),
        post(CHUNKED, "3\r\nabc\r\n0\r\nSum: 1\r\nX-More: 2\r\n\r\n", "content-length"),
        post(CHUNKED + "TE: trailers, deflate\r\n", "0\r\n\r\n", "\r\nte:"),
        post(CHUNKED, "3;" + "x".repeat(1000) + "\r\nabc\r\n0\r\n\r\n", "content-length"),
        post(CHUNKED, "1;a=b\r\nc\r\n".repeat(3000) + "0\r\n\r\n", "content-length"),
        post(CHUNKED + "Trailer: Sum\r\n", "0\r\nSum:\r\n\r\n", "content-length"),
        post("Upgrade: a\r\nConnection: upgrade\r\nContent-Length: 1\r\n", "a", "upgrade"),
        new Case(
            "POST /p HTTP/1.0\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na",
            "POST /p",
            "a",
            "expect"),
        new Case(
            "GET /b HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\n\r\nbody",
            "GET /b",
            "body",
            CHUNKED),
        field("TE: trailers\r\n", "\r\nte:"),
        field("X-Long: " + "v".repeat(12_000) + "\r\n", "\nx-none"),
        post("Connection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 1\r\n", "a", "x-hop"),
        field("Connection: x-a\r\nConnection: X-B\r\nX-A: 1\r\nx-b: 2\r\n", "\r\nx-" + "a:"),
        field("Connection: keep-alive\r\nKeep-Alive: timeout=9\r\n", "keep-alive"),
        field("Proxy-Connection: keep-alive\r\n", "proxy-connection"),
        field("Proxy: http://evil.example/\r\n", "\r\nproxy:"),
        field("Proxy-Authorization: Basic eA==\r\n", "proxy-authorization"),
        field(
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n", "h2"),
        field("Upgrade: websocket\r\n", "upgrade"),
        field("Connection: upgrade\r\n", "upgrade"),
        field("X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n", "1.2.3.4"),
        field("X-Forwarded-Host: evil.example\r\n", "evil"),
        field("X-Empty:\r\nX-Blank: \t \r\n", "\nx-none"),
        field("X-High: \u00e4\u00ff\r\n", "\nx-none"),
        field("X-Quoted: \"a\\\"b\", c\r\nX-Quoted: d\r\n", "\nx-none"),
        field("X: a\r\nX: b\r\n".repeat(40), "\nx-none"),
        field("Cookie: a=1; b=\"2\"\r\nCookie: c=3\r\n", "\nx-none"));
  }

  @ParameterizedTest
  @MethodSource
  void exactlyOneGetsThrough(Case odd) throws IOException {
    int before = pod.requests().size();
    try (Wire client = proxy.client()) {
      client.send(odd.bytes());
      assertThat(client.answer().body()).isEqualTo("pod");
    }
    try (Wire client = proxy.client()) {
      assertThat(client.send(get(ONE, "/marker")).answer().body()).isEqualTo("pod");
    }

    List<String> seen = pod.requests().subList(before, pod.requests().size());
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0)).startsWith(odd.line() + " HTTP/1.1\r\n").endsWith("\r\n" + odd.body());
    String head = seen.get(0).substring(0, seen.get(0).indexOf("\r\n\r\n"));
    assertThat(head.toLowerCase(Locale.ROOT))
        .doesNotContain(odd.absent().toLowerCase(Locale.ROOT).strip())
        .containsOnlyOnce("\r\nhost:");
    assertThat(seen.get(1)).startsWith("GET /marker HTTP/1.1\r\n");
  }
}
