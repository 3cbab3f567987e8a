package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests over HTTP/2, without TLS, answered by pods that speak HTTP/1.1. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class StreamsTest {

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private StreamWire client() throws IOException {
    return StreamWire.to(proxy.proxy.localAddress());
  }

  @Test
  void eachStreamReachesItsOwnPod() throws IOException {
    try (RawPod one = RawPod.answering(ok("one"));
        RawPod two = RawPod.answering(ok("two"));
        StreamWire client = client()) {
      proxy.routes.put(ONE, one.address());
      proxy.routes.put(TWO, two.address());

      client.get(1, ONE + ".codius.example", "/a").get(3, TWO + ".codius.example", "/b");
      client.get(5, ONE + ".codius.example", "/c").get(7, "codius.example", "/info");
      client.get(9, NOBODY + ".codius.example", "/");

      assertThat(client.answer(1).body()).isEqualTo("one");
      assertThat(client.answer(3).body()).isEqualTo("two");
      assertThat(client.answer(5).body()).isEqualTo("one");
      assertThat(client.answer(7).body()).isEqualTo("api GET /info ");
      assertThat(client.answer(9).status()).isEqualTo(404);
      assertThat(one.requests())
          .hasSize(2)
          .anyMatch(head -> head.startsWith("GET /a HTTP/1.1\r\n"));
      assertThat(two.requests()).singleElement().asString().startsWith("GET /b HTTP/1.1\r\n");
    }
  }

  @Test
  void writesTheRequestAsHttp11() throws IOException {
    try (RawPod pod = RawPod.answering(ok(""));
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          "http",
          ":authority",
          ONE + ".codius.example:3000",
          ":path",
          "/p?q",
          "cookie",
          "a=1",
          "accept",
          "*/*",
          "te",
          "trailers",
          "cookie",
          "b=2");

      assertThat(client.answer(1).status()).isEqualTo(200);
      assertThat(pod.requests())
          .containsExactly(
              "GET /p?q HTTP/1.1\r\n"
                  + "host: "
                  + ONE
                  + ".codius.example:3000\r\n"
                  + "accept: */*\r\n"
                  + "cookie: a=1; b=2\r\n"
                  + "X-Forwarded-For: 127.0.0.1\r\n"
                  + "X-Forwarded-Proto: http\r\n"
                  + "X-Forwarded-Host: "
                  + ONE
                  + ".codius.example:3000\r\n"
                  + "Via: 2.0 codius\r\n\r\n");
    }
  }

  @Test
  void writesTheAnswerAsFrames() throws IOException {
    String answer =
        "HTTP/1.1 203 Fine\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
            + "X-Kept: Ä\r\nContent-Length: 2\r\n\r\nab";
    try (RawPod pod = RawPod.answering(answer);
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      StreamWire.Answer got = client.get(1, ONE, "/").answer(1);

      assertThat(got.headers()).hasSize(1);
      assertThat(got.headers().get(0).names())
          .extracting(CharSequence::toString)
          .containsExactlyInAnyOrder(":status", "x-kept", "content-length", "date", "via");
      assertThat(got.status()).isEqualTo(203);
      assertThat(got.field("x-kept")).isEqualTo("Ä");
      assertThat(got.body()).isEqualTo("ab");
    }
  }

  @Test
  void aBodyOfUnknownLengthGoesOnInChunksWithItsTrailers() throws IOException {
    StringBuilder body = new StringBuilder();
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  body.append(connection.wire.readTo("\r\n0\r\n"));
                  body.append(connection.wire.readHead());
                  connection.send(ok("done"));
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      client.post(1, ONE).data(1, false, "hello").data(1, false, "").data(1, false, "world!");
      client.headers(1, true, "x-sum", "42");

      assertThat(client.answer(1).body()).isEqualTo("done");
      assertThat(pod.requests().get(0)).contains("\r\nTransfer-Encoding: chunked\r\n");
      assertThat(body).hasToString("5\r\nhello\r\n6\r\nworld!\r\n0\r\nx-sum: 42\r\n\r\n");
    }
  }

  @Test
  void aBodyOfKnownLengthGoesOnAsItIs() throws IOException {
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send(ok(connection.wire.read(5)));
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      client.post(1, ONE, "content-length", "5").data(1, false, "he").data(1, true, "llo");

      assertThat(client.answer(1).body()).isEqualTo("hello");
      assertThat(pod.requests().get(0)).doesNotContain("chunked");
    }
  }

  @Test
  void theApiReadsABodyToo() throws IOException {
    try (StreamWire client = client()) {
      client.post(1, "codius.example").data(1, false, "a").data(1, true, "b");
      client.post(3, "codius.example", "content-length", "0").data(3, true, "");

      assertThat(client.answer(1).body()).isEqualTo("api POST / ab");
      assertThat(client.answer(3).body()).isEqualTo("api POST / ");
    }
  }

  @Test
  void theApiStreamsAnAnswer() throws IOException {
    try (StreamWire client = client()) {
      StreamWire.Answer answer = client.get(1, "codius.example", "/streamed").answer(1);

      assertThat(answer.body()).isEqualTo("api GET /streamed ");
      assertThat(answer.headers().get(0).contains("connection")).isFalse();
      assertThat(answer.headers().get(0).contains("transfer-encoding")).isFalse();
    }
  }

  @Test
  void chunksAndTrailersOfAPodComeAsDataAndTrailers() throws IOException {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 42\r\n\r\n";
    try (RawPod pod = RawPod.answering(answer);
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      StreamWire.Answer got = client.get(1, ONE, "/").answer(1);

      assertThat(got.body()).isEqualTo("hello world");
      assertThat(got.headers()).hasSize(2);
      assertThat(got.headers().get(1).get("x-sum")).hasToString("42");
      assertThat(got.reset()).isNegative();
    }
  }

  @Test
  void interimAnswersAndHeadAndNoContentHaveNoBody() throws IOException {
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
                  connection.request();
                  connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      client.headers(
          1, true, ":method", "HEAD", ":scheme", "http", ":authority", ONE, ":path", "/");
      StreamWire.Answer head = client.answer(1);
      StreamWire.Answer none = client.get(3, ONE, "/").answer(3);

      assertThat(head.headers()).hasSize(2);
      assertThat(head.status()).isEqualTo(103);
      assertThat(head.headers().get(1).get("content-length")).hasToString("7");
      assertThat(head.body()).isEmpty();
      assertThat(none.status()).isEqualTo(204);
    }
  }

  @Test
  void anAnswerCutShortIsReset() throws IOException {
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      StreamWire.Answer cut = client.get(1, ONE, "/").answer(1);

      assertThat(cut.status()).isIn(0, 200);
      assertThat(cut.reset()).isPositive();
      assertThat(client.get(3, "codius.example", "/").answer(3).status()).isEqualTo(200);
    }
  }

  @Test
  void anEarlyAnswerEndsTheRequest() throws IOException {
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send(ok("enough"));
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());

      StreamWire.Answer answer = client.post(1, ONE).data(1, false, "more to come").answer(1);

      assertThat(answer.body()).isEqualTo("enough");
      assertThat(client.readTo(StreamWire.RST_STREAM).number(0)).isZero();
      assertThat(client.get(3, "codius.example", "/").answer(3).status()).isEqualTo(200);
    }
  }

  @Test
  void aCancelledRequestIsTakenFromThePod() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isCutOff = new CountDownLatch(1);
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  connection.wire.readAll();
                  isCutOff.countDown();
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());
      client.get(1, ONE, "/");
      isAsked.await();

      client.frame(StreamWire.RST_STREAM, 0, 1, StreamWire.number(8));

      isCutOff.await();
    }
  }

  @Test
  void aPodTakenAwayEndsItsStreamsOnly() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  connection.wire.readAll();
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());
      client.get(1, ONE, "/");
      isAsked.await();

      proxy.routes.remove(ONE);
      proxy.proxy.disconnect(ONE);

      assertThat(client.answer(1).status()).isEqualTo(404);
      assertThat(client.get(3, "codius.example", "/").answer(3).status()).isEqualTo(200);
    }
  }

  @Test
  void drainingLetsStreamsEndAndTakesNoMore() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isDraining = new CountDownLatch(1);
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  await(isDraining);
                  connection.send(ok("late, but whole"));
                });
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());
      client.get(1, ONE, "/");
      isAsked.await();

      Thread closing = new Thread(proxy::close, "closing");
      closing.start();
      StreamWire.Frame goAway = client.readTo(StreamWire.GOAWAY);
      client.get(3, ONE, "/");
      isDraining.countDown();

      assertThat(goAway.number(0)).isEqualTo(1);
      assertThat(goAway.number(4)).isZero();
      assertThat(client.answer(1).body()).isEqualTo("late, but whole");
      closing.join();
      assertThat(client.readTo(-1).isEnd()).isTrue();
      assertThat(pod.requests()).hasSize(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
