package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.ok;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Over HTTP/2 too one side may be fast and the other slow: what waits in between stays small. */
@ExtendWith(LeakCheck.class)
class StreamBackPressureTest {

  private static final long TOTAL = 64L << 20;
  private static final int BLOCK = 64 * 1024;
  private static final int WINDOW = 128 * 1024;

  /** What the sockets of both connections and the proxy may hold together. */
  private static final long MOST_ON_THE_WAY = 24L << 20;

  private static final long MOST_MEMORY = 16L << 20;

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private StreamWire client(int window) throws IOException {
    InetSocketAddress address = proxy.proxy.localAddress();
    return StreamWire.open(new Socket(address.getAddress(), address.getPort()), window);
  }

  @Test
  void aClientThatOpensItsWindowSlowlyHoldsAFastPodBack() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] block = new byte[BLOCK];
    try (RawPod pod =
            RawPod.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + TOTAL + "\r\n\r\n");
                  while (sent.get() < TOTAL) {
                    connection.wire.send(block);
                    sent.addAndGet(BLOCK);
                  }
                });
        StreamWire client = client(WINDOW)) {
      proxy.routes.put(ONE, pod.address());
      client.get(1, ONE, "/");
      long got = 0;
      long mostMemory = 0;
      while (got < TOTAL) {
        StreamWire.Frame frame = client.readTo(StreamWire.DATA);
        assertThat(frame.isEnd()).isFalse();
        got += frame.payload().length;
        assertThat(sent.get() - got).isLessThanOrEqualTo(MOST_ON_THE_WAY);
        mostMemory = Math.max(mostMemory, PlatformDependent.usedDirectMemory());
        client.frame(StreamWire.WINDOW_UPDATE, 0, 1, StreamWire.number(frame.payload().length));
      }

      assertThat(got).isEqualTo(TOTAL);
      assertThat(mostMemory).isLessThanOrEqualTo(MOST_MEMORY);
    }
  }

  @Test
  void aPodThatReadsNothingHoldsOnlyItsOwnStreamBack() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isHeldBack = new CountDownLatch(1);
    try (RawPod slow =
            RawPod.serving(
                connection -> {
                  connection.request();
                  isAsked.countDown();
                  await(isHeldBack);
                  drain(connection.wire);
                  connection.send(ok("read at last"));
                });
        RawPod quick = RawPod.answering(ok("quick"));
        StreamWire client = client(1 << 20)) {
      proxy.routes.put(ONE, slow.address());
      proxy.routes.put(TWO, quick.address());
      client.post(1, ONE);
      isAsked.await();

      String frame = "x".repeat(16 * 1024);
      int window = Http2Limits.DEFAULT.streamWindow();
      while (client.windowOf(1, window) >= frame.length()) {
        client.data(1, false, frame);
        client.sent(1, frame.length());
        client.ping();
      }

      // nothing more may be sent on this stream, and everything on another
      assertThat(client.get(3, TWO, "/").answer(3).body()).isEqualTo("quick");
      isHeldBack.countDown();
      client.awaitWindow(1, window);
      client.data(1, true, "end");
      assertThat(client.answer(1).body()).isEqualTo("read at last");
      assertThat(PlatformDependent.usedDirectMemory()).isLessThanOrEqualTo(MOST_MEMORY);
    }
  }

  /** Reads a chunked body to its end. */
  private static void drain(Wire wire) throws IOException {
    byte[] buffer = new byte[BLOCK];
    String end = "";
    while (!end.endsWith("\r\n0\r\n\r\n")) {
      int read = wire.skim(buffer);
      assertThat(read).isPositive();
      String tail = end + new String(buffer, Math.max(0, read - 7), Math.min(7, read), ISO_8859_1);
      end = tail.substring(Math.max(0, tail.length() - 7));
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
