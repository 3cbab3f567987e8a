package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a pod: sends requests, reads their answers, waits in the pool in between.
 *
 * <p>Confined to the event loop of the client it serves.
 */
final class PodConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(PodConnection.class);

  private final String label;
  private final InetSocketAddress pod;
  private final PodPool pool;
  private final ProxyConfig config;
  private final PodTimeouts timeouts;
  private final Channel channel;
  private final Watchdog watch;
  private final long oldAt;

  /** Reads the answer that is awaited, or null while the connection is kept for later. */
  private @Nullable AnswerReader reader;

  private @Nullable ByteBuf held;
  private boolean isReused;
  private boolean isFailed;

  PodConnection(
      String label, InetSocketAddress pod, PodPool pool, ProxyConfig config, Channel channel) {
    this.label = label;
    this.pod = pod;
    this.pool = pool;
    this.config = config;
    this.timeouts = config.podTimeouts();
    this.channel = channel;
    this.watch = new Watchdog(channel.eventLoop(), this::late);
    this.oldAt = System.nanoTime() + timeouts.age().toNanos();
  }

  String label() {
    return label;
  }

  InetSocketAddress pod() {
    return pod;
  }

  /** Whether an earlier exchange used it, so that the pod may have closed it meanwhile. */
  boolean isReused() {
    return isReused;
  }

  /** Whether it may be kept for another request. */
  boolean isYoung() {
    return System.nanoTime() - oldAt < 0;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Takes the connection into use. Waiting for an answer begins with what is written next. */
  void begin(PodExchange next) {
    reader = new AnswerReader(next, config);
  }

  /** Tells how the connection attempt ended. */
  void connected(ChannelFuture attempt) {
    if (attempt.isSuccess()) {
      channel.flush();
    } else if (reader != null) {
      PodExchange failed = reader.exchange();
      reader = null;
      watch.close();
      failed.connectFailed(attempt.cause());
    }
  }

  /** Writes bytes of a request; before the connection stands they wait, as they do unflushed. */
  void write(ByteBuf bytes) {
    if (reader != null && reader.stage() == AnswerReader.Stage.HEAD) {
      watch.set(timeouts.answer());
    }
    ByteBuf fitted = Fitted.toWrite(channel, bytes);
    channel.write(fitted, channel.unsafe().voidPromise()); // what fails shows by its end
  }

  void flush() {
    if (channel.isActive()) {
      channel.flush();
    }
  }

  /** Reads on, or stops while the client takes nothing. */
  void read(boolean isOn) {
    if (channel.config().isAutoRead() != isOn) {
      channel.config().setAutoRead(isOn);
    }
  }

  /** Ends our half once all is written. */
  void shutdownOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> ((DuplexChannel) channel).shutdownOutput());
  }

  /** Gives the connection up, whatever it is doing; the exchange hears no more of it. */
  void abandon() {
    reader = null;
    channel.close();
  }

  /** Waits in the pool. */
  void rest() {
    isReused = true;
    watch.set(timeouts.idle());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf bytes = (ByteBuf) msg;
    AnswerReader reading = reader;
    if (reading == null) {
      bytes.release();
      ctx.close(); // nobody asked
      return;
    }
    ByteBuf in =
        held == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    held = in;
    try {
      reading.read(in);
    } catch (RefusedException e) {
      fail(e.refusal().message());
    }
    if (reader == reading) {
      progressed(reading, in);
    }
    ByteBuf rest = held; // not in: once the answer is complete that may be a buffer of others
    if (rest == null) {
      return;
    }
    if (reader == null || !rest.isReadable()) {
      releaseHeld();
    } else {
      held = Fitted.toKeep(ctx.alloc(), rest);
    }
  }

  private void progressed(AnswerReader reading, ByteBuf in) {
    switch (reading.stage()) {
      case HEAD -> {}
      case BODY -> watch.set(timeouts.answerBody());
      case COMPLETE -> complete(reading, in);
      case TUNNEL -> {
        watch.clear();
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      }
    }
  }

  /**
   * Keeps the connection, but never one that a body went to: a pod may answer without reading it,
   * as one may that expects none with a GET or did not say 100 first, and would then take it for
   * the next request. Keeping it would save no connection, since a request with a body gets a new
   * one.
   */
  private void complete(AnswerReader reading, ByteBuf rest) {
    PodExchange exchange = reading.exchange();
    boolean isReusable =
        reading.isReusable() && !rest.isReadable() && !exchange.request().hasBody();
    reader = null;
    releaseHeld();
    read(true);
    if (isReusable) {
      pool.give(this);
    } else {
      watch.close();
      channel.close();
    }
    exchange.complete();
  }

  private void fail(String reason) {
    AnswerReader failed = reader;
    reader = null;
    channel.close();
    if (failed != null) {
      failed.exchange().broken(reason, false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reader != null) {
      reader.exchange().flushAnswer();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (reader != null && channel.isWritable()) {
      reader.exchange().podWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && reader != null) {
      reader.exchange().podShut();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    pool.remove(this);
    boolean isUnanswered = held == null;
    releaseHeld();
    AnswerReader ended = reader;
    reader = null;
    if (ended == null) {
      return;
    }
    PodExchange exchange = ended.exchange();
    if (ended.stage() == AnswerReader.Stage.TUNNEL) {
      exchange.tunnelEnded();
    } else if (ended.isEndedByClose() && !isFailed) {
      exchange.complete();
    } else {
      exchange.broken("it closed the connection", isUnanswered);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    isFailed = true;
    if (cause instanceof IOException) {
      ctx.close();
    } else {
      log.warn("answer failed hash={}", label, cause);
      fail("the proxy failed on it");
    }
  }

  private void late() {
    AnswerReader waiting = reader;
    if (waiting != null && !channel.config().isAutoRead()) {
      watch.set(timeouts.answerBody()); // it is the client who keeps us waiting
      return;
    }
    reader = null;
    channel.close();
    if (waiting != null) {
      waiting.exchange().timedOut();
    }
  }

  private void releaseHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
