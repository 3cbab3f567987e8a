package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same bytes come and go by whatever the machine has. The other tests use the usual, or what
 * {@code -Dcodius.transport} names.
 */
@ExtendWith(LeakCheck.class)
class TransportTest {

  private static final ProxyConfig ON_FREE_PORT =
      ProxyConfig.DEFAULT.withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private static final String BODY = "0123456789abcdef".repeat(1 << 16);
  private static final int POURED = 12;

  @ParameterizedTest
  @EnumSource
  void bringsBodiesBothWaysAndKeepsConnections(Transport transport) throws IOException {
    Assumptions.assumeTrue(transport.isAvailable(), transport + " is not available");
    EventLoopGroup loops = transport.newLoops(1);
    try (RawPod pod = RawPod.serving(TransportTest::echo);
        PodProxy proxy =
            PodProxy.start(
                ON_FREE_PORT, RouteTable.of(Map.of(ONE, pod.address())), PodProxy.NO_API, loops);
        Wire client = Wire.to(proxy.localAddress())) {
      client.send("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: " + BODY.length());

      assertThat(client.send("\r\n\r\n" + BODY).answer().body()).isEqualTo(BODY);
      assertThat(client.send(get(ONE, "/").repeat(2)).answer().body()).isEmpty();
      assertThat(client.answer().body()).isEmpty();
    } finally {
      end(loops);
    }
  }

  /** What a client sent last and its end may come in one, and Linux then tells of them once. */
  @ParameterizedTest
  @EnumSource
  void noticesThatAClientIsGone(Transport transport) throws Exception {
    Assumptions.assumeTrue(transport.isAvailable(), transport + " is not available");
    EventLoopGroup loops = transport.newLoops(1);
    BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    try (PodProxy proxy =
        PodProxy.start(
            ON_FREE_PORT,
            RouteTable.of(Map.of()),
            pipeline -> accepted.add(pipeline.channel()),
            loops)) {
      for (int i = 0; i < 400; i++) {
        try (Socket client = new Socket()) {
          client.connect(proxy.localAddress());
          client.setSoLinger(i % 2 == 0, 0); // is reset, or ends
          client.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
        }
        Channel connection = requireNonNull(accepted.poll(1, TimeUnit.MINUTES));
        assertThat(connection.closeFuture().await(1, TimeUnit.MINUTES)).isTrue();
      }
    } finally {
      end(loops);
    }
  }

  /**
   * All of an answer comes, however slowly it is taken, when nothing more can come the other way.
   */
  @ParameterizedTest
  @EnumSource
  void answersAClientThatHasClosedItsHalfInFull(Transport transport) throws IOException {
    Assumptions.assumeTrue(transport.isAvailable(), transport + " is not available");
    String request = get(ONE, "/");
    String upgrade = request.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    EventLoopGroup loops = transport.newLoops(1);
    try (RawPod pod = RawPod.serving(TransportTest::pour);
        PodProxy proxy =
            PodProxy.start(
                ON_FREE_PORT, RouteTable.of(Map.of(ONE, pod.address())), PodProxy.NO_API, loops)) {
      for (String sent : List.of(request, request.repeat(2), upgrade, upgrade + "and more")) {
        try (Socket socket = new Socket()) {
          socket.setReceiveBufferSize(4096); // so that it has to be waited for
          socket.connect(proxy.localAddress());
          Wire client = new Wire(socket);
          client.send(sent);
          socket.shutdownOutput();

          assertThat(client.readAll().split("the end", -1).length - 1)
              .isEqualTo(sent.split("GET", -1).length - 1);
        }
      }
    } finally {
      end(loops);
    }
  }

  /** Answers each request with more than fits between here and there. */
  private static void pour(RawPod.Connection connection) throws IOException {
    for (String head = connection.request(); !head.isEmpty(); head = connection.request()) {
      boolean isUpgrade = head.contains("Upgrade: x");
      connection.send(
          isUpgrade
              ? "HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
              : "HTTP/1.1 200 OK\r\nContent-Length: " + (POURED * BODY.length() + 7) + "\r\n\r\n");
      if (isUpgrade) {
        assertThat(connection.wire.readAll()).isIn("", "and more");
      }
      for (int i = 0; i < POURED; i++) {
        connection.send(BODY);
      }
      connection.send("the end");
      if (isUpgrade) {
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void loopsOfNettysOwnWillDo(Transport transport) throws IOException {
    Assumptions.assumeTrue(transport.isAvailable(), transport + " is not available");
    IoHandlerFactory factory =
        switch (transport) {
          case IO_URING -> IoUringIoHandler.newFactory();
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        };
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, factory);
    try (RawPod pod = RawPod.answering(ok("pod"));
        PodProxy proxy =
            PodProxy.start(
                ON_FREE_PORT, RouteTable.of(Map.of(ONE, pod.address())), PodProxy.NO_API, loops);
        Wire client = Wire.to(proxy.localAddress())) {
      assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("pod");
    } finally {
      end(loops);
    }
  }

  @Test
  void loopsTellTheirTransport() {
    for (Transport transport : Transport.values()) {
      if (transport.isAvailable()) {
        EventLoopGroup loops = transport.newLoops(1);
        try {
          assertThat(Transport.of(loops)).isEqualTo(transport);
          assertThat(Transport.of(loops.next())).isEqualTo(transport);
        } finally {
          end(loops);
        }
      }
    }
  }

  @Test
  void ioUringIsTakenWhereThereIs() {
    Transport without = Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO;

    assertThat(Transport.usual()).isEqualTo(IoUring.isAvailable() ? Transport.IO_URING : without);
  }

  private static void end(EventLoopGroup loops) {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static void echo(RawPod.Connection connection) throws IOException {
    for (String head = connection.request(); !head.isEmpty(); head = connection.request()) {
      boolean hasBody = head.startsWith("POST");
      connection.send(ok(hasBody ? connection.wire.read(BODY.length()) : ""));
    }
  }
}
