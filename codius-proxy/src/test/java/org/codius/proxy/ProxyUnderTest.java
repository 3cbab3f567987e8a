package org.codius.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy on a free loopback port, its routes, and who comes to it. */
final class ProxyUnderTest implements AutoCloseable {

  static final String ONE = "a".repeat(52);
  static final String TWO = "b".repeat(51) + "7";
  private static final @Nullable String TRANSPORT = System.getProperty("codius.transport");

  static final String NOBODY = "c".repeat(52);

  final Map<String, InetSocketAddress> routes = new ConcurrentHashMap<>();

  private final CountDownLatch isDraining = new CountDownLatch(1);
  private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

  final PodProxy proxy;

  ProxyUnderTest() {
    this(ProxyConfig.DEFAULT);
  }

  ProxyUnderTest(ProxyConfig config) {
    proxy =
        PodProxy.start(
            onFreePort(config),
            label -> Optional.ofNullable(routes.get(label)),
            pipeline -> {
              accepted.add(pipeline.channel());
              pipeline.addLast(new DrainWatch());
              TestApi.addTo(pipeline);
            });
  }

  /** Returns the same on a free port, by the transport that {@code -Dcodius.transport} names. */
  static ProxyConfig onFreePort(ProxyConfig config) {
    ProxyConfig bound = config.withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return TRANSPORT == null ? bound : bound.withTransport(Transport.valueOf(TRANSPORT));
  }

  Wire client() throws IOException {
    return Wire.to(proxy.localAddress());
  }

  /** Returns the proxy's side of the next connection that came. */
  Channel nextAccepted() throws InterruptedException {
    return requireNonNull(accepted.poll(1, TimeUnit.MINUTES));
  }

  /** Returns when a connection knows that it is to end with the answer under way. */
  void awaitDraining() throws InterruptedException {
    assertThat(isDraining.await(1, TimeUnit.MINUTES)).isTrue();
  }

  private final class DrainWatch extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ProxyInitializer.DRAIN) {
        isDraining.countDown();
      }
    }
  }

  static String get(String host, String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @Override
  public void close() {
    proxy.close();
  }
}
