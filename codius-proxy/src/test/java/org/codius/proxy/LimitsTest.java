package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client or a pod may use, and that what is beyond is refused and counted. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class LimitsTest {

  private static final Limits LIMITS = Limits.DEFAULT;

  private static ProxyUnderTest with(Limits limits) {
    return new ProxyUnderTest(ProxyConfig.DEFAULT.withLimits(limits));
  }

  private static Wire from(String address, ProxyUnderTest proxy) throws IOException {
    return new Wire(
        new Socket(
            proxy.proxy.localAddress().getAddress(),
            proxy.proxy.localAddress().getPort(),
            InetAddress.getByName(address),
            0));
  }

  private static void assertClosed(Wire client) throws IOException {
    try {
      assertThat(client.readAll()).isEmpty();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void turnsNewcomersAwayWhenFull() throws IOException {
    try (ProxyUnderTest proxy = with(LIMITS.withConnections(1));
        Wire first = proxy.client()) {
      assertThat(first.send(get("x", "/")).answer().status()).isEqualTo(200);
      try (Wire second = from("127.0.0.2", proxy)) {
        assertClosed(second);
      }
      assertThat(first.send(get("x", "/")).answer().status()).isEqualTo(200);
      assertThat(proxy.proxy.refused()).isEqualTo(Map.of("TOO_MANY_CONNECTIONS", 1L));
    }
  }

  @Test
  void oneAddressDoesNotTakeTheConnectionsOfOthers() throws Exception {
    try (ProxyUnderTest proxy = with(LIMITS.withConnectionsPerAddress(1))) {
      try (Wire first = proxy.client();
          Wire other = from("127.0.0.2", proxy)) {
        assertThat(first.send(get("x", "/")).answer().status()).isEqualTo(200);
        assertThat(other.send(get("x", "/")).answer().status()).isEqualTo(200);
        try (Wire second = proxy.client()) {
          assertClosed(second);
        }
        assertThat(proxy.proxy.refused()).isEqualTo(Map.of("TOO_MANY_CONNECTIONS_OF_ADDRESS", 1L));
        proxy.nextAccepted().close().sync();
        proxy.nextAccepted().close().sync(); // whichever of the two was accepted first
      }
      try (Wire again = proxy.client()) {
        assertThat(again.send(get("x", "/")).answer().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8::1, 2001:db8::ffff:1, false",
    "2001:db8::1, 2001:db8:0:1::1, true",
    "192.0.2.1, 192.0.2.1, false",
    "192.0.2.1, 192.0.2.2, true"
  })
  void anIpv6ClientHasItsNetworkForAnAddress(String first, String second, boolean isAdmitted)
      throws IOException {
    Admission admission = new Admission(LIMITS.withConnectionsPerAddress(1), new Refusals());
    EmbeddedChannel one = new EmbeddedChannel();
    EmbeddedChannel two = new EmbeddedChannel();

    assertThat(admission.admit(one, InetAddress.getByName(first))).isTrue();
    assertThat(admission.admit(two, InetAddress.getByName(second))).isEqualTo(isAdmitted);

    assertThat(two.isOpen()).isEqualTo(isAdmitted);
    one.close();
    assertThat(admission.admit(new EmbeddedChannel(), InetAddress.getByName(first))).isTrue();
  }

  @Test
  void theAddressThatATrustedProxyNamesCounts() throws IOException {
    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withLimits(LIMITS.withConnectionsPerAddress(1))
            .withTrusted(List.of(Subnet.parse("127.0.0.0/8")));
    try (ProxyUnderTest proxy = new ProxyUnderTest(config);
        Wire first = proxy.client();
        Wire second = proxy.client();
        Wire third = proxy.client();
        Wire itself = proxy.client()) {
      first.send("PROXY TCP4 192.0.2.1 192.0.2.9 1 2\r\n" + get("x", "/"));
      assertThat(first.answer().status()).isEqualTo(200);
      second.send("PROXY TCP4 192.0.2.2 192.0.2.9 1 2\r\n" + get("x", "/"));
      assertThat(second.answer().status()).isEqualTo(200);
      third.send("PROXY TCP4 192.0.2.1 192.0.2.9 1 2\r\n");
      assertClosed(third);
      assertThat(itself.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aConnectionEndsAfterSoManyRequests() throws IOException {
    try (ProxyUnderTest proxy = with(LIMITS.withRequestsPerConnection(2));
        RawPod pod = RawPod.answering(ok("pod"))) {
      proxy.routes.put(ONE, pod.address());
      for (String host : List.of(ONE, "api", TWO)) {
        try (Wire client = proxy.client()) {
          client.send(get(host, "/") + get(host, "/") + get(host, "/"));

          assertThat(client.answer().has("Connection: close")).isFalse();
          assertThat(client.answer().head().toLowerCase(Locale.ROOT)).contains("connection: close");
          assertThat(client.readAll()).isEmpty();
        }
      }
      assertThat(pod.requests()).hasSize(2);
    }
  }

  @Test
  void aBodyThatTricklesInIsGivenUp() throws IOException {
    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withLimits(LIMITS.withBodyRate(1000))
            .withTimeouts(Timeouts.DEFAULT.withBody(Duration.ofMillis(200)));
    try (ProxyUnderTest proxy = new ProxyUnderTest(config);
        RawPod pod = RawPod.serving(connection -> connection.wire.readAll());
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: 100000\r\n\r\n");
      Thread trickle = new Thread(() -> trickle(client));
      trickle.start();

      assertThat(client.answer().status()).isEqualTo(408);

      assertThat(proxy.proxy.refused()).isEqualTo(Map.of("REQUEST_TIMEOUT", 1L));
    }
  }

  /** Sends a byte now and then, never as late as the timeout. */
  private static void trickle(Wire client) {
    try {
      while (true) {
        client.send("x");
        TimeUnit.MILLISECONDS.sleep(20); // what is tested is slowness
      }
    } catch (IOException | InterruptedException e) {
      // cut off, as it should be
    }
  }

  @Test
  void aPodHasSoManyConnectionsAtATime() throws Exception {
    CountDownLatch isEnough = new CountDownLatch(1);
    ProxyConfig config = ProxyConfig.DEFAULT.withPodLimits(PodLimits.DEFAULT.withConnections(1));
    try (ProxyUnderTest proxy = new ProxyUnderTest(config);
        RawPod pod =
            RawPod.serving(
                connection -> {
                  while (!connection.request().isEmpty()) {
                    await(isEnough);
                    connection.send(ok("pod"));
                  }
                });
        RawPod neighbour = RawPod.answering(ok("neighbour"));
        Wire first = proxy.client();
        Wire second = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      proxy.routes.put(TWO, neighbour.address());
      first.send(get(ONE, "/"));
      pod.awaitRequests(1);

      Wire.Answer refused = second.send(get(ONE, "/")).answer();
      Wire.Answer neighbours = second.send(get(TWO, "/")).answer();
      isEnough.countDown();

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("POD_BUSY");
      assertThat(neighbours.body()).isEqualTo("neighbour");
      assertThat(first.answer().body()).isEqualTo("pod");
      assertThat(second.send(get(ONE, "/")).answer().body()).isEqualTo("pod");
      assertThat(proxy.proxy.refused()).isEqualTo(Map.of("POD_BUSY", 1L));
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
