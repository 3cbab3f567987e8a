package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * HTTP/2 requests that would be others, or more than one, once written down as HTTP/1.1 (RFC 9113
 * §8.2, §8.3, §10.3, and the published attacks). The pod answers whatever it gets; it must get
 * nothing of them.
 */
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamSmugglingTest {

  private static final String HOST = ONE + ".codius.example";

  /** What an attacker would have the pod take for a request of somebody else's. */
  private static final String INNER = "GET /smuggled HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";

  /** Stands for a stream that is reset rather than answered. */
  private static final int RESET = 0;

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private final RawPod pod = recordingPod();

  private static RawPod recordingPod() {
    try {
      return RawPod.answering(ok("pod"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void route() {
    proxy.routes.put(ONE, pod.address());
  }

  @AfterAll
  void stop() throws IOException {
    proxy.close();
    pod.close();
  }

  /** A request that must not get through; with a body, the stream goes on after its head. */
  private record Case(String name, int status, List<String> fields, List<String> data) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A good head with these fields after it, of which those with a colon replace the good ones. */
  private static List<String> head(String... changed) {
    List<String> fields = new ArrayList<>();
    List<String> names = Arrays.asList(changed);
    String[] good = {":method", "POST", ":scheme", "http", ":authority", HOST, ":path", "/"};
    for (int i = 0; i < good.length; i += 2) {
      int at = names.indexOf(good[i]);
      if (at < 0 || at % 2 != 0) {
        fields.add(good[i]);
        fields.add(good[i + 1]);
      }
    }
    fields.addAll(names);
    return fields;
  }

  private static Case reset(String name, String... changed) {
    return new Case(name, RESET, head(changed), List.of());
  }

  private static Case answered(int status, String name, String... changed) {
    return new Case(name, status, head(changed), List.of());
  }

  private static Case without(String name) {
    List<String> fields = head();
    int at = fields.indexOf(name);
    fields.subList(at, at + 2).clear();
    return new Case("without " + name, RESET, fields, List.of());
  }

  private static Case body(String name, List<String> fields, String... data) {
    return new Case(name, RESET, fields, List.of(data));
  }

  static Stream<Case> pseudoFields() {
    List<String> late = head();
    late.add(0, "1");
    late.add(0, "x-early");
    return Stream.of(
        without(":method"),
        without(":scheme"),
        without(":path"),
        without(":authority"),
        reset("unknown pseudo-header field", ":smuggled", "1"),
        reset("status in a request", ":status", "200"),
        reset("protocol without CONNECT", ":protocol", "websocket"),
        new Case("pseudo-header field after another", RESET, late, List.of()),
        reset("method twice", ":method", "GET", ":method", "POST"),
        reset("path twice", ":path", "/", ":path", "/"),
        reset("authority twice", ":authority", HOST, ":authority", HOST),
        reset("scheme twice", ":scheme", "http", ":scheme", "https"),
        reset("method with a request in it", ":method", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"),
        reset("method with a space", ":method", "GET /smuggled HTTP/1.1 GET"),
        reset("method with a tab", ":method", "GET\t"),
        reset("method empty", ":method", ""),
        reset("path with a request in it", ":path", "/ HTTP/1.1\r\n\r\n" + INNER),
        reset("path with a space", ":path", "/ HTTP/1.1 /"),
        reset("path with a line feed", ":path", "/\nX: a"),
        reset("path with a NUL", ":path", "/\0"),
        reset("path with a fragment", ":path", "/#a"),
        reset("path above ASCII", ":path", "/\u00e4"),
        reset("path empty", ":path", ""),
        reset("path relative", ":path", "smuggled"),
        reset("path absolute-form", ":path", "http://other.example/"),
        reset("authority with a line break", ":authority", HOST + "\r\nX: a"),
        answered(400, "authority with a space", ":authority", HOST + " a"),
        answered(400, "authority with user", ":authority", "user@" + HOST),
        answered(400, "authority with a path", ":authority", HOST + "/x"),
        answered(400, "authority with a port beyond all", ":authority", HOST + ":65536"),
        answered(400, "authority with an empty label", ":authority", ONE + "..codius.example"),
        answered(400, "authority of dots", ":authority", ".."),
        answered(400, "authority with a zone", ":authority", "[fe80::1%25eth0]"),
        answered(400, "authority of no IPv6 address", ":authority", "[:::]"),
        reset("authority empty", ":authority", ""),
        answered(400, "authority with two ports", ":authority", HOST + ":1:2"),
        answered(400, "asterisk to anything but OPTIONS", ":path", "*"),
        reset("scheme with a request in it", ":scheme", "http://" + HOST + "/smuggled?"),
        reset("scheme of another kind", ":scheme", "ftp"),
        answered(405, "CONNECT", ":method", "CONNECT"),
        answered(405, "TRACE", ":method", "TRACE"));
  }

  static Stream<Case> fields() {
    return Stream.of(
        reset("value with a line break", "x", "a\r\n\r\n" + INNER),
        reset("value with a field in it", "x", "a\r\nTransfer-Encoding: chunked"),
        reset("value with a line feed", "x", "a\nY: b"),
        reset("value with a carriage return", "x", "a\rY: b"),
        reset("value with a NUL", "x", "a\0"),
        reset("value with a control character", "x", "a\u0001"),
        reset("value with DEL", "x", "a\u007f"),
        reset("value with space before", "x", " a"),
        reset("value with space after", "x", "a "),
        reset("cookie with a line break", "cookie", "a=1\r\nX: a"),
        reset("length with a line break", "content-length", "0\r\n\r\n" + INNER),
        reset("name with a line break", "x\r\ny", "a"),
        reset("name with a field in it", "x: a\r\ny", "b"),
        reset("name with a colon", "x:y", "a"),
        reset("name with a colon before", "transfer-encoding:", "chunked"),
        reset("name with a space", "x y", "a"),
        reset("name with a space after", "content-length ", "0"),
        reset("name with a capital", "X-Capital", "a"),
        reset("length with a capital", "Content-Length", "0"),
        reset("name above ASCII", "x\u00e4", "a"),
        reset("name empty", "", "a"),
        reset("transfer-encoding", "transfer-encoding", "chunked"),
        reset("transfer-encoding of another kind", "transfer-encoding", "identity"),
        reset("connection", "connection", "close"),
        reset("connection with a name", "connection", "x-forwarded-for"),
        reset("keep-alive", "keep-alive", "5"),
        reset("proxy-connection", "proxy-connection", "close"),
        reset("upgrade", "upgrade", "websocket"),
        reset("http2-settings", "http2-settings", "AAMAAABk"),
        reset("te with more than trailers", "te", "trailers, chunked"),
        reset("te of another kind", "te", "chunked"),
        reset("host twice", "host", HOST, "host", HOST),
        reset("host is another", "host", "b".repeat(52) + ".codius.example"),
        answered(400, "length spelled with underscore", "content_length", "44"),
        answered(400, "coding spelled with underscore", "transfer_encoding", "chunked"),
        answered(400, "length spelled with a dot", "content.length", "44"),
        answered(400, "coding spelled with a quote", "transfer'encoding", "chunked"),
        answered(400, "forwarder spelled with dots", "x.forwarded.for", "1.2.3.4"),
        answered(400, "two expectations", "expect", "100-continue", "expect", "100-continue"),
        answered(417, "expectation of another kind", "expect", "200-ok"),
        answered(414, "path too long", ":path", "/" + "a".repeat(9000)));
  }

  static Stream<Case> bodies() {
    return Stream.of(
        body("less than its length", head("content-length", "5"), "abc"),
        body("more than its length", head("content-length", "5"), "abc", "def"),
        body("length none, but a body", head("content-length", "0"), INNER),
        body("length in words", head("content-length", "five"), "abcde"),
        body("length with plus", head("content-length", "+3"), "abc"),
        body("length with minus", head("content-length", "-1"), "abc"),
        body("length beyond 63 bits", head("content-length", "9223372036854775808"), "abc"),
        body("two lengths", head("content-length", "3", "content-length", "44"), INNER),
        reset("length without a body", "content-length", "44"));
  }

  static Stream<Case> nothingGetsThrough() {
    return Stream.of(pseudoFields(), fields(), bodies()).flatMap(cases -> cases);
  }

  @ParameterizedTest
  @MethodSource
  void nothingGetsThrough(Case request) throws IOException {
    int before = pod.requests().size();
    try (StreamWire client = StreamWire.to(proxy.proxy.localAddress())) {
      client.headers(1, request.data().isEmpty(), request.fields().toArray(String[]::new));
      for (int i = 0; i < request.data().size(); i++) {
        client.data(1, i == request.data().size() - 1, request.data().get(i));
      }

      if (request.status() == RESET) {
        assertThat(client.answerOrEnd(1).body()).isEmpty();
        assertThat(client.isEndedByError(1)).isTrue();
      } else {
        assertThat(client.answer(1).status()).isEqualTo(request.status());
      }
    }
    try (StreamWire client = StreamWire.to(proxy.proxy.localAddress())) {
      assertThat(client.get(1, HOST, "/marker").answer(1).body()).isEqualTo("pod");
    }
    List<String> got = pod.requests().subList(before, pod.requests().size());
    // of a request whose body goes wrong the head may have left; never anything after it
    int most = request.data().isEmpty() ? 1 : 2;
    assertThat(got).hasSizeLessThanOrEqualTo(most).noneMatch(head -> head.contains("smuggled"));
    assertThat(got).anyMatch(head -> head.startsWith("GET /marker "));
  }

  @Test
  void trailersThatBelongIntoTheHeadAreRefused() throws IOException {
    for (String name : List.of("host", "transfer-encoding", ":path", "te", "cookie")) {
      try (StreamWire client = StreamWire.to(proxy.proxy.localAddress())) {
        client.post(1, HOST).data(1, false, "a").headers(1, true, name, "1");

        client.answerOrEnd(1);

        assertThat(client.isEndedByError(1)).as(name).isTrue();
      }
    }
  }

  /** What is bytes to HTTP/2 is no line to HTTP/1.1. */
  @Test
  void aBodyThatLooksLikeARequestStaysABody() throws IOException {
    String data = "0\r\n\r\n" + INNER;
    String chunk = Integer.toHexString(data.length()) + "\r\n" + data + "\r\n0\r\n\r\n";
    assertThat(bodyAtPod(chunk.length(), client -> client.post(1, HOST).data(1, true, data)))
        .isEqualTo(chunk);
  }

  /** The codec makes one of several equal lengths (RFC 9110 §8.6); one is what the pod gets. */
  @Test
  void equalLengthsBecomeOne() throws IOException {
    for (String[] lengths :
        new String[][] {
          {"content-length", "3, 3"}, {"content-length", "3", "content-length", "3"}
        }) {
      assertThat(bodyAtPod(3, client -> client.post(1, HOST, lengths).data(1, true, "abc")))
          .isEqualTo("abc");
    }
  }

  /** Returns the body of a request that is let through, and that there is one length or none. */
  private String bodyAtPod(int length, Request request) throws IOException {
    StringBuilder body = new StringBuilder();
    try (RawPod reading =
            RawPod.serving(
                connection -> {
                  connection.request();
                  body.append(connection.wire.read(length));
                  connection.send(ok("read"));
                });
        StreamWire client = StreamWire.to(proxy.proxy.localAddress())) {
      proxy.routes.put(ONE, reading.address());

      request.send(client);

      assertThat(client.answer(1).body()).isEqualTo("read");
      assertThat(reading.requests()).hasSize(1);
      assertThat(
              reading
                  .requests()
                  .get(0)
                  .split("(?i)\r\n(content-length: 3|transfer-encoding: chunked)\r\n", -1))
          .hasSize(2);
      return body.toString();
    } finally {
      proxy.routes.put(ONE, pod.address());
    }
  }

  /** Sends one request. */
  @FunctionalInterface
  private interface Request {
    void send(StreamWire client) throws IOException;
  }
}
