package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
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

  private static final String BODY = "0123456789abcdef".repeat(1 << 16);

  @ParameterizedTest
  @EnumSource
  void bringsBodiesBothWaysAndKeepsConnections(Transport transport) throws IOException {
    Assumptions.assumeTrue(transport.isAvailable(), transport + " is not available");
    EventLoopGroup loops = transport.newLoops(1);
    ProxyConfig config =
        ProxyConfig.DEFAULT.withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (RawPod pod = RawPod.serving(TransportTest::echo);
        PodProxy proxy =
            PodProxy.start(
                config, RouteTable.of(Map.of(ONE, pod.address())), PodProxy.NO_API, loops);
        Wire client = Wire.to(proxy.localAddress())) {
      client.send("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: " + BODY.length());

      assertThat(client.send("\r\n\r\n" + BODY).answer().body()).isEqualTo(BODY);
      assertThat(client.send(get(ONE, "/").repeat(2)).answer().body()).isEmpty();
      assertThat(client.answer().body()).isEmpty();
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
