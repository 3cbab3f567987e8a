package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two readers could take for different ones (RFC 9110, RFC 9112 and the published
 * attacks on them), sent raw. The pod answers whatever it gets; it must get nothing of them.
 */
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class SmugglingTest {

  private static final String HOST = "Host: " + ONE + ".codius.example\r\n";
  private static final String LINE = "POST / HTTP/1.1\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** What an attacker would have the pod take for a request of somebody else's. */
  private static final String INNER = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n";

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

  /** A request that must not get through. */
  private record Case(String name, int status, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case bad(String name, String bytes) {
    return new Case(name, 400, bytes);
  }

  /** A POST with these header lines before the empty line, and this body. */
  private static Case field(String name, String lines, String body) {
    return bad(name, LINE + HOST + lines + "\r\n" + body);
  }

  private static Case line(String name, int status, String line) {
    return new Case(name, status, line + "\r\n" + HOST + "\r\n");
  }

  static Stream<Case> lengths() {
    return Stream.of(
        field("CL.TE", "Content-Length: 4\r\n" + CHUNKED, "0\r\n\r\n" + INNER),
        field("TE.CL", CHUNKED + "Content-Length: 4\r\n", "5c\r\n" + INNER + "\r\n0\r\n\r\n"),
        field("CL.TE, TE not chunked", "Content-Length: 3\r\nTransfer-Encoding: x\r\n", "abc"),
        field("two lengths", "Content-Length: 0\r\nContent-Length: 44\r\n", INNER),
        field("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        field("list of lengths", "Content-Length: 3, 3\r\n", "abc"),
        field("list of different lengths", "Content-Length: 0, 44\r\n", INNER),
        field("length with plus", "Content-Length: +3\r\n", "abc"),
        field("length with minus", "Content-Length: -1\r\n", "abc"),
        field("hexadecimal length", "Content-Length: 0x3\r\n", "abc"),
        field("length with fraction", "Content-Length: 3.0\r\n", "abc"),
        field("length with exponent", "Content-Length: 1e1\r\n", "abcabcabca"),
        field("length with underscore", "Content-Length: 1_0\r\n", "abcabcabca"),
        field("length with inner space", "Content-Length: 1 0\r\n", "abcabcabca"),
        field("empty length", "Content-Length:\r\n", "abc"),
        field("blank length", "Content-Length: \t \r\n", "abc"),
        field("length beyond 64 bits", "Content-Length: 18446744073709551619\r\n", "abc"),
        field("length beyond 63 bits", "Content-Length: 9223372036854775808\r\n", "abc"),
        field("quoted length", "Content-Length: \"3\"\r\n", "abc"),
        field("length in other digits", "Content-Length: \u00b3\r\n", "abc"),
        field("length with vertical tab", "Content-Length: \u000b3\r\n", "abc"),
        field("length with form feed", "Content-Length: 3\f\r\n", "abc"),
        field("length with NUL", "Content-Length: 3\0\r\n", "abc"),
        field("length spelled with underscore", "Content_Length: 44\r\n", INNER),
        field(
            "Connection names the length",
            "Connection: Content-Length\r\nContent-Length: 44\r\n",
            INNER));
  }

  static Stream<Case> codings() {
    return Stream.of(
        field("TE twice", CHUNKED + CHUNKED, "0\r\n\r\n"),
        field("TE chunked then identity", CHUNKED + "Transfer-Encoding: identity\r\n", "0\r\n\r\n"),
        field("TE list", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        field("TE chunked twice in a list", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
        field("TE with empty element", "Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"),
        field("TE with comma after", "Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"),
        field("TE identity", "Transfer-Encoding: identity\r\n", ""),
        field("TE empty", "Transfer-Encoding:\r\n", ""),
        field("TE xchunked", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        field("TE chunkedx", "Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n"),
        field("TE quoted", "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        field("TE with parameter", "Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
        field("TE with vertical tab", "Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n"),
        field("TE with NUL", "Transfer-Encoding: chunked\0\r\n", "0\r\n\r\n"),
        field("TE with bare CR", "Transfer-Encoding: chunked\r \r\n", "0\r\n\r\n"),
        field(
            "TE in Kelvin letters", "Transfer-Encoding: chun\u00e2\u0084\u00aaed\r\n", "0\r\n\r\n"),
        field("TE on a folded line", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        field("TE with space before colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        field("TE with tab before colon", "Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"),
        field("TE with space before name", " Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        field("TE behind a bare LF", "X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        field("TE behind a bare CR", "X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        field("TE spelled with underscore", "Transfer_Encoding: chunked\r\n", "0\r\n\r\n"),
        field("Connection names TE", "Connection: Transfer-Encoding\r\n" + CHUNKED, "0\r\n\r\n"),
        bad("TE on HTTP/1.0", "POST / HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n0\r\n\r\n"));
  }

  static Stream<Case> hosts() {
    String lineEnd = " HTTP/1.1\r\n";
    return Stream.of(
        bad("no Host", "GET / HTTP/1.1\r\n\r\n"),
        bad("two Hosts", "GET / HTTP/1.1\r\n" + HOST + "Host: other.example\r\n\r\n"),
        bad("two equal Hosts", "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n"),
        bad("two Hosts on HTTP/1.0", "GET / HTTP/1.0\r\n" + HOST + HOST + "\r\n"),
        bad("list of Hosts", "GET / HTTP/1.1\r\nHost: " + ONE + ",x\r\n\r\n"),
        bad("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        bad("Host with path", "GET / HTTP/1.1\r\nHost: " + ONE + "/x\r\n\r\n"),
        bad("Host with user", "GET / HTTP/1.1\r\nHost: " + ONE + "@x\r\n\r\n"),
        bad("Host with space", "GET / HTTP/1.1\r\nHost: " + ONE + " x\r\n\r\n"),
        bad("Host with wordy port", "GET / HTTP/1.1\r\nHost: " + ONE + ":http\r\n\r\n"),
        bad("Host with NUL", "GET / HTTP/1.1\r\nHost: " + ONE + "\0\r\n\r\n"),
        bad("Host with space before colon", "GET / HTTP/1.1\r\nHost : " + ONE + "\r\n\r\n"),
        bad("Host as first folded line", "GET / HTTP/1.1\r\n Host: " + ONE + "\r\n\r\n"),
        bad("Connection names Host", "GET / HTTP/1.1\r\n" + HOST + "Connection: Host\r\n\r\n"),
        bad("URL of another host", "GET http://other.example/" + lineEnd + HOST + "\r\n"),
        bad(
            "URL of another port",
            "GET http://" + ONE + ".codius.example:81/" + lineEnd + HOST + "\r\n"),
        bad("URL with user", "GET http://a@" + ONE + ".codius.example/" + lineEnd + HOST + "\r\n"),
        bad("URL without host", "GET http:///" + lineEnd + HOST + "\r\n"),
        bad(
            "URL of another scheme",
            "GET ftp://" + ONE + ".codius.example/" + lineEnd + HOST + "\r\n"));
  }

  static Stream<Case> lines() {
    return Stream.of(
        line("CONNECT", 405, "CONNECT " + ONE + ":80 HTTP/1.1"),
        line("TRACE", 405, "TRACE / HTTP/1.1"),
        line("trace", 405, "trace / HTTP/1.1"),
        line("HTTP/2 preface", 505, "PRI * HTTP/2.0"),
        line("HTTP/1.2", 505, "GET / HTTP/1.2"),
        line("HTTP/0.9 spelled out", 505, "GET / HTTP/0.9"),
        line("HTTP/0.9", 400, "GET /"),
        line("lowercase version", 400, "GET / http/1.1"),
        line("version with zero before", 400, "GET / HTTP/01.1"),
        line("version with zero after", 400, "GET / HTTP/1.10"),
        line("version with space after", 400, "GET / HTTP/1.1 "),
        line("two spaces before target", 400, "GET  / HTTP/1.1"),
        line("two spaces after target", 400, "GET /  HTTP/1.1"),
        line("tab for space", 400, "GET\t/ HTTP/1.1"),
        line("space before method", 400, " GET / HTTP/1.1"),
        line("method with colon", 400, "GET: / HTTP/1.1"),
        line("no target", 400, "GET HTTP/1.1"),
        line("target with space", 400, "GET /a b HTTP/1.1"),
        line("target without slash", 400, "GET a HTTP/1.1"),
        line("target with fragment", 400, "GET /#a HTTP/1.1"),
        line("target with NUL", 400, "GET /\0 HTTP/1.1"),
        line("target with DEL", 400, "GET /\u007f HTTP/1.1"),
        line("target with raw UTF-8", 400, "GET /\u00c3\u00a4 HTTP/1.1"),
        line("target * for GET", 400, "GET * HTTP/1.1"),
        line("request line ends in bare CR", 400, "GET / HTTP/1.1\rX"),
        line("two empty lines before", 400, "\r\n\r\nGET / HTTP/1.1"),
        line("target too long", 414, "GET /" + "a".repeat(9000) + " HTTP/1.1"),
        bad("lines end in bare LF", "GET / HTTP/1.1\nHost: " + ONE + "\n\n"),
        bad("head ends in bare LF", "GET / HTTP/1.1\r\n" + HOST + "\n"),
        bad("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"));
  }

  static Stream<Case> fields() {
    return Stream.of(
        field("folded line", "X: a\r\n b\r\n", ""),
        field("field without colon", "Nonsense\r\n", ""),
        field("field without name", ": x\r\n", ""),
        field("name with space", "X Y: z\r\n", ""),
        field("name with NUL", "X\0: z\r\n", ""),
        field("name with high byte", "X\u00e4: z\r\n", ""),
        field("name with parenthesis", "X(: z\r\n", ""),
        field("value with NUL", "X: a\0b\r\n", ""),
        field("value with escape", "X: a\u001bb\r\n", ""),
        field("value with DEL", "X: a\u007fb\r\n", ""),
        field("forged forwarder with underscore", "X_Forwarded_For: 1.2.3.4\r\n", ""),
        new Case(
            "unknown expectation",
            417,
            LINE + HOST + "Expect: 200-ok\r\nContent-Length: 0\r\n\r\n"),
        field("two expectations", "Expect: 100-continue\r\nExpect: 100-continue\r\n", ""),
        new Case("head too large", 431, LINE + HOST + "X: " + "a".repeat(17_000) + "\r\n\r\n"),
        new Case("too many fields", 431, LINE + HOST + "X: a\r\n".repeat(100) + "\r\n"));
  }

  /**
   * Ways in which attackers have hidden a length, a coding or a request from one of two readers.
   */
  static Stream<Case> disguises() {
    String end = "0\r\n\r\n";
    return Stream.of(
        field("TE of a cow", "Transfer-Encoding: cow\r\n", end),
        field("TE twice, cow after", CHUNKED + "Transfer-encoding: cow\r\n", end),
        field("TE twice, cow before", "Transfer-Encoding: cow\r\n" + CHUNKED, end),
        field("TE then empty TE", CHUNKED + "Transfer-Encoding:\r\n", end),
        field("TE with single quotes", "Transfer-Encoding: 'chunked'\r\n", end),
        field("TE with form feed", "Transfer-Encoding: chunked\f\r\n", end),
        field("TE with next line sign", "Transfer-Encoding: \u0085chunked\r\n", end),
        field("TE with hard space", "Transfer-Encoding: \u00a0chunked\r\n", end),
        field("TE with backspace", "Transfer-Encoding: chunked\b\r\n", end),
        field("TE with DEL", "Transfer-Encoding: chunked\u007f\r\n", end),
        field("TE with identity after", "Transfer-Encoding: chunked, identity\r\n", end),
        field("TE with identity before", "Transfer-Encoding: identity, chunked\r\n", end),
        field("TE with semicolon", "Transfer-Encoding: chunked;\r\n", end),
        field("TE with equals sign", "Transfer-Encoding=chunked\r\n", end),
        field("TE with NUL in the name", "Transfer-Encoding\0: chunked\r\n", end),
        field("TE with NUL before", "\0Transfer-Encoding: chunked\r\n", end),
        field("TE with two colons before", ":Transfer-Encoding: chunked\r\n", end),
        field("TE folded with a tab", "Transfer-Encoding:\r\n\tchunked\r\n", end),
        field("TE folded at its end", "Transfer-Encoding: chunked\r\n \r\n", end),
        field("TE behind LF CR", "X: y\n\rTransfer-Encoding: chunked\r\n", end),
        field("TE behind CR CR LF", "X: y\r\r\nTransfer-Encoding: chunked\r\n", end),
        field("TE beside a disguised TE", CHUNKED + "Transfer_Encoding: chunked\r\n", end),
        field("TE beside a disguised CL", CHUNKED + "Content_Length: 0\r\n", end),
        field("CL in two spellings", "Content-Length: 3\r\ncontent-length: 4\r\n", "abcd"),
        field("CL with comma after", "Content-Length: 3,\r\n", "abc"),
        field("CL with comma before", "Content-Length: ,3\r\n", "abc"),
        field("CL with two numbers", "Content-Length: 3 3\r\n", "abc"),
        field("CL with semicolon", "Content-Length: 3;x\r\n", "abc"),
        field("CL with hard space", "Content-Length: \u00a03\r\n", "abc"),
        field("CL with space before colon", "Content-Length : 3\r\n", "abc"),
        field("CL on a folded line", "Content-Length:\r\n 3\r\n", "abc"),
        field("CL in octal", "Content-Length: 0o3\r\n", "abc"),
        field("CL with thousands", "Content-Length: 1'000\r\n", "abc"),
        field("CL of many zeros", "Content-Length: " + "0".repeat(30) + "3\r\n", "abc"),
        field("CL behind a bare CR", "X: y\rContent-Length: 3\r\n", "abc"),
        field("CL behind a bare LF", "X: y\nContent-Length: 3\r\n", "abc"),
        field("CL and TE list", "Content-Length: 3\r\nTransfer-Encoding: x, chunked\r\n", end),
        new Case(
            "0.CL by an obfuscated Expect",
            417,
            LINE + HOST + "Expect: y 100-continue\r\nContent-Length: 3\r\n\r\n" + INNER),
        new Case(
            "Expect twice in a list",
            417,
            LINE + HOST + "Expect: 100-continue, 100-continue\r\n\r\n" + INNER),
        bad(
            "CL.TE on GET",
            "GET / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n" + CHUNKED + "\r\n"),
        bad("TE on GET of HTTP/1.0", "GET / HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n" + end),
        bad("head ends in CR CR LF", LINE + HOST + "\r\r\n\r\n"),
        bad("head ends in LF LF", LINE + HOST + "X: y\n\n" + INNER),
        bad("head ends in LF CR LF", LINE + HOST + "X: y\n\r\n" + INNER),
        bad("Host behind CR", "GET / HTTP/1.1\rHost: x\r\n" + HOST + "\r\n"),
        bad("Host behind request line's LF", "GET / HTTP/1.1\nHost: x\r\n" + HOST + "\r\n"),
        bad("Host split by CR", "GET / HTTP/1.1\r\nHost: " + ONE + "\rx\r\n\r\n"),
        bad("Host with a comment", "GET / HTTP/1.1\r\nHost: " + ONE + "#x\r\n\r\n"),
        bad("Host with a query", "GET / HTTP/1.1\r\nHost: " + ONE + "?x\r\n\r\n"),
        bad("Host with a backslash", "GET / HTTP/1.1\r\nHost: " + ONE + "\\x\r\n\r\n"),
        bad("Host percent-encoded", "GET / HTTP/1.1\r\nHost: %61" + ONE.substring(1) + "\r\n\r\n"),
        bad("Host with two ports", "GET / HTTP/1.1\r\nHost: " + ONE + ":80:81\r\n\r\n"),
        bad("Host with an empty port", "GET / HTTP/1.1\r\nHost: " + ONE + ":\r\n\r\n"),
        bad("Host beside a disguise", "GET / HTTP/1.1\r\n" + HOST + "Host\0: x\r\n\r\n"),
        bad(
            "URL of the pod, Host of another",
            "GET http://" + ONE + "/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        bad("URL with backslash", "GET http:\\\\" + ONE + "/ HTTP/1.1\r\n" + HOST + "\r\n"),
        line("target with CR", 400, "GET /\rX: y HTTP/1.1"),
        line("target with backspace", 400, "GET /\b HTTP/1.1"),
        line("target with vertical tab", 400, "GET /\u000b HTTP/1.1"),
        line("method with NUL", 400, "G\0ET / HTTP/1.1"),
        line("method in brackets", 400, "[GET] / HTTP/1.1"),
        line("version of one digit", 400, "GET / HTTP/1"),
        line("version with comma", 400, "GET / HTTP/1,1"),
        line("version in other letters", 400, "GET / HTTPS/1.1"),
        line("version behind a tab", 400, "GET /\tHTTP/1.1"),
        line("a request line within", 400, "GET / HTTP/1.1 GET /x HTTP/1.1"),
        line("bare LF before", 400, "\nGET / HTTP/1.1"),
        line("bare CR before", 400, "\rGET / HTTP/1.1"),
        line("byte order mark before", 400, "\u00ef\u00bb\u00bfGET / HTTP/1.1"),
        line("HTTP/3", 505, "GET / HTTP/3.0"),
        line("answer for a request", 400, "HTTP/1.1 200 OK"));
  }

  static Stream<Case> nothingGetsThrough() {
    return Stream.of(lengths(), codings(), hosts(), lines(), fields(), disguises())
        .flatMap(cases -> cases);
  }

  @ParameterizedTest
  @MethodSource
  void nothingGetsThrough(Case request) throws IOException {
    int before = pod.requests().size();
    try (Wire client = proxy.client()) {
      client.send(request.bytes());

      Wire.Answer answer = client.answer();

      assertThat(answer.status()).isEqualTo(request.status());
      assertThat(answer.has("Connection: close")).isTrue();
      assertThat(client.readAll()).isEmpty();
    }
    sendMarker();
    assertThat(pod.requests()).hasSize(before + 1);
    assertThat(pod.requests().get(before)).startsWith("GET /marker ");
  }

  private void sendMarker() throws IOException {
    try (Wire client = proxy.client()) {
      assertThat(client.send("GET /marker HTTP/1.1\r\n" + HOST + "\r\n").answer().body())
          .isEqualTo("pod");
    }
  }

  /** Bodies that go wrong after their head has left for the pod. */
  static Stream<String> aBadChunkEndsBothConnections() {
    List<String> bodies = new ArrayList<>();
    for (String size :
        List.of("g", "-1", "+1", "0x1", " 1", "1 ", "", "\u00b2", "1\t", "1;a\u0001")) {
      bodies.add(size + "\r\na\r\n0\r\n\r\n" + INNER);
    }
    bodies.add("10000000000000000\r\na\r\n0\r\n\r\n"); // 2^64, which a careless reader takes for 0
    bodies.add("00000000000000001\r\na\r\n0\r\n\r\n");
    bodies.add("1\na\r\n0\r\n\r\n" + INNER);
    bodies.add("1;x\na\r\n0\r\n\r\n" + INNER); // TERM.EXT
    bodies.add("1;x\ra\r\n0\r\n\r\n" + INNER);
    bodies.add("1\r\nab\r\n0\r\n\r\n");
    bodies.add("1\r\na\n0\r\n\r\n");
    bodies.add("1\r\naXX0\r\n\r\n");
    bodies.add("1;" + "x".repeat(2000) + "\r\na\r\n0\r\n\r\n");
    bodies.add("0\r\n X: folded\r\n\r\n");
    bodies.add("0\r\nX : a\r\n\r\n");
    bodies.add("0\r\nX: a\n\r\n");
    bodies.add("0\r\nContent-Length: 44\r\n\r\n" + INNER);
    bodies.add("0\r\nTransfer-Encoding: chunked\r\n\r\n");
    bodies.add("0\r\nHost: other.example\r\n\r\n");
    bodies.add("0\r\nX: " + "a".repeat(17_000) + "\r\n\r\n");
    bodies.add("0\r\n" + "X: a\r\n".repeat(101) + "\r\n");
    return bodies.stream();
  }

  @ParameterizedTest
  @MethodSource
  void aBadChunkEndsBothConnections(String body) throws IOException {
    int connections;
    try (RawPod slow = RawPod.serving(connection -> readOn(connection));
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, slow.address());
      client.send(LINE + HOST + CHUNKED + "\r\n" + body);

      Wire.Answer answer = client.answer();

      assertThat(answer.status()).isIn(400, 431);
      assertThat(client.readAll()).isEmpty();
      assertThat(slow.requests()).hasSizeLessThanOrEqualTo(1);
      connections = slow.connections();
    } finally {
      proxy.routes.put(ONE, pod.raw().address());
    }
    assertThat(connections).isLessThanOrEqualTo(1);
  }

  /** Reads a request and then all that comes, without an answer. */
  private static void readOn(RawPod.Connection connection) throws IOException {
    connection.request();
    try {
      assertThat(connection.wire.readAll()).doesNotContain("smuggled");
    } catch (SocketException e) {
      // cut off, as it should be
    }
  }
}
