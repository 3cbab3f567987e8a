package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pod is taken away, or the proxy closes, while requests are under way. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class FarewellTest {

  private static final String UPGRADE =
      "GET / HTTP/1.1\r\nHost: " + ONE + "\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

  /** Waits for longer than a busy machine may stand still. */
  private static final ProxyConfig PATIENT =
      ProxyConfig.DEFAULT
          .withTimeouts(Timeouts.DEFAULT.withDrain(Duration.ofMinutes(1)))
          .withPodTimeouts(PodTimeouts.DEFAULT.withIdle(Duration.ofMinutes(1)));

  private final CountDownLatch isAsked = new CountDownLatch(1);

  private void take(ProxyUnderTest proxy, String label) {
    proxy.routes.remove(label);
    proxy.proxy.disconnect(label);
  }

  @Test
  void aRequestThatWaitsForAPodTakenAwayIsNotFound() throws IOException {
    try (ProxyUnderTest proxy = new ProxyUnderTest(PATIENT);
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  connection.request();
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(get(ONE, "/"));
      await(isAsked);

      take(proxy, ONE);

      assertThat(client.answer().status()).isEqualTo(404);
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerUnderWayAndAnUpgradedConnectionEnd() throws IOException {
    try (ProxyUnderTest proxy = new ProxyUnderTest(PATIENT);
        RawPod pod =
            RawPod.serving(
                connection -> {
                  boolean isUpgrade = connection.request().contains("Upgrade");
                  connection.send(
                      isUpgrade
                          ? "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhalf"
                          : "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
                  connection.request();
                });
        RawPod other = RawPod.answering(ok("other"));
        Wire downloading = proxy.client();
        Wire upgraded = proxy.client();
        Wire elsewhere = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      proxy.routes.put(TWO, other.address());
      downloading.send(get(ONE, "/")).readTo("half");
      upgraded.send(UPGRADE).readTo("half");
      elsewhere.send(get(TWO, "/")).answer();

      take(proxy, ONE);

      assertThat(downloading.readAll()).isEmpty();
      assertThat(upgraded.readAll()).isEmpty();
      assertThat(elsewhere.send(get(TWO, "/")).answer().body()).isEqualTo("other");
      assertThat(other.connections()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionKeptToAPodTakenAwayIsClosed() throws IOException {
    CountDownLatch isClosed = new CountDownLatch(1);
    try (ProxyUnderTest proxy = new ProxyUnderTest(PATIENT);
        RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send(ok("hi"));
                  connection.request();
                  isClosed.countDown();
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(get(ONE, "/")).answer();

      take(proxy, ONE);

      await(isClosed);
      assertThat(client.send(get(ONE, "/")).answer().status()).isEqualTo(404);
    }
  }

  @Test
  void closingLetsARequestUnderWayEndAndTellsTheClient() throws Exception {
    CountDownLatch isClosing = new CountDownLatch(1);
    ProxyUnderTest proxy = new ProxyUnderTest(PATIENT);
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  await(isClosing);
                  connection.send(ok("done"));
                });
        RawPod tunnel =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 101 Yes\r\nUpgrade: x\r\n\r\n");
                  connection.request();
                });
        Wire busy = proxy.client();
        Wire upgraded = proxy.client();
        Wire idle = proxy.client()) {
      idle.send(get("x", "/")).answer();
      proxy.routes.put(ONE, tunnel.address());
      upgraded.send(UPGRADE).readHead();
      proxy.routes.put(ONE, pod.address());
      busy.send(get(ONE, "/"));
      await(isAsked);

      Thread closing = new Thread(proxy::close, "closing");
      closing.start();
      assertThat(idle.readAll()).isEmpty();
      assertThat(upgraded.readAll()).isEmpty();
      proxy.awaitDraining();
      isClosing.countDown();

      Wire.Answer answer = busy.answer();
      assertThat(answer.body()).isEqualTo("done");
      assertThat(answer.has("Connection: close")).isTrue();
      closing.join();
      assertThatThrownBy(proxy::client).isInstanceOf(ConnectException.class);
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
