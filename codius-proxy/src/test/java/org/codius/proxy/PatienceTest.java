package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the proxy waits for, and what it does when it has waited long enough. */
@ExtendWith(LeakCheck.class)
class PatienceTest {

  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Timeouts PATIENT =
      Timeouts.DEFAULT.withHead(LONG).withBody(LONG).withLinger(SHORT);
  private static final PodTimeouts PATIENT_WITH_PODS =
      PodTimeouts.DEFAULT.withConnect(LONG).withIdle(LONG);

  /** All patience long but that for an answer, for more of it, and for a slow reader. */
  private static ProxyConfig impatient(Duration answer, Duration answerBody, Duration write) {
    return ProxyConfig.DEFAULT
        .withTimeouts(PATIENT.withWrite(write))
        .withPodTimeouts(PATIENT_WITH_PODS.withAnswer(answer).withAnswerBody(answerBody));
  }

  @Test
  void answers504WhenThePodDoesNotTakeTheConnection() throws IOException {
    ProxyConfig config = ProxyConfig.DEFAULT.withPodTimeouts(PATIENT_WITH_PODS.withConnect(SHORT));
    try (ProxyUnderTest proxy = new ProxyUnderTest(config);
        ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
        Socket second = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
        Wire client = proxy.client()) {
      assertThat(first.isConnected() && second.isConnected()).isTrue(); // its queue is full
      proxy.routes.put(ONE, (InetSocketAddress) deaf.getLocalSocketAddress());

      Wire.Answer answer = client.send(get(ONE, "/")).answer();

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("POD_TIMEOUT");
    }
  }

  @Test
  void answers504WhenThePodSaysNothing() throws IOException {
    try (ProxyUnderTest proxy = new ProxyUnderTest(impatient(SHORT, LONG, LONG));
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.request();
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      Wire.Answer answer = client.send(get(ONE, "/")).answer();

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("POD_TIMEOUT");
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void cutsAnAnswerOffThatDoesNotGoOn() throws IOException {
    try (ProxyUnderTest proxy = new ProxyUnderTest(impatient(LONG, SHORT, LONG));
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                  connection.request();
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      assertThat(client.send(get(ONE, "/")).readAll()).endsWith("\r\n\r\nhalf");
    }
  }

  @Test
  void cutsAClientOffThatDoesNotRead() throws IOException {
    CountDownLatch isCut = new CountDownLatch(1);
    try (ProxyUnderTest proxy = new ProxyUnderTest(impatient(LONG, SHORT, SHORT));
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\n\r\n");
                  byte[] block = new byte[64 * 1024];
                  try {
                    while (true) {
                      connection.wire.send(block);
                    }
                  } catch (IOException e) {
                    isCut.countDown();
                  }
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(get(ONE, "/"));

      await(isCut);

      assertThat(pod.requests()).hasSize(1);
    }
  }

  @Test
  void aPodsConnectionKeptTooLongIsClosed() throws Exception {
    CountDownLatch isClosed = new CountDownLatch(1);
    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withTimeouts(PATIENT)
            .withPodTimeouts(PATIENT_WITH_PODS.withIdle(SHORT));
    try (ProxyUnderTest proxy = new ProxyUnderTest(config);
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send(ok("hi"));
                  assertThat(connection.request()).isEmpty();
                  isClosed.countDown();
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(get(ONE, "/")).answer();

      await(isClosed);

      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
