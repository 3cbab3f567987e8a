package org.codius.hyper.hyperd;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.pool.AbstractChannelPoolHandler;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.FixedChannelPool;
import io.netty.channel.pool.FixedChannelPool.AcquireTimeoutAction;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * A few connections that stay open, for calls that change nothing: a thousand pods are looked at in
 * a fraction of the time that a thousand connections take.
 *
 * <p>A connection that turns out to be closed is replaced and the question asked once more. That
 * one ended is also how a restart of hyperd is noticed at once. Safe for use by several threads.
 */
final class QuestionPool implements AutoCloseable {

  private static final int CONNECTIONS = 8;

  private final HyperdConfig config;
  private final Runnable onLost;
  private final FixedChannelPool pool;
  private final ChannelGroup open;
  private volatile boolean isClosed;

  /**
   * @param onLost called when a connection ends that was not closed here
   */
  QuestionPool(HyperdConfig config, EventLoopGroup group, Runnable onLost) {
    this.config = config;
    this.onLost = onLost;
    this.open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    this.pool =
        new FixedChannelPool(
            new Bootstrap()
                .group(group)
                .channel(NioDomainSocketChannel.class)
                .remoteAddress(UnixDomainSocketAddress.of(config.socket())),
            new AbstractChannelPoolHandler() {
              @Override
              public void channelCreated(Channel channel) {
                prepare(channel);
              }
            },
            ChannelHealthChecker.ACTIVE,
            AcquireTimeoutAction.FAIL,
            config.timeouts().call().toMillis(),
            CONNECTIONS,
            config.limits().questions());
  }

  private void prepare(Channel channel) {
    open.add(channel);
    channel
        .pipeline()
        .addLast(
            HyperdConnection.codec(),
            new HttpObjectAggregator(config.limits().replyBytes()),
            new QuestionHandler(this::lost));
  }

  private void lost() {
    if (!isClosed) {
      onLost.run();
    }
  }

  CompletableFuture<HyperdReply> ask(HyperdRequest request) {
    return ask(request, CONNECTIONS);
  }

  /** After a restart of hyperd each connection may be closed, and not yet known to be. */
  private CompletableFuture<HyperdReply> ask(HyperdRequest request, int moreTries) {
    return Stages.compose(
        askOnce(request),
        (reply, failure) -> {
          if (reply != null) {
            return CompletableFuture.completedFuture(reply);
          }
          if (!(failure instanceof QuestionHandler.Unanswered)) {
            return CompletableFuture.failedFuture(failure);
          }
          return moreTries > 0
              ? ask(request, moreTries - 1)
              : CompletableFuture.failedFuture(
                  HyperdConnection.unavailable(
                      request, "hyperd closed the connection without an answer"));
        });
  }

  private CompletableFuture<HyperdReply> askOnce(HyperdRequest request) {
    CompletableFuture<HyperdReply> reply = new CompletableFuture<>();
    if (isClosed) {
      reply.completeExceptionally(HyperdConnection.unavailable(request, "the driver is closed"));
      return reply;
    }
    pool.acquire()
        .addListener(
            (Future<Channel> acquired) -> {
              if (acquired.isSuccess() && !isClosed) {
                ask(acquired.getNow(), request, reply);
              } else if (acquired.isSuccess()) {
                acquired.getNow().close();
                pool.release(acquired.getNow());
                reply.completeExceptionally(
                    HyperdConnection.unavailable(request, "the driver is closed"));
              } else {
                lost();
                reply.completeExceptionally(notConnected(request, acquired.cause()));
              }
            });
    return reply;
  }

  private PodDriverException notConnected(HyperdRequest request, Throwable cause) {
    if (cause instanceof TimeoutException) {
      return new PodDriverException(
          Reason.TIMEOUT, request.action() + ": too many questions wait already", cause);
    }
    return new PodDriverException(
        Reason.RUNTIME_UNAVAILABLE,
        isClosed
            ? request.action() + ": the driver is closed"
            : request.action() + ": hyperd does not answer on " + config.socket(),
        cause);
  }

  private void ask(Channel channel, HyperdRequest request, CompletableFuture<HyperdReply> reply) {
    channel
        .eventLoop()
        .execute(
            () -> {
              QuestionHandler handler = channel.pipeline().get(QuestionHandler.class);
              if (handler == null) { // closed since, and taken apart
                reply.completeExceptionally(new QuestionHandler.Unanswered());
                return;
              }
              handler.begin(request, reply);
              channel.writeAndFlush(HyperdConnection.encode(request, HttpHeaderValues.KEEP_ALIVE));
            });
    // The handler has closed a channel by then that is of no more use.
    reply.whenComplete((value, failure) -> pool.release(channel));
  }

  @Override
  public void close() {
    isClosed = true;
    open.close(); // those who wait for a connection get one, to be told that this is closed
  }
}
