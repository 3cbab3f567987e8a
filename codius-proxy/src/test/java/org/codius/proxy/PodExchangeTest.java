package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of every framing, through the proxy to a pod and back. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class PodExchangeTest {

  private static final String POST_CHUNKED =
      "POST / HTTP/1.1\r\nHost: " + ONE + "\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** Keeps connections to pods for longer than a busy machine may stand still. */
  private final ProxyUnderTest proxy =
      new ProxyUnderTest(
          ProxyConfig.DEFAULT.withPodTimeouts(PodTimeouts.DEFAULT.withIdle(Duration.ofMinutes(1))));

  @AfterEach
  void stop() {
    proxy.close();
  }

  private RawPod pod(RawPod.Script script) throws IOException {
    RawPod pod = RawPod.serving(script);
    proxy.routes.put(ONE, pod.address());
    return pod;
  }

  private RawPod podAnswering(String answer) throws IOException {
    RawPod pod = RawPod.answering(answer);
    proxy.routes.put(ONE, pod.address());
    return pod;
  }

  @Test
  void relaysChunksAndTrailersBothWays() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  String body = connection.wire.readTo("\r\n\r\n");
                  assertThat(body).isEqualTo("5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
                  connection.send(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 2\r\n\r\n");
                  connection.request();
                });
        Wire client = proxy.client()) {
      client.send(POST_CHUNKED + "5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");

      assertThat(client.answer().body()).isEqualTo("abcdeX-Sum: 2\r\n");
      assertThat(client.send(get("x", "/next")).answer().body()).isEqualTo("api GET /next ");
      assertThat(pod.requests().get(0)).contains("\r\nTransfer-Encoding: chunked\r\n");
    }
  }

  @Test
  void givesAnHttp10ClientTheBodyWithoutChunks() throws IOException {
    try (RawPod pod =
            podAnswering(
                "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\n\r\n");
        Wire client = proxy.client()) {
      client.send("GET / HTTP/1.0\r\nHost: " + ONE + "\r\n\r\n");

      assertThat(client.readAll())
          .isEqualTo(
              "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: close\r\nVia: 1.1 codius\r\n\r\nabc");
      assertThat(pod.requests().get(0)).startsWith("GET / HTTP/1.1\r\n").contains("Via: 1.0 ");
    }
  }

  @Test
  void keepsAnHttp10ConnectionThatAsksForIt() throws IOException {
    String request = "GET / HTTP/1.0\r\nHost: " + ONE + "\r\nConnection: keep-alive\r\n\r\n";
    try (RawPod pod = podAnswering(ok("hi"));
        Wire client = proxy.client()) {
      assertThat(client.send(request).answer().has("Connection: keep-alive")).isTrue();
      assertThat(client.send(request).answer().body()).isEqualTo("hi");
      assertThat(pod.requests()).hasSize(2);
    }
  }

  @Test
  void chunksAnAnswerThatEndsWithThePodsConnection() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.0 200 OK\r\n\r\nuntil ");
                  connection.send("the end");
                });
        Wire client = proxy.client()) {
      Wire.Answer answer = client.send(get(ONE, "/")).answer();

      assertThat(answer.body()).isEqualTo("until the end");
      assertThat(answer.has("Transfer-Encoding: chunked")).isTrue();
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
      assertThat(pod.connections()).isEqualTo(1);
    }
  }

  @Test
  void endsAnswersWithoutBodyAtTheirHead() throws IOException {
    for (String status : List.of("204 No Content", "304 Not Modified")) {
      try (RawPod pod = podAnswering("HTTP/1.1 " + status + "\r\nETag: \"1\"\r\n\r\n");
          Wire client = proxy.client()) {
        assertThat(client.send(get(ONE, "/")).answer().has("ETag: \"1\"")).isTrue();
        assertThat(client.send(get(ONE, "/")).answer().has("ETag: \"1\"")).isTrue();
        assertThat(pod.connections()).isEqualTo(1);
      }
    }
  }

  @Test
  void keepsTheLengthOfAnAnswerToHeadButAwaitsNoBody() throws IOException {
    try (RawPod pod = podAnswering("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n");
        Wire client = proxy.client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: " + ONE + "\r\n\r\n" + get("x", "/next"));

      assertThat(client.readHead()).contains("\r\nContent-Length: 1024\r\n");
      assertThat(client.answer().body()).isEqualTo("api GET /next ");
      assertThat(pod.requests()).hasSize(1);
    }
  }

  @Test
  void passesOn100ContinueBeforeTheClientSendsItsBody() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                  connection.send(ok(connection.wire.read(3)));
                });
        Wire client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: "
              + ONE
              + "\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(100);

      client.send("abc");

      assertThat(client.answer().body()).isEqualTo("abc");
      assertThat(pod.requests().get(0)).contains("\r\nExpect: 100-continue\r\n");
    }
  }

  @Test
  void passesAnAnswerOnThatComesBeforeTheRequestIsComplete() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nstop");
                });
        Wire client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: 1000000\r\n\r\nabc");

      Wire.Answer answer = client.answer();

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).isEqualTo("stop");
      assertThat(answer.has("Connection: close")).isTrue();
      assertThat(client.readAll()).isEmpty();
      assertThat(pod.requests()).hasSize(1);
    }
  }

  /** An answer and a request, each waiting for more of the other. */
  @Test
  void streamsBothWaysAtOnce() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 3; i++) {
                    connection.wire.readTo("\r\n");
                    connection.send("1\r\n" + connection.wire.read(1) + "\r\n");
                    connection.wire.read(2);
                  }
                  connection.wire.readTo("\r\n\r\n");
                  connection.send("0\r\n\r\n");
                });
        Wire client = proxy.client()) {
      client.send(POST_CHUNKED);
      client.readHead();
      for (String letter : List.of("a", "b", "c")) {
        client.send("1\r\n" + letter + "\r\n");
        assertThat(client.readTo("1\r\n" + letter + "\r\n")).isEqualTo("1\r\n" + letter + "\r\n");
      }
      client.send("0\r\n\r\n");

      assertThat(client.readAll()).isEqualTo("0\r\n\r\n");
      assertThat(pod.requests()).hasSize(1);
    }
  }

  @Test
  void cutsTheClientOffWhenThePodBreaksOffItsAnswer() throws IOException {
    CountDownLatch isRead = new CountDownLatch(1);
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                  await(isRead);
                });
        Wire client = proxy.client()) {
      client.send(get(ONE, "/"));
      assertThat(client.readTo("half")).endsWith("half");
      isRead.countDown();

      assertThat(client.readAll()).isEmpty();
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

  @Test
  void answersAClientThatHasClosedItsHalf() throws IOException {
    try (RawPod pod = podAnswering(ok("still here"));
        Wire client = proxy.client()) {
      client.send(get(ONE, "/"));
      client.socket.shutdownOutput();

      assertThat(client.readAll()).endsWith("still here");
      assertThat(pod.requests()).hasSize(1);
    }
  }

  @Test
  void keepsAConnectionToThePodForTheNextRequest() throws IOException {
    try (RawPod pod = podAnswering(ok("hi"))) {
      for (int i = 0; i < 3; i++) {
        try (Wire client = proxy.client()) {
          assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("hi");
          assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("hi");
        }
      }
      assertThat(pod.requests()).hasSize(6);
      assertThat(pod.connections()).isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    }
  }

  /** The pod closes just as the second request comes: nothing was answered, so it is sent again. */
  @Test
  void repeatsARequestThatMetAStaleConnection() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send(ok("once"));
                  connection.request();
                });
        Wire client = proxy.client()) {
      assertThat(client.send(get(ONE, "/1")).answer().body()).isEqualTo("once");
      assertThat(client.send(get(ONE, "/2")).answer().body()).isEqualTo("once");

      assertThat(pod.requests()).hasSize(3);
      assertThat(pod.connections()).isEqualTo(2);
    }
  }

  @Test
  void sendsARequestThatMustNotBeRepeatedOnAFreshConnection() throws IOException {
    try (RawPod pod =
            pod(
                connection -> {
                  connection.request();
                  connection.send(ok("once"));
                  connection.request();
                });
        Wire client = proxy.client()) {
      client.send(get(ONE, "/1")).answer();
      client.send("POST /2 HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: 0\r\n\r\n");

      assertThat(client.answer().body()).isEqualTo("once");
      assertThat(pod.requests()).hasSize(2);
    }
  }

  @Test
  void keepsNoConnectionOnWhichThePodSentTooMuch() throws IOException {
    try (RawPod pod = podAnswering(ok("hi") + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        Wire client = proxy.client()) {
      assertThat(client.send(get(ONE, "/1")).answer().body()).isEqualTo("hi");
      assertThat(client.send(get(ONE, "/2")).answer().body()).isEqualTo("hi");
      assertThat(pod.connections()).isEqualTo(2);
    }
  }

  /** A pod may answer without reading a body, and take it for the beginning of the next request. */
  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "POST"})
  void keepsNoConnectionThatABodyWentTo(String method) throws IOException {
    try (RawPod pod = podAnswering(ok("hi"));
        Wire client = proxy.client()) {
      String body = "GET /smuggled HTTP/1.1\r\nX: ";
      client.send(
          method
              + " / HTTP/1.1\r\nHost: "
              + ONE
              + "\r\nExpect: 100-continue\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      assertThat(client.answer().body()).isEqualTo("hi");

      try (Wire other = proxy.client()) {
        assertThat(other.send(get(ONE, "/2")).answer().body()).isEqualTo("hi");
      }
      assertThat(client.send(get(ONE, "/3")).answer().body()).isEqualTo("hi");
      assertThat(pod.requests()).noneMatch(request -> request.contains("smuggled"));
    }
  }
}
