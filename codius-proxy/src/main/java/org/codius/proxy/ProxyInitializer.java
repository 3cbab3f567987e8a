package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Lists what happens to a connection, in order.
 *
 * <p>Safe for use by several threads.
 */
final class ProxyInitializer extends ChannelInitializer<Channel> {

  /** User event: answer what is under way and close. */
  static final Object DRAIN = new Object();

  private static final Duration LAST_CLOSE = Duration.ofSeconds(2);

  private final ProxyConfig config;
  private final RouteTable routes;
  private final Consumer<ChannelPipeline> api;
  private final Map<EventExecutor, PodPool> pools = new ConcurrentHashMap<>();
  private final TrafficCounters counters = new TrafficCounters();
  private final Refusals refusals = new Refusals();
  private final Admission admission;
  private final PodConnections podConnections;
  private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

  ProxyInitializer(ProxyConfig config, RouteTable routes, Consumer<ChannelPipeline> api) {
    this.config = config;
    this.routes = routes;
    this.api = api;
    this.admission = new Admission(config.limits(), refusals);
    this.podConnections = new PodConnections(config.limits().podConnections(), refusals);
  }

  @Override
  protected void initChannel(Channel channel) {
    if (!admission.admit(channel)) {
      return;
    }
    Client client = Client.of(channel, config.trusted(), admission);
    if (!client.isTrusted() && !client.admit()) {
      return;
    }
    open.add(channel);
    MeterHandler meter = new MeterHandler(counters, config.accessLog(), client);
    ApiEncoder apiEncoder = new ApiEncoder();
    ChannelPipeline pipeline = channel.pipeline();
    if (client.isTrusted()) {
      pipeline.addLast(new ProxyProtocolHandler(client));
    }
    pipeline.addLast(new SlowReaderHandler(channel, config.timeouts().write(), refusals));
    pipeline.addLast(new RequestDecoder(channel, config, client, refusals));
    pipeline.addLast(meter);
    pipeline.addLast(new RouteHandler(routes, api != PodProxy.NO_API, meter));
    pipeline.addLast(new PodForwarder(poolOf(channel.eventLoop()), client));
    pipeline.addLast(apiEncoder);
    pipeline.addLast(new ApiHandler(apiEncoder, config.limits()));
    api.accept(pipeline);
    pipeline.addLast(new FailureHandler());
  }

  private PodPool poolOf(EventLoop loop) {
    return pools.computeIfAbsent(loop, created -> new PodPool(config, loop, podConnections));
  }

  TrafficCounters counters() {
    return counters;
  }

  Refusals refusals() {
    return refusals;
  }

  /** Ends what is under way to a pod, and the connections kept to it. */
  void disconnect(String label) {
    PodGone gone = new PodGone(label);
    open.forEach(channel -> channel.pipeline().fireUserEventTriggered(gone));
    pools.forEach((loop, pool) -> loop.execute(() -> pool.forget(label)));
    counters.forget(label);
  }

  /** Ends all connections, those with a request under way within {@code patience}. */
  void drain(Duration patience) {
    open.forEach(channel -> channel.pipeline().fireUserEventTriggered(DRAIN));
    open.newCloseFuture().awaitUninterruptibly(patience.toMillis());
    open.close().awaitUninterruptibly(LAST_CLOSE.toMillis());
    pools.forEach((loop, pool) -> loop.execute(pool::close));
  }
}
