package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Someone follows a pod's output and does not take it. */
@Timeout(180)
class SlowFollowerTest {

  private static final int LINES = 4_000;
  private static final String LINE = "x".repeat(4_096);

  @TempDir Path folder;

  @Test
  void whatIsNotTakenStaysWithHyperd() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    Path socket = folder.resolve("hyper.sock");
    PodSpec pod =
        new PodSpec(
            new PodId("slow", "talks"),
            List.of(
                new PodSpec.Container(
                    "web", HyperdDriverTest.BUSYBOX.tagged(), List.of("talk"), "", Map.of())),
            new PodSpec.Resources(1, 64, 64, 64));
    try (HyperdSimulator hyperd = HyperdSimulator.start(socket, loops);
        Relay relay = new Relay(folder.resolve("relay.sock"), socket);
        HyperdDriver driver =
            HyperdDriver.connect(HyperdConfig.of(relay.socket, "slow").unguarded(), loops)) {
      hyperd.load(HyperdDriverTest.BUSYBOX);
      driver.run(pod).toCompletableFuture().get();
      for (int i = 0; i < LINES; i++) {
        hyperd.write(pod.id() + "__web", LogLine.Stream.STDOUT, LINE);
      }

      StreamCollector<LogLine> slow =
          new StreamCollector<LogLine>(Duration.ofSeconds(60))
              .readFrom(driver.logs(pod.id(), LogQuery.FOLLOW), 1);
      slow.next();

      assertThat(relay.toDriverOnceStill()).isLessThan(LINES * LINE.length() / 8);
      slow.request(LINES - 1);
      for (int i = 1; i < LINES; i++) {
        assertThat(slow.next().text()).isEqualTo(LINE);
      }
      slow.cancel();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Passes everything on between the driver and hyperd, and counts it. */
  private static final class Relay implements AutoCloseable {

    private static final int STILL_MILLIS = 500;

    final Path socket;
    private final Path behind;
    private final ServerSocketChannel server;
    private final BlockingQueue<Integer> toDriver = new LinkedBlockingQueue<>();

    Relay(Path socket, Path behind) throws IOException {
      this.socket = socket;
      this.behind = behind;
      this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      start(this::accept);
    }

    private void accept() throws IOException {
      while (true) {
        SocketChannel driver = server.accept();
        SocketChannel hyperd = SocketChannel.open(UnixDomainSocketAddress.of(behind));
        start(() -> copy(driver, hyperd, size -> {}));
        start(() -> copy(hyperd, driver, toDriver::add));
      }
    }

    private static void copy(SocketChannel from, SocketChannel to, IntConsumer passed)
        throws IOException {
      try (from;
          to) {
        ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
        while (from.read(buffer) >= 0) {
          buffer.flip();
          while (buffer.hasRemaining()) {
            passed.accept(to.write(buffer));
          }
          buffer.clear();
        }
      }
    }

    /** Counts until nothing passes for a while: who has stopped reading does not say so. */
    long toDriverOnceStill() throws InterruptedException {
      long bytes = 0;
      Integer more;
      while ((more = toDriver.poll(STILL_MILLIS, TimeUnit.MILLISECONDS)) != null) {
        bytes += more;
      }
      return bytes;
    }

    private static void start(Copying work) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (ClosedChannelException e) {
                  // the other direction, or the test, has ended
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    private interface Copying {
      void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
