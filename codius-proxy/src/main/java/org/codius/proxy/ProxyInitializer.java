package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists what happens to a connection, in order, and to each HTTP/2 stream.
 *
 * <p>Safe for use by several threads.
 */
final class ProxyInitializer extends ChannelInitializer<Channel> {

  /** User event: answer what is under way and close. */
  static final Object DRAIN = new Object();

  private static final Duration LAST_CLOSE = Duration.ofSeconds(2);

  /** Longest first message of a TLS client. */
  private static final int CLIENT_HELLO = 16 * 1024;

  private static final int RESETS_SECONDS = 30;

  /** Answers of one connection's streams that wait for each other, to be written at once. */
  private static final int STREAMS_FLUSHED = 64;

  private final ProxyConfig config;
  private final RouteTable routes;
  private final Consumer<ChannelPipeline> api;
  private final Map<EventExecutor, PodPool> pools = new ConcurrentHashMap<>();
  private final TrafficCounters counters = new TrafficCounters();
  private final Refusals refusals = new Refusals();
  private final OwnAnswers answers;
  private final Admission admission;
  private final PodConnections podConnections;
  private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
  private final ChannelGroup streams = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

  ProxyInitializer(ProxyConfig config, RouteTable routes, Consumer<ChannelPipeline> api) {
    this.config = config;
    this.routes = routes;
    this.api = api;
    this.answers = new OwnAnswers(config.answerFormat());
    this.admission = new Admission(config.limits(), refusals);
    this.podConnections = new PodConnections(config.podLimits().connections(), refusals);
  }

  @Override
  protected void initChannel(Channel channel) {
    Client client = admit(channel);
    if (client == null) {
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    TlsContexts tls = config.tls();
    if (tls != null) {
      client.secured();
      pipeline.addLast(tlsHandler(tls));
      pipeline.addLast(
          new ProtocolHandler(after -> http1(after, client), after -> http2(after, client)));
    } else {
      pipeline.addLast(new PrefaceHandler(after -> http2(after, client)));
      http1(pipeline, client);
    }
  }

  /** Returns what serves the port that has clients come back with TLS. */
  ChannelHandler redirecting(int port) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        Client client = admit(channel);
        if (client != null) {
          ChannelPipeline pipeline = channel.pipeline();
          pipeline.addLast(new RequestDecoder(channel, config, client, refusals));
          pipeline.addLast(new RedirectHandler(port, answers));
          pipeline.addLast(new FailureHandler());
        }
      }
    };
  }

  private @Nullable Client admit(Channel channel) {
    if (!admission.admit(channel)) {
      return null;
    }
    Client client = Client.of(channel, config.trusted(), admission);
    if (!client.isTrusted() && !client.admit()) {
      return null;
    }
    open.add(channel);
    if (client.isTrusted()) {
      channel.pipeline().addLast(new ProxyProtocolHandler(client));
    }
    channel.pipeline().addLast(slowReader(channel));
    return client;
  }

  private ChannelHandler slowReader(Channel channel) {
    return new SlowReaderHandler(channel, config.timeouts().write(), refusals);
  }

  private ChannelHandler tlsHandler(TlsContexts tls) {
    return new SniHandler(
        (String name) -> tls.find(name == null ? "" : name),
        CLIENT_HELLO,
        config.timeouts().head().toMillis());
  }

  private void http1(ChannelPipeline pipeline, Client client) {
    pipeline.addLast(new RequestDecoder(pipeline.channel(), config, client, refusals));
    requests(pipeline, client);
  }

  private void http2(ChannelPipeline pipeline, Client client) {
    Http2FrameCodec codec = codec();
    FrameBudget budget = new FrameBudget(config.http2().idleFrames(), client, refusals);
    pipeline.addLast(new FlushConsolidationHandler(STREAMS_FLUSHED, true));
    pipeline.addLast(budget);
    pipeline.addLast(codec);
    pipeline.addLast(
        new ConnectionKeeper(pipeline.channel(), codec.connection(), config, client, refusals));
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                stream(stream, client, budget);
              }
            }));
    pipeline.addLast(new FailureHandler());
  }

  private Http2FrameCodec codec() {
    Http2Limits http2 = config.http2();
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(http2.streams())
                    .initialWindowSize(http2.streamWindow())
                    .maxHeaderListSize(config.limits().head()))
            .decoderEnforceMaxRstFramesPerWindow(http2.resets(), RESETS_SECONDS)
            .gracefulShutdownTimeoutMillis(config.timeouts().drain().toMillis())
            .build();
    // from the first frame on, and not when the client has acknowledged our settings
    codec.connection().remote().maxActiveStreams(http2.streams());
    return codec;
  }

  private void stream(Channel stream, Client client, FrameBudget budget) {
    streams.add(stream);
    stream.config().setAllocator(stream.parent().alloc()); // not by itself
    StreamEncoder encoder =
        new StreamEncoder(stream, config.timeouts().write(), budget, client, refusals);
    ChannelPipeline pipeline = stream.pipeline();
    pipeline.addLast(slowReader(stream));
    pipeline.addLast(encoder);
    pipeline.addLast(new StreamDecoder(stream, config, encoder, client, refusals));
    requests(pipeline, client);
  }

  /** What happens to a request, of whatever protocol. */
  private void requests(ChannelPipeline pipeline, Client client) {
    MeterHandler meter = new MeterHandler(counters, config.accessLog(), client);
    ApiEncoder apiEncoder = new ApiEncoder();
    pipeline.addLast(meter);
    pipeline.addLast(new RouteHandler(routes, api != PodProxy.NO_API, meter, answers));
    pipeline.addLast(new PodForwarder(poolOf(pipeline.channel().eventLoop()), client, answers));
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
    streams.forEach(channel -> channel.pipeline().fireUserEventTriggered(gone));
    pools.forEach((loop, pool) -> loop.execute(() -> pool.forget(label)));
    podConnections.forget(label);
    counters.forget(label);
  }

  /** Ends all connections, those with a request under way within {@code patience}. */
  void drain(Duration patience) {
    open.forEach(channel -> channel.pipeline().fireUserEventTriggered(DRAIN));
    open.newCloseFuture().awaitUninterruptibly(patience.toMillis());
    open.close().awaitUninterruptibly(LAST_CLOSE.toMillis());
    pools.forEach((loop, pool) -> loop.execute(pool::close));
    pools.clear();
  }
}
