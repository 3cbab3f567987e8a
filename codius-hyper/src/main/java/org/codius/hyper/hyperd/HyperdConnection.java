package org.codius.hyper.hyperd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * HTTP to hyperd's socket: a connection for each call that changes something or streams, and a pool
 * of them for questions.
 *
 * <p>A call that is given up is not undone: hyperd finishes what it began. Safe for use by several
 * threads.
 */
final class HyperdConnection implements AutoCloseable {

  /** Anything that looks like a name; hyperd refuses to be called by its socket's. */
  static final String HOST = "hyperd";

  private static final int MAX_INITIAL_LINE = 4096;
  private static final int MAX_HEADERS = 16384;
  private static final int MAX_CHUNK = 65536;

  private final HyperdConfig config;
  private final EventLoopGroup group;
  private final Semaphore calls;
  private final Semaphore logs;
  private final ChannelGroup open;
  private final QuestionPool questions;
  private volatile Runnable onLost = () -> {};
  private volatile boolean closed;

  HyperdConnection(HyperdConfig config, EventLoopGroup group) {
    this.config = config;
    this.group = group;
    this.calls = new Semaphore(config.limits().calls());
    this.logs = new Semaphore(config.limits().calls());
    this.open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    this.questions = new QuestionPool(config, group, () -> onLost.run());
  }

  /** Calls {@code listener} whenever a connection ends by itself or cannot be made. */
  void onLost(Runnable listener) {
    onLost = listener;
  }

  /** Returns a loop for what belongs together. */
  EventLoop loop() {
    return group.next();
  }

  /** Asks what changes nothing. Completes and fails as {@link #call} does. */
  CompletableFuture<HyperdReply> ask(HyperdRequest request) {
    return questions.ask(request);
  }

  /** Completes with the reply, or fails with {@code TIMEOUT} or {@code RUNTIME_UNAVAILABLE}. */
  CompletableFuture<HyperdReply> call(HyperdRequest request) {
    return call(request, new HttpObjectAggregator(config.limits().replyBytes()));
  }

  /** Calls with the body taken in by {@code aggregator}, which makes a full response of it. */
  CompletableFuture<HyperdReply> call(HyperdRequest request, ChannelHandler aggregator) {
    CompletableFuture<HyperdReply> reply = new CompletableFuture<>();
    connect(
        request,
        group.next(),
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(aggregator, new ReplyHandler(request, reply));
          }
        },
        reply);
    return reply;
  }

  /**
   * Sends {@code request} and gives the parts of the reply to {@code handler}.
   *
   * @param failure completed exceptionally if that is not possible
   */
  void connect(
      HyperdRequest request,
      EventLoopGroup loop,
      ChannelHandler handler,
      CompletableFuture<?> failure) {
    if (closed) {
      failure.completeExceptionally(unavailable(request, "the driver is closed"));
      return;
    }
    Semaphore room = request.isLog() ? logs : calls;
    if (!room.tryAcquire()) {
      failure.completeExceptionally(
          unavailable(request, config.limits().calls() + " of its kind are under way already"));
      return;
    }
    new Bootstrap()
        .group(loop)
        .channel(NioDomainSocketChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.closeFuture().addListener(closed -> room.release());
                channel.pipeline().addLast(codec(), handler);
              }
            })
        .connect(UnixDomainSocketAddress.of(config.socket()))
        .addListener(
            (ChannelFuture connected) -> {
              Channel channel = connected.channel();
              if (!connected.isSuccess()) {
                channel.close();
                failure.completeExceptionally(
                    new PodDriverException(
                        Reason.RUNTIME_UNAVAILABLE,
                        request.action() + ": hyperd does not answer on " + config.socket(),
                        connected.cause()));
                return;
              }
              open.add(channel);
              if (closed) {
                channel.close();
              }
              channel.writeAndFlush(
                  encode(
                      request,
                      request.isHijack() ? HttpHeaderValues.UPGRADE : HttpHeaderValues.CLOSE));
            });
  }

  static HttpClientCodec codec() {
    return new HttpClientCodec(MAX_INITIAL_LINE, MAX_HEADERS, MAX_CHUNK);
  }

  static FullHttpRequest encode(HyperdRequest request, AsciiString connection) {
    ByteBuf body = Unpooled.copiedBuffer(request.body());
    FullHttpRequest http =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.uri(), body);
    http.headers().set(HttpHeaderNames.HOST, HOST);
    http.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    http.headers().set(HttpHeaderNames.CONNECTION, connection);
    if (connection.equals(HttpHeaderValues.UPGRADE)) {
      http.headers().set(HttpHeaderNames.UPGRADE, "tcp");
    }
    if (body.isReadable()) {
      http.headers().set(HttpHeaderNames.CONTENT_TYPE, request.type());
    }
    return http;
  }

  static PodDriverException unavailable(HyperdRequest request, String why) {
    return new PodDriverException(Reason.RUNTIME_UNAVAILABLE, request.action() + ": " + why);
  }

  @Override
  public void close() {
    closed = true;
    questions.close();
    open.close();
  }
}
