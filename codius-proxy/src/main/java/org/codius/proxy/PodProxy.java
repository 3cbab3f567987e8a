package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NettyRuntime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The front door: one port, each request to its pod, and what is for no pod to the API.
 *
 * <p>A request is a pod's when the first label of its {@code Host} is a manifest hash, 52 of {@code
 * a-z2-7} in either case. It is decided for every request anew, so that one connection may carry
 * requests to several pods and to the API.
 *
 * <p>Safe for use by several threads.
 */
public final class PodProxy implements AutoCloseable {

  /** What an embedder has that serves pods only. */
  static final Consumer<ChannelPipeline> NO_API = pipeline -> {};

  private static final int BACKLOG = 1024;

  private final List<Channel> listeners;
  private final ProxyInitializer connections;
  private final Duration drain;
  private final @Nullable EventLoopGroup ownGroup;

  private PodProxy(
      List<Channel> listeners,
      ProxyInitializer connections,
      Duration drain,
      @Nullable EventLoopGroup ownGroup) {
    this.listeners = List.copyOf(listeners);
    this.connections = connections;
    this.drain = drain;
    this.ownGroup = ownGroup;
  }

  /** Starts a proxy that serves pods only; what is for no pod is a 404. */
  public static PodProxy start(ProxyConfig config, RouteTable routes) {
    return start(config, routes, NO_API);
  }

  /** Starts a proxy with event loops of its own, one per processor, which end with it. */
  public static PodProxy start(
      ProxyConfig config, RouteTable routes, Consumer<ChannelPipeline> api) {
    Transport chosen = config.transport();
    Transport transport = chosen == null ? Transport.usual() : chosen;
    EventLoopGroup group = transport.newLoops(NettyRuntime.availableProcessors());
    try {
      return start(config, routes, api, group, group);
    } catch (RuntimeException e) {
      group.shutdownGracefully();
      throw e;
    }
  }

  /**
   * Starts a proxy. Must not be called on an event loop.
   *
   * @param api adds the handlers of the API to the pipeline of each connection. They read the
   *     requests that are for no pod as {@code HttpRequest}, {@code HttpContent} and {@code
   *     LastHttpContent}, one request at a time, and write an {@code HttpResponse} and its contents
   *     back. The proxy sees to keep-alive and framing; {@code Expect: 100-continue} is the API's.
   * @param group loops of Netty's for any {@link Transport}, which the caller closes after the
   *     proxy; without what those that the proxy makes itself put right in epoll and io_uring
   * @throws ProxyException if the address cannot be listened on
   */
  public static PodProxy start(
      ProxyConfig config, RouteTable routes, Consumer<ChannelPipeline> api, EventLoopGroup group) {
    return start(config, routes, api, group, null);
  }

  private static PodProxy start(
      ProxyConfig config,
      RouteTable routes,
      Consumer<ChannelPipeline> api,
      EventLoopGroup group,
      @Nullable EventLoopGroup ownGroup) {
    requireNonNull(group, "group");
    ProxyInitializer connections =
        new ProxyInitializer(
            requireNonNull(config, "config"),
            requireNonNull(routes, "routes"),
            requireNonNull(api, "api"));
    Redirect redirect = config.redirect();
    List<Channel> listeners = new ArrayList<>();
    try {
      listeners.add(listen(config, group, config.bind(), connections));
      if (redirect != null) {
        listeners.add(
            listen(config, group, redirect.bind(), connections.redirecting(redirect.port())));
      }
    } catch (ProxyException e) {
      listeners.forEach(Channel::close);
      throw e;
    }
    return new PodProxy(listeners, connections, config.timeouts().drain(), ownGroup);
  }

  private static Channel listen(
      ProxyConfig config, EventLoopGroup group, InetSocketAddress bind, ChannelHandler handler) {
    int high = config.limits().writeBuffer();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(Transport.of(group).listener())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // costs less than Netty's adaptive one where buffers are small and soon released
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, LoopReads.INSTANCE)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high))
            .childHandler(handler)
            .bind(bind)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = requireNonNull(bound.cause());
      throw new ProxyException("listen on " + bind + ": " + cause.getMessage(), cause);
    }
    return bound.channel();
  }

  /** Returns where the proxy listens, with the port it got. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) listeners.get(0).localAddress();
  }

  /** Returns where the port is that sends clients on to TLS, if there is one. */
  public Optional<InetSocketAddress> redirectAddress() {
    return listeners.stream()
        .skip(1)
        .map(listener -> (InetSocketAddress) listener.localAddress())
        .findFirst();
  }

  /**
   * Returns who is at the other end of a connection the API was given: what a trusted proxy before
   * us said by the PROXY protocol, or the address that connected.
   */
  public static Optional<InetAddress> clientOf(Channel connection) {
    return Optional.ofNullable(Client.addressOf(connection));
  }

  /** Returns what went through the proxy so far. */
  public Traffic traffic() {
    return connections.counters().total().snapshot();
  }

  /** Returns what went to each pod so far, by its label, until it is {@link #disconnect}ed. */
  public Map<String, Traffic> trafficByPod() {
    return connections.counters().snapshot();
  }

  /**
   * Returns how often something was refused, by its code: that of the error in the answer, such as
   * {@code BAD_REQUEST}, or the name of a limit where there was no answer, such as {@code
   * TOO_MANY_CONNECTIONS}. Answers on behalf of a pod are not among them.
   */
  public Map<String, Long> refused() {
    return connections.refusals().snapshot();
  }

  /**
   * Cuts off what is under way to a pod that is taken away, upgraded connections too. To be called
   * after its route is gone, or new requests may still reach it. Does not wait.
   *
   * @param label as in {@link RouteTable#find}
   */
  public void disconnect(String label) {
    connections.disconnect(requireNonNull(label, "label"));
  }

  /**
   * Stops accepting, lets requests under way end for as long as {@link Timeouts#drain}, and closes
   * what is left. Must not be called on an event loop.
   */
  @Override
  public void close() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    connections.drain(drain);
    if (ownGroup != null) {
      ownGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
