package org.codius.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to pods: opens them, and keeps a few between requests.
 *
 * <p>Kept by pod and address: an address that another pod got meanwhile is another place. The one
 * last used is taken first, so that what is not needed ages and goes. Confined to the event loop.
 */
final class PodPool {

  private final ProxyConfig config;
  private final Bootstrap bootstrap;
  private final PodConnections inUse;
  private final Map<String, Deque<PodConnection>> idle = new HashMap<>();

  PodPool(ProxyConfig config, EventLoop loop, PodConnections inUse) {
    this.config = config;
    this.inUse = inUse;
    int high = config.limits().writeBuffer();
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Transport.of(loop).socket())
            .disableResolver()
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(config.podTimeouts().connect().toMillis()))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.RECVBUF_ALLOCATOR, LoopReads.INSTANCE)
            .option(ChannelOption.SO_KEEPALIVE, true)
            // a pod may answer and close without reading all of a request: what it said counts
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high));
  }

  /** How many connections to each pod are in use, on all event loops. */
  PodConnections inUse() {
    return inUse;
  }

  /** Returns a connection kept to that pod at that address, or null. */
  @Nullable PodConnection take(String label, InetSocketAddress pod) {
    Deque<PodConnection> kept = idle.get(label);
    while (kept != null && !kept.isEmpty()) {
      PodConnection connection = kept.pop();
      if (kept.isEmpty()) {
        idle.remove(label);
      }
      if (connection.isOpen() && connection.pod().equals(pod)) {
        return connection;
      }
      connection.abandon();
    }
    return null;
  }

  /** Begins to open a connection; what is written to it meanwhile waits. */
  PodConnection connect(String label, InetSocketAddress pod, PodExchange exchange) {
    Opening opening = new Opening(label, pod, exchange);
    bootstrap
        .clone()
        .handler(opening)
        .connect(pod)
        .addListener((ChannelFutureListener) attempt -> opening.connection().connected(attempt));
    return opening.connection();
  }

  /** Keeps a connection for later, or closes it if there are enough. */
  void give(PodConnection connection) {
    Deque<PodConnection> kept = idle.get(connection.label());
    if (kept == null) {
      kept = new ArrayDeque<>();
      idle.put(connection.label(), kept);
    }
    if (connection.isOpen()
        && connection.isYoung()
        && kept.size() < config.podLimits().idleConnections()) {
      connection.rest();
      kept.push(connection);
    } else {
      connection.abandon();
      if (kept.isEmpty()) {
        idle.remove(connection.label());
      }
    }
  }

  /** Forgets a connection that is gone. */
  void remove(PodConnection connection) {
    Deque<PodConnection> kept = idle.get(connection.label());
    if (kept != null && kept.remove(connection) && kept.isEmpty()) {
      idle.remove(connection.label());
    }
  }

  /** Closes what is kept to a pod. */
  void forget(String label) {
    Deque<PodConnection> kept = idle.remove(label);
    if (kept != null) {
      kept.forEach(PodConnection::abandon);
    }
  }

  /** Closes all that is kept. */
  void close() {
    List<PodConnection> all = new ArrayList<>();
    idle.values().forEach(all::addAll);
    idle.clear();
    all.forEach(PodConnection::abandon);
  }

  /** Makes the handler of a new channel, which runs while it is registered. */
  private final class Opening extends ChannelInitializer<Channel> {

    private final String label;
    private final InetSocketAddress pod;
    private final PodExchange exchange;
    private @Nullable PodConnection connection;

    Opening(String label, InetSocketAddress pod, PodExchange exchange) {
      this.label = label;
      this.pod = pod;
      this.exchange = exchange;
    }

    @Override
    protected void initChannel(Channel channel) {
      PodConnection opened = new PodConnection(label, pod, PodPool.this, config, channel);
      opened.begin(exchange);
      channel.pipeline().addLast(opened);
      connection = opened;
    }

    PodConnection connection() {
      if (connection == null) {
        throw new IllegalStateException("channel was not registered on its own event loop");
      }
      return connection;
    }
  }
}
