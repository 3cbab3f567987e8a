package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More requests of the kinds in {@link SmugglingTest}: what some reader somewhere was found to
 * forgive or to repair, in a way of its own. The pod here keeps all that comes and answers nothing.
 */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class LenientReaderTest {

  private static final String HOST = "Host: " + ONE + "\r\n";
  private static final String INNER = get(ONE, "/smuggled");
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
  private static final String END = "0\r\n\r\n";

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static String post(String lines) {
    return "POST / HTTP/1.1\r\n" + HOST + lines + "\r\n\r\n" + END + INNER;
  }

  private static String host(String host) {
    return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + INNER;
  }

  private static String line(String line) {
    return line + "\r\n" + HOST + "\r\n" + INNER;
  }

  static Stream<String> aHeadThatIsNoneReachesNobody() {
    return Stream.of(
        post("Content-Length: 5\r\n\tContent-Length: 6"),
        post("Content-Length: 3\t3"),
        post("Content-Length: 03, 3"),
        post("Content-Length: -0"),
        post("Content-Length: 0x0"),
        post("Content-Length: 9999999999999999999"),
        post("Content-Length: \u00d9\u00a3"), // three in Arabic digits
        post("Content-Length: 5\u00e2\u0080\u00a8"), // a line separator after it
        post("Content-Length[]: 5"),
        post("Content-Length;: 5"),
        post("Content-Length\u0085: 5"),
        post("\u00a0Content-Length: 5"),
        post("Content-Length: 5\r\nTransfer-Encoding: chunked, x"),
        post("Transfer-Encoding:\u0001chunked"),
        post("Transfer-Encoding: \u0000chunked"),
        post("Transfer-Encoding: CHUNKED, chunked"),
        post("Transfer-Encoding: chunked, deflate"),
        post("Transfer-Encoding: br"),
        post("Transfer-Encoding: chunked#"),
        post("Transfer-Encoding: chunked\\"),
        post("Transfer-Encoding: \"chunked"),
        post("Transfer-Encoding: chunked chunked"),
        post("Transfer-Encoding@: chunked"),
        post("Transfer-Encoding\u00ff: chunked"),
        post("Transfer\u00adEncoding: chunked"),
        post("Connection: close, Transfer-Encoding\r\n" + CHUNKED.strip()),
        post("X: y\u0085\r\n\u000bTransfer-Encoding: chunked"),
        post("Expect: 100-continue\0\r\n" + CHUNKED.strip()),
        line("OPTIONS *?x HTTP/1.1"),
        line("OPTIONS ** HTTP/1.1"),
        line("GET ?q HTTP/1.1"),
        line("GET http:/" + ONE + "/ HTTP/1.1"),
        line("GET http://" + ONE + ":80/ HTTP/1.1"),
        line("GET http://" + ONE + "\\@other/ HTTP/1.1"),
        line("GET javascript:// HTTP/1.1"),
        line("GET /\u00ff HTTP/1.1"),
        line("GET\u000b/ HTTP/1.1"),
        line("GET /\f HTTP/1.1"),
        line("GET / HTTP/1.1\0"),
        line("GET / HTTP/+1.1"),
        line("GET / HTTP/1.\u00b9"),
        line("GET / HTTP /1.1"),
        line("GET / \rHTTP/1.1"),
        line("GET / HTTP/1.1\r"),
        line("\0GET / HTTP/1.1"));
  }

  /** What CGI and its heirs make a hyphen of is none. */
  static Stream<String> aDisguiseReachesNobody() {
    return Stream.of(
        post("Content.Length: 5"),
        post("Content~Length: 5"),
        post("content+length: 5"),
        post("Transfer.Encoding: chunked"),
        post("Transfer!Encoding: chunked"),
        post("transfer'encoding: chunked"),
        post("Transfer|Encoding: chunked"),
        post("X.Forwarded.For: 1.2.3.4"),
        post("X-Forwarded`Proto: https"),
        post("Proxy^Authorization: x"),
        post("Keep*Alive: 5"),
        post(CHUNKED + "Content.Length: 5"));
  }

  /** No other reader must find another host, or none, in what is none. */
  static Stream<String> aHostThatIsNoneReachesNobody() {
    return Stream.of(
        host(ONE + ":65536"),
        host(ONE + ":99999"),
        host(ONE + ":123456"),
        host(ONE + ":-1"),
        host(ONE + ":+80"),
        host(ONE + ":8 0"),
        host(ONE + ":80:"),
        host(ONE + ":\u00b2"),
        host(ONE + ".."),
        host(ONE + "..codius.example"),
        host("." + ONE),
        host("."),
        host(".."),
        host(":80"),
        host(ONE + ";x"),
        host(ONE + "$"),
        host(ONE + "*"),
        host("*." + ONE),
        host(ONE + "'"),
        host(ONE + "&x"),
        host(ONE + "|x"),
        host(ONE + "\u00e9"),
        host("\u00aa" + ONE.substring(1)),
        host(ONE + "%2e"),
        host("http://" + ONE),
        host("//" + ONE),
        host("\"" + ONE + "\""),
        host("[" + ONE + "]"),
        host("[::1"),
        host("::1"),
        host("[]"),
        host("[:::]"),
        host("[....]"),
        host("[::1]x"),
        host("[::1]."),
        host("[::1]:99999"),
        host("[[::1]]"),
        host("[1:2:3:4:5:6:7:8:9]"),
        host("[::ffff:1.2.3.999]"),
        host("[fe80::1%25eth0]"),
        host("[v1.x]"),
        host("a".repeat(256)),
        "GET http:/// HTTP/1.0\r\n\r\n",
        "GET http://?x HTTP/1.0\r\n\r\n",
        "GET http:// HTTP/1.0\r\n\r\n",
        "GET http://" + ONE + "/ HTTP/1.0\r\n\r\n",
        line("GET http://" + ONE + ":99999/ HTTP/1.1"),
        line("GET http://" + ONE + ":/ HTTP/1.1"),
        line("GET http://" + ONE + "./ HTTP/1.1"),
        line("GET http://" + ONE + "%2f/ HTTP/1.1"),
        line("GET http://[::1]/ HTTP/1.1"),
        line("GET ws://" + ONE + "/ HTTP/1.1"),
        line("GET " + ONE + " HTTP/1.1"),
        line("GET " + ONE + ":80 HTTP/1.1"));
  }

  @ParameterizedTest
  @MethodSource({
    "aHeadThatIsNoneReachesNobody",
    "aDisguiseReachesNobody",
    "aHostThatIsNoneReachesNobody"
  })
  void aHeadThatIsNoneReachesNobody(String bytes) throws IOException {
    try (RawPod pod = RawPod.serving(LenientReaderTest::keep);
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      assertThat(client.send(bytes).answer().status()).isEqualTo(400);

      assertThat(client.readAll()).isEmpty();
      assertThat(pod.requests()).isEmpty();
    }
  }

  /** The head has left by then; what follows it must not, and the client learns of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\n\r\n",
        "0\r\n\n",
        "0;a\n\r\n",
        "0\r\r\n\r\n",
        "00000000000000000\r\n\r\n",
        "1_0\r\n0123456789abcdef\r\n0\r\n\r\n",
        "1h\r\na\r\n0\r\n\r\n",
        ",1\r\na\r\n0\r\n\r\n",
        "1,\r\na\r\n0\r\n\r\n",
        "1 ;x\r\na\r\n0\r\n\r\n",
        "\r\n1\r\na\r\n0\r\n\r\n",
        "1\r\r\na\r\n0\r\n\r\n",
        "1\r\na\r0\r\n\r\n",
        "1\r\na\n\n0\r\n\r\n",
        "1;x=\"\r\na\r\n0\r\n\r\n",
        "1;x=\"a\\\"\r\na\r\n0\r\n\r\n",
        "1;x=\"y\";z=\"\r\na\r\n0\r\n\r\n",
        "1;\u0080\r\na\r\n0\r\n\r\n",
        "1;\0\r\na\r\n0\r\n\r\n",
        "1;\r\na\r\n0\r\n\r\n",
        "1;;\r\na\r\n0\r\n\r\n",
        "1;=\r\na\r\n0\r\n\r\n",
        "1;=x\r\na\r\n0\r\n\r\n",
        "1;x=\r\na\r\n0\r\n\r\n",
        "1;x;\r\na\r\n0\r\n\r\n",
        "1;x=y=z\r\na\r\n0\r\n\r\n",
        "1;x y\r\na\r\n0\r\n\r\n",
        "1;x=y z\r\na\r\n0\r\n\r\n",
        "1;x \r\na\r\n0\r\n\r\n",
        "1;x ;y\r\na\r\n0\r\n\r\n",
        "1;x=\"y\"z\r\na\r\n0\r\n\r\n",
        "1;x=y\"z\"\r\na\r\n0\r\n\r\n",
        "1;\"x\"\r\na\r\n0\r\n\r\n",
        "1;x,y\r\na\r\n0\r\n\r\n",
        "1;x=\"\u0001\"\r\na\r\n0\r\n\r\n",
        "1;x=\"\\\u0001\"\r\na\r\n0\r\n\r\n",
        "1;x=\"\\\r\na\r\n0\r\n\r\n",
        "1;x=\"\u00e9\"\r\na\r\n0\r\n\r\n",
        "-0\r\n\r\n",
        "+0\r\n\r\n",
        " 0\r\n\r\n",
        "0 \r\n\r\n",
        "0;\r\n\r\n",
        "1.0\r\na\r\n0\r\n\r\n",
        "1#\r\na\r\n0\r\n\r\n",
        "\u00001\r\na\r\n0\r\n\r\n",
        "\u00ef\u00bc\u0091\r\na\r\n0\r\n\r\n",
        "8000000000000000\r\na\r\n0\r\n\r\n",
        "ffffffffffffffff1\r\na\r\n0\r\n\r\n",
        "1\r\na\n\r0\r\n\r\n",
        "0\r\n\r\r\n",
        "0\r\n: a\r\n\r\n",
        "0\r\nContent.Length: 5\r\n\r\n",
        "0\r\nTransfer!Encoding: chunked\r\n\r\n",
        "0\r\nTE: chunked\r\n\r\n",
        "0\r\nUpgrade: h2c\r\n\r\n",
        "0\r\n\tX: a\r\n\r\n",
        "0\r\nX a\r\n\r\n",
        "0\r\nX: a\rY: b\r\n\r\n",
        "0\r\nConnection: close\r\n\r\n",
        "0\r\nExpect: 100-continue\r\n\r\n",
        "0\r\nX_Forwarded_For: 1.2.3.4\r\n\r\n"
      })
  void aChunkThatIsNoneIsTheLast(String body) throws IOException {
    try (RawPod pod = RawPod.serving(LenientReaderTest::keep);
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send("POST / HTTP/1.1\r\n" + HOST + CHUNKED + "\r\n" + body + INNER);

      assertThat(client.answer().status()).isEqualTo(400);

      assertThat(client.readAll()).isEmpty();
      assertThat(pod.requests()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1;x=\"y;\\\"\\\\\";z\r\na\r\n0;e=\"\"\r\n\r\n",
        "1; x\t=  y;\tz=\"a b\"\r\na\r\n0;last\r\n\r\n"
      })
  void anExtensionThatIsOneIsPassedOn(String body) throws IOException {
    try (RecordingPod pod = new RecordingPod();
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.raw().address());

      client.send("POST / HTTP/1.1\r\n" + HOST + CHUNKED + "\r\n" + body);

      assertThat(client.answer().body()).isEqualTo("pod");
      assertThat(pod.requests().get(0)).endsWith(body);
    }
  }

  private static void keep(RawPod.Connection connection) throws IOException {
    connection.request();
    try {
      assertThat(connection.wire.readAll()).doesNotContain("smuggled");
    } catch (SocketException e) {
      // cut off, as it should be
    }
  }
}
