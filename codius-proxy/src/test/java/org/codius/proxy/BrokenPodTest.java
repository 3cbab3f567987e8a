package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pods that do not keep to HTTP: what could be read in two ways is a 502; what breaks later is cut,
 * never ended as if it were whole; and their connection is not used again.
 */
@ExtendWith(LeakCheck.class)
class BrokenPodTest {

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String LENGTH_2 = "Content-Length: 2\r\n\r\nhi";

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  /**
   * What a pod answers.
   *
   * @param isClosed whether it closes the connection then, instead of waiting
   */
  private record Case(String name, String answer, boolean isClosed) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case open(String name, String answer) {
    return new Case(name, answer, false);
  }

  private static Case closed(String name, String answer) {
    return new Case(name, answer, true);
  }

  static Stream<Case> refused() {
    return Stream.of(
        open("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        open("HTTP/0.9", "<html>hello</html>\r\n\r\n"),
        open("HTTP/2.0", "HTTP/2.0 200 OK\r\n" + LENGTH_2),
        open("HTTP/1.2", "HTTP/1.2 200 OK\r\n" + LENGTH_2),
        open("HTTP/1.10", "HTTP/1.10 200 OK\r\n" + LENGTH_2),
        open("http/1.1", "http/1.1 200 OK\r\n" + LENGTH_2),
        open("ICY", "ICY 200 OK\r\n" + LENGTH_2),
        open("no status", "HTTP/1.1\r\n" + LENGTH_2),
        open("status of two digits", "HTTP/1.1 20 OK\r\n" + LENGTH_2),
        open("status of four digits", "HTTP/1.1 2000 OK\r\n" + LENGTH_2),
        open("status below 100", "HTTP/1.1 099 OK\r\n" + LENGTH_2),
        open("status with a sign", "HTTP/1.1 +20 OK\r\n" + LENGTH_2),
        open("status in letters", "HTTP/1.1 abc OK\r\n" + LENGTH_2),
        open("two spaces before the status", "HTTP/1.1  200 OK\r\n" + LENGTH_2),
        open("tab before the status", "HTTP/1.1\t200 OK\r\n" + LENGTH_2),
        open("white space before the version", " HTTP/1.1 200 OK\r\n" + LENGTH_2),
        open("empty line before it", "\r\n" + OK + LENGTH_2),
        open("control character in the reason", "HTTP/1.1 200 O\u0001K\r\n" + LENGTH_2),
        open("NUL in the reason", "HTTP/1.1 200 O\0K\r\n" + LENGTH_2),
        open("bare CR in the reason", "HTTP/1.1 200 O\rK\r\n" + LENGTH_2),
        open("bare LF after the status line", "HTTP/1.1 200 OK\n" + LENGTH_2),
        open("bare LF everywhere", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"),
        open("bare LF after a field", OK + "A: b\n" + LENGTH_2),
        open("bare CR in a field", OK + "A: b\rc\r\n" + LENGTH_2),
        open("folded field", OK + "A: b\r\n c\r\n" + LENGTH_2),
        open("folded first field", OK + " A: b\r\n" + LENGTH_2),
        open("space before the colon", OK + "A : b\r\n" + LENGTH_2),
        open("no colon", OK + "A b\r\n" + LENGTH_2),
        open("no name", OK + ": b\r\n" + LENGTH_2),
        open("NUL in a name", OK + "A\0: b\r\n" + LENGTH_2),
        open("NUL in a value", OK + "A: b\0c\r\n" + LENGTH_2),
        open("DEL in a value", OK + "A: b\u007fc\r\n" + LENGTH_2),
        open("disguised length", OK + "Content_Length: 9\r\n" + LENGTH_2),
        open("two lengths", OK + "Content-Length: 3\r\n" + LENGTH_2),
        open("the same length twice", OK + "Content-Length: 2\r\n" + LENGTH_2),
        open("lengths in a list", OK + "Content-Length: 2, 2\r\n\r\nhi"),
        open("length with a plus", OK + "Content-Length: +2\r\n\r\nhi"),
        open("length with a minus", OK + "Content-Length: -2\r\n\r\nhi"),
        open("length in hexadecimal", OK + "Content-Length: 0x2\r\n\r\nhi"),
        open("length with a space in it", OK + "Content-Length: 1 2\r\n\r\nhi"),
        open("empty length", OK + "Content-Length:\r\n\r\nhi"),
        open("length beyond a long", OK + "Content-Length: 99999999999999999999\r\n\r\nhi"),
        open("length and chunked", OK + "Transfer-Encoding: chunked\r\n" + LENGTH_2),
        open("chunked and length", OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"),
        open("chunked twice", OK + "Transfer-Encoding: chunked\r\n".repeat(2) + "\r\n"),
        open("chunked, chunked", OK + "Transfer-Encoding: chunked, chunked\r\n\r\n"),
        open("gzip, chunked", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        open("identity", OK + "Transfer-Encoding: identity\r\n" + LENGTH_2),
        open("unknown coding", OK + "Transfer-Encoding: xchunked\r\n\r\n"),
        open("coding with a parameter", OK + "Transfer-Encoding: chunked;a=b\r\n\r\n"),
        open("empty coding", OK + "Transfer-Encoding:\r\n\r\n"),
        open("HTTP/1.0 in chunks", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        open("first chunk without a size", CHUNKED + "zz\r\n\r\n"),
        open("first chunk too large for a long", CHUNKED + "f".repeat(17) + "\r\n"),
        open("first chunk size with a sign", CHUNKED + "-2\r\nhi\r\n"),
        open("first chunk size after a space", CHUNKED + " 2\r\nhi\r\n"),
        open("first chunk size ended by LF", CHUNKED + "2\nhi\r\n"),
        open("unasked 101", "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
        open("101 to nothing", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        open("length named for this hop only", OK + "Connection: content-length\r\n" + LENGTH_2),
        open("too many fields", OK + "A: b\r\n".repeat(101) + LENGTH_2),
        open("a head too long", OK + "A: " + "b".repeat(70_000) + "\r\n" + LENGTH_2),
        open("a head without end", OK + ("A: " + "b".repeat(1000) + "\r\n").repeat(90)),
        open("a status line without end", "HTTP/1.1 200 " + "b".repeat(70_000)),
        open("interim answers without end", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000)),
        open("continue without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)),
        closed("nothing", ""),
        closed("half a status line", "HTTP/1.1 2"),
        closed("half a head", OK + "Content-Le"),
        closed("a head but its last line", OK + "Content-Length: 2\r\n"),
        closed("an interim answer only", "HTTP/1.1 100 Continue\r\n\r\n"),
        closed("half an answer after an interim one", "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200"));
  }

  static Stream<Case> cut() {
    // More than is sent in one piece, so that the answer has begun before it breaks.
    String begun = IntStream.range(0, 20_000).mapToObj(i -> "x").reduce("", String::concat);
    String chunk = CHUNKED + "4e20\r\n" + begun + "\r\n";
    return Stream.of(
        closed("a body shorter than its length", OK + "Content-Length: 30000\r\n\r\n" + begun),
        closed("no last chunk", chunk),
        closed("half a chunk", CHUNKED + "ffff\r\n" + begun),
        closed("half a size", chunk + "1"),
        closed("no end after the last chunk", chunk + "0\r\n"),
        closed("half a trailer", chunk + "0\r\nA: "),
        open("a chunk longer than its size", chunk + "2\r\nhigh\r\n0\r\n\r\n"),
        open("a chunk without CR LF at its end", chunk + "2\r\nhi0\r\n\r\n"),
        open("a size that is none", chunk + "zz\r\n"),
        open("a size of 16 digits", chunk + "0".repeat(15) + "2\r\nhi\r\n"),
        open("a size in front of a space", chunk + "2 \r\nhi\r\n0\r\n\r\n"),
        open("a size ended by LF", chunk + "2\nhi\r\n0\r\n\r\n"),
        open("NUL in an extension", chunk + "2;a=\0\r\nhi\r\n0\r\n\r\n"),
        open("an extension without end", chunk + "2;" + "a".repeat(2000)),
        open("a trailer that is no field", chunk + "0\r\nA b\r\n\r\n"),
        open("a length among the trailers", chunk + "0\r\nContent-Length: 2\r\n\r\n"),
        open("a coding among the trailers", chunk + "0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        open("a cookie among the trailers", chunk + "0\r\nSet-Cookie: a=b\r\n\r\n"),
        open("too many trailers", chunk + "0\r\n" + "A: b\r\n".repeat(101) + "\r\n"),
        open("trailers too long", chunk + "0\r\nA: " + "b".repeat(20_000) + "\r\n\r\n"),
        open("a trailer folded", chunk + "0\r\nA: b\r\n c\r\n\r\n"),
        open("the end of trailers by LF", chunk + "0\r\n\n"));
  }

  static Stream<Case> passed() {
    return Stream.of(
        open("204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil"),
        open("204 in chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"),
        open("304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil"),
        open("another answer behind", OK + LENGTH_2 + OK + "Content-Length: 4\r\n\r\nevil"),
        open("an answer behind the last chunk", CHUNKED + "0\r\n\r\n" + OK + "\r\nevil"),
        closed("no length at all", OK + "\r\nhi"));
  }

  private RawPod pod(Case answer) throws IOException {
    RawPod pod =
        RawPod.serving(
            connection -> {
              if (!connection.request().isEmpty()) {
                connection.send(answer.answer());
                if (!answer.isClosed()) {
                  connection.wire.readAll();
                }
              }
            });
    proxy.routes.put(ONE, pod.address());
    return pod;
  }

  @ParameterizedTest
  @MethodSource("refused")
  void anAnswerThatIsNoneIsA502(Case answer) throws IOException {
    try (RawPod pod = pod(answer);
        Wire one = proxy.client();
        StreamWire two = StreamWire.to(proxy.proxy.localAddress())) {

      Wire.Answer first = last(one.send(get(ONE, "/")));
      StreamWire.Answer second = two.get(1, ONE, "/").answer(1);

      assertThat(first.status()).isEqualTo(502);
      assertThat(first.body()).contains("POD_BROKEN");
      assertThat(statusOf(second)).isEqualTo("502");
      assertThat(second.body()).contains("POD_BROKEN");
      assertThat(one.send(get("x", "/")).answer().status()).isEqualTo(200);
      assertThat(two.get(3, "x", "/").answer(3).status()).isEqualTo(200);
      assertThat(pod.requests()).hasSize(2);
    }
  }

  /** Returns the answer after the interim ones. */
  private static Wire.Answer last(Wire client) throws IOException {
    Wire.Answer answer = client.answer();
    while (answer.status() > 0 && answer.status() < 200) {
      answer = client.answer();
    }
    return answer;
  }

  private static String statusOf(StreamWire.Answer answer) {
    List<?> heads = answer.headers();
    return heads.isEmpty() ? "none" : answer.headers().get(heads.size() - 1).status().toString();
  }

  @ParameterizedTest
  @MethodSource("cut")
  void anAnswerThatBreaksOffIsCut(Case answer) throws IOException {
    try (RawPod pod = pod(answer);
        Wire one = proxy.client();
        StreamWire two = StreamWire.to(proxy.proxy.localAddress())) {

      String first = one.send(get(ONE, "/")).readAll();
      StreamWire.Answer second = two.get(1, ONE, "/").answer(1);

      // either nothing of it has been sent yet, or it ends in the middle
      assertThat(first).doesNotEndWith("0\r\n\r\n");
      assertThat(first).containsAnyOf("HTTP/1.1 200 OK\r\n", "HTTP/1.1 502 Bad Gateway\r\n");
      assertThat(second.reset() > 0 || statusOf(second).equals("502")).isTrue();
      assertThat(two.get(3, "x", "/").answer(3).status()).isEqualTo(200);
      assertThat(pod.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("passed")
  void whatIsTooMuchGoesToNobody(Case answer) throws IOException {
    try (RawPod pod = pod(answer);
        Wire one = proxy.client();
        StreamWire two = StreamWire.to(proxy.proxy.localAddress())) {

      Wire.Answer first = one.send(get(ONE, "/")).answer();
      StreamWire.Answer second = two.get(1, ONE, "/").answer(1);

      assertThat(first.head() + first.body()).doesNotContain("evil");
      assertThat(second.body()).isEqualTo(first.body()).isIn("", "hi");
      assertThat(String.valueOf(first.status())).isEqualTo(statusOf(second));
      assertThat(second.reset()).isEqualTo(-1);
      assertThat(one.send(get("x", "/")).answer().status()).isEqualTo(200);
      assertThat(pod.connections()).isEqualTo(2);
    }
  }
}
