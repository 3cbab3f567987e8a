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

/**
 * A connection to a pod: sends requests, reads their answers, waits in the pool in between.
 *
 * <p>Confined to the event loop of the client it serves.
 */
final class PodConnection extends ChannelInboundHandlerAdapter {

  private enum State {
    /** In the pool, or not in use yet. */
    IDLE,
    HEAD,
    BODY,
    TUNNEL
  }

  private final String label;
  private final InetSocketAddress pod;
  private final PodPool pool;
  private final ProxyConfig.Limits limits;
  private final ProxyConfig.Timeouts timeouts;
  private final Channel channel;
  private final Watchdog watch;
  private final HeadScanner scanner;
  private State state = State.IDLE;
  private @Nullable PodExchange exchange;
  private @Nullable Body body;
  private @Nullable ByteBuf held;
  private boolean isAnswerReusable;
  private boolean isReused;
  private boolean isFailed;

  PodConnection(
      String label, InetSocketAddress pod, PodPool pool, ProxyConfig config, Channel channel) {
    this.label = label;
    this.pod = pod;
    this.pool = pool;
    this.limits = config.limits();
    this.timeouts = config.timeouts();
    this.channel = channel;
    this.watch = new Watchdog(channel.eventLoop(), this::late);
    this.scanner = new HeadScanner(Syntax.ANSWER, limits.podHead(), limits.podHead());
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

  boolean isOpen() {
    return channel.isOpen();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Takes the connection into use. */
  void begin(PodExchange next) {
    exchange = next;
    state = State.HEAD;
    watch.set(timeouts.answer());
  }

  /** Tells how the connection attempt ended. */
  void connected(ChannelFuture attempt) {
    if (attempt.isSuccess()) {
      channel.flush();
    } else if (exchange != null) {
      PodExchange failed = exchange;
      exchange = null;
      watch.close();
      failed.connectFailed(attempt.cause());
    }
  }

  /** Writes bytes of a request; before the connection stands they wait, as they do unflushed. */
  void write(ByteBuf bytes) {
    if (state == State.HEAD) {
      watch.set(timeouts.answer());
    }
    channel.write(bytes);
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
    exchange = null;
    channel.close();
  }

  /** Waits in the pool. */
  void rest() {
    state = State.IDLE;
    isReused = true;
    watch.set(timeouts.podIdle());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf bytes = (ByteBuf) msg;
    if (exchange == null) {
      bytes.release();
      ctx.close(); // nobody asked
      return;
    }
    held =
        held == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    try {
      while (held != null && exchange != null && step(exchange, held)) {
        // as long as there is something to pass on
      }
    } catch (RefusedException e) {
      fail(e.refusal().message());
    }
    if (held != null && (exchange == null || !held.isReadable())) {
      releaseHeld();
    }
  }

  /** Returns whether it is worth trying again. */
  private boolean step(PodExchange current, ByteBuf in) throws RefusedException {
    return switch (state) {
      case HEAD -> head(current, in);
      case BODY -> body(current, in);
      case TUNNEL -> {
        held = null;
        current.answerBody(in);
        yield false;
      }
      case IDLE -> false;
    };
  }

  private boolean head(PodExchange current, ByteBuf in) throws RefusedException {
    if (!in.isReadable()) {
      return false;
    }
    int length = scanner.scan(in);
    if (length < 0) {
      return false;
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    RequestHead request = current.request();
    AnswerHead head = AnswerHead.parse(bytes, request, limits.fields());
    if (head.isInterim()) {
      current.interim(head);
      return true;
    }
    if (head.isSwitch()) {
      if (request.upgrade() == null) {
        throw Syntax.ANSWER.bad("it upgrades the connection unasked");
      }
      state = State.TUNNEL;
      watch.clear();
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      current.switched(head);
      return true;
    }
    isAnswerReusable = head.isReusable();
    current.answer(head, in.readableBytes());
    if (head.length() == 0) {
      complete(current, in);
      return false;
    }
    state = State.BODY;
    watch.set(timeouts.answerBody());
    body =
        Body.of(
            head.length(),
            request.isHttp11() ? Body.Form.WIRE : Body.Form.DATA,
            Syntax.ANSWER,
            limits);
    return true;
  }

  private boolean body(PodExchange current, ByteBuf in) throws RefusedException {
    Body reading = body;
    if (reading == null) {
      throw new IllegalStateException("no body");
    }
    ByteBuf piece = reading.read(in);
    if (piece != null) {
      current.answerBody(piece);
    }
    if (exchange != current) {
      return false;
    }
    if (reading.isComplete()) {
      complete(current, in);
      return false;
    }
    watch.set(timeouts.answerBody());
    return piece != null;
  }

  private void complete(PodExchange current, ByteBuf rest) {
    boolean isReusable = isAnswerReusable && !rest.isReadable() && current.isRequestComplete();
    exchange = null;
    body = null;
    releaseHeld();
    read(true);
    if (isReusable) {
      pool.give(this);
    } else {
      watch.close();
      channel.close();
    }
    current.complete();
  }

  private void fail(String reason) {
    PodExchange current = exchange;
    exchange = null;
    channel.close();
    if (current != null) {
      current.broken(reason, false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.flushAnswer();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && channel.isWritable()) {
      exchange.podWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && exchange != null) {
      exchange.podShut();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    pool.remove(this);
    boolean isUnanswered = state == State.HEAD && held == null;
    releaseHeld();
    PodExchange current = exchange;
    exchange = null;
    if (current == null) {
      return;
    }
    if (state == State.TUNNEL) {
      current.tunnelEnded();
    } else if (state == State.BODY && !isFailed && body instanceof Body.EndlessBody) {
      current.complete();
    } else {
      current.broken("it closed the connection", isUnanswered);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    isFailed = true;
    if (cause instanceof IOException) {
      ctx.close();
    } else {
      fail("the proxy failed on it");
      ctx.fireExceptionCaught(cause);
    }
  }

  private void late() {
    PodExchange current = exchange;
    if (current != null && !channel.config().isAutoRead()) {
      watch.set(timeouts.answerBody()); // it is the client who keeps us waiting
      return;
    }
    exchange = null;
    channel.close();
    if (current != null) {
      current.timedOut();
    }
  }

  private void releaseHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
