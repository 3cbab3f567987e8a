package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One side is fast, the other slow: what waits in between stays small. */
@ExtendWith(LeakCheck.class)
class BackPressureTest {

  private static final long TOTAL = 64L << 20;
  private static final int BLOCK = 64 * 1024;

  /** The high-water mark, and the last read that went over it with what the system grants more. */
  private static final long MOST_WAITING = 3L * 64 * 1024;

  private static final long MOST_MEMORY = 16L << 20;

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void aSlowClientHoldsAFastPodBack() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + TOTAL + "\r\n\r\n");
                  pour(connection.wire, sent);
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(get(ONE, "/"));
      client.readHead();
      Gauge gauge = Gauge.on(proxy.nextAccepted());

      gauge.awaitUnwritable();
      drain(client);

      assertThat(sent).hasValue(TOTAL);
      assertThat(gauge.mostWaiting()).isPositive().isLessThanOrEqualTo(MOST_WAITING);
      assertThat(gauge.mostMemory()).isLessThanOrEqualTo(MOST_MEMORY);
    }
  }

  @Test
  void aSlowPodHoldsAFastClientBack() throws Exception {
    CountDownLatch isHeldBack = new CountDownLatch(1);
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  await(isHeldBack);
                  drain(connection.wire);
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: " + TOTAL + "\r\n\r\n");
      AtomicLong sent = new AtomicLong();
      Thread pouring = new Thread(() -> pourOrFail(client, sent), "pouring");
      pouring.start();

      Gauge gauge = Gauge.on(proxy.nextAccepted());
      gauge.awaitUnread();
      isHeldBack.countDown();

      assertThat(client.answer().status()).isEqualTo(200);
      pouring.join();
      assertThat(sent).hasValue(TOTAL);
      assertThat(gauge.mostMemory()).isLessThanOrEqualTo(MOST_MEMORY);
    }
  }

  @Test
  void anUpgradedConnectionHoldsBackToo() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send(
                      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
                  pour(connection.wire, sent);
                });
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      client.send(
          "GET / HTTP/1.1\r\nHost: " + ONE + "\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
      client.readHead();
      Gauge gauge = Gauge.on(proxy.nextAccepted());

      gauge.awaitUnwritable();
      drain(client);

      assertThat(sent).hasValue(TOTAL);
      assertThat(gauge.mostWaiting()).isPositive().isLessThanOrEqualTo(MOST_WAITING);
      assertThat(gauge.mostMemory()).isLessThanOrEqualTo(MOST_MEMORY);
    }
  }

  private static void pour(Wire wire, AtomicLong sent) throws IOException {
    byte[] block = new byte[BLOCK];
    while (sent.get() < TOTAL) {
      wire.send(block);
      sent.addAndGet(BLOCK);
    }
  }

  private static void pourOrFail(Wire wire, AtomicLong sent) {
    try {
      pour(wire, sent);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void drain(Wire wire) throws IOException {
    byte[] block = new byte[BLOCK];
    long left = TOTAL;
    while (left > 0) {
      int n = wire.skim(block);
      assertThat(n).isPositive();
      left -= n;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks every millisecond at what waits for the client, on its event loop. */
  private static final class Gauge {

    private final Channel channel;
    private final long memoryBefore = PlatformDependent.usedDirectMemory();
    private final CountDownLatch unwritable = new CountDownLatch(1);
    private final CountDownLatch unread = new CountDownLatch(1);
    private volatile long mostWaiting;
    private volatile long mostMemory;

    private Gauge(Channel channel) {
      this.channel = channel;
    }

    static Gauge on(Channel channel) {
      Gauge gauge = new Gauge(channel);
      var unused =
          channel.eventLoop().scheduleAtFixedRate(gauge::look, 0, 1, TimeUnit.MILLISECONDS);
      return gauge;
    }

    private void look() {
      ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
      if (waiting != null) {
        mostWaiting = Math.max(mostWaiting, waiting.totalPendingWriteBytes());
      }
      mostMemory = Math.max(mostMemory, PlatformDependent.usedDirectMemory() - memoryBefore);
      if (!channel.isWritable()) {
        unwritable.countDown();
      }
      if (!channel.config().isAutoRead()) {
        unread.countDown();
      }
    }

    /** Returns when the client's side is full. */
    void awaitUnwritable() {
      await(unwritable);
    }

    /** Returns when the client is no longer read. */
    void awaitUnread() {
      await(unread);
    }

    long mostWaiting() {
      return mostWaiting;
    }

    long mostMemory() {
      return mostMemory;
    }
  }
}
