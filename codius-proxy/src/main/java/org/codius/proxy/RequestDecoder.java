package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's requests, one at a time: the next is handed on when the last is answered.
 *
 * <p>Inbound: bytes. Outbound from here: a {@link RequestHead}; if it has a body, that in {@link
 * ByteBuf}s and a {@link RequestEnd}. To tell that the answer is complete, {@link ResponseEnd} is
 * written. After an upgrade bytes are handed on as they come. Confined to the channel's event loop.
 */
final class RequestDecoder extends ChannelDuplexHandler {

  private enum State {
    /** Between requests, or in the middle of a head. */
    HEAD,
    BODY,
    /** The request is complete, its answer is not. */
    ANSWER,
    TUNNEL,
    /** The last answer is on its way; what still comes is thrown away. */
    CLOSING
  }

  private final Channel channel;
  private final Limits limits;
  private final Timeouts timeouts;
  private final Watchdog watch;
  private final BodyPace pace;
  private final RequestReader reader;
  private final Client client;
  private final Refusals refusals;
  private final OwnAnswers answers;
  private State state = State.HEAD;
  private @Nullable Body body;
  private @Nullable ByteBuf held;
  private int requests;
  private boolean isDecoding;
  private boolean isAnswering;
  private boolean isInputShut;
  private boolean isDraining;

  RequestDecoder(Channel channel, ProxyConfig config, Client client, Refusals refusals) {
    this.channel = channel;
    this.limits = config.limits();
    this.timeouts = config.timeouts();
    this.watch = new Watchdog(channel.eventLoop(), this::late);
    this.pace = new BodyPace(config, watch);
    this.reader = new RequestReader(limits);
    this.client = client;
    this.refusals = refusals;
    this.answers = new OwnAnswers(config.answerFormat());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (channel.isActive()) {
      watch.set(timeouts.idle());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    watch.set(timeouts.idle());
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    state = State.CLOSING;
    releaseHeld();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf bytes = (ByteBuf) msg;
    held =
        held == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    decode(ctx);
  }

  private void decode(ChannelHandlerContext ctx) {
    if (isDecoding) {
      return; // an answer came while its request was being handed on; the loop below goes on
    }
    isDecoding = true;
    try {
      while (held != null && step(ctx, held)) {
        // as long as there is something to hand on
      }
    } catch (RefusedException e) {
      refuse(ctx, e.refusal());
    } finally {
      isDecoding = false;
    }
    if (held != null) {
      if (held.isReadable()) {
        held = Fitted.toKeep(ctx.alloc(), held);
      } else {
        releaseHeld();
      }
    }
    if (isInputShut && (state == State.HEAD || state == State.BODY)) {
      finish(ctx); // the rest will not come; the answer before is still to be sent
    }
  }

  /** Returns whether it is worth trying again. */
  private boolean step(ChannelHandlerContext ctx, ByteBuf in) throws RefusedException {
    return switch (state) {
      case HEAD -> head(ctx, in);
      case BODY -> body(ctx, in);
      case ANSWER -> {
        if (in.isReadable()) {
          channel.config().setAutoRead(false); // a pipelined request waits its turn
        }
        yield false;
      }
      case TUNNEL -> {
        held = null;
        watch.set(quiet());
        ctx.fireChannelRead(in);
        yield false;
      }
      case CLOSING -> {
        releaseHeld();
        yield false;
      }
    };
  }

  private boolean head(ChannelHandlerContext ctx, ByteBuf in) throws RefusedException {
    boolean wasBegun = reader.isBegun();
    RequestHead head = reader.read(in);
    if (head == null) {
      if (reader.isBegun() && !wasBegun) {
        watch.set(timeouts.head());
      }
      return false;
    }
    isAnswering = false;
    if (++requests == limits.requestsPerConnection()) {
      isDraining = true;
      ctx.fireUserEventTriggered(ProxyInitializer.DRAIN);
    }
    if (head.hasBody()) {
      body = Body.of(head.length(), Body.Form.WIRE, Syntax.REQUEST, limits);
      state = State.BODY;
      pace.begin();
    } else {
      state = State.ANSWER;
      watch.clear();
    }
    ctx.fireChannelRead(head);
    return true;
  }

  private boolean body(ChannelHandlerContext ctx, ByteBuf in) throws RefusedException {
    Body current = body;
    if (current == null) {
      throw new IllegalStateException("no body in state " + state);
    }
    ByteBuf piece = current.read(in);
    if (piece != null) {
      pace.came(piece.readableBytes());
      ctx.fireChannelRead(piece);
    }
    if (state != State.BODY) {
      return true;
    }
    if (current.isComplete()) {
      state = State.ANSWER;
      body = null;
      watch.clear();
      ctx.fireChannelRead(RequestEnd.COMPLETE);
      return true;
    }
    return piece != null;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ResponseEnd end) {
      promise.trySuccess();
      answered(ctx, end);
    } else if (state == State.CLOSING) {
      ReferenceCountUtil.release(msg);
      promise.tryFailure(new ClosedChannelException());
    } else {
      isAnswering = true;
      if (isInputShut || state == State.TUNNEL) {
        watch.set(quiet());
      }
      ctx.write(msg, promise);
    }
  }

  private void answered(ChannelHandlerContext ctx, ResponseEnd end) {
    if (state == State.CLOSING || state == State.TUNNEL) {
      return;
    }
    boolean isLast = isDraining || (isInputShut && held == null);
    if (state != State.ANSWER || end == ResponseEnd.CLOSE || (end == ResponseEnd.KEEP && isLast)) {
      finish(ctx);
      return;
    }
    if (end == ResponseEnd.UPGRADED) {
      state = State.TUNNEL;
      watch.set(quiet());
    } else {
      state = State.HEAD;
      watch.set(timeouts.idle());
    }
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    if (held != null && !isDecoding) {
      decode(ctx);
      ctx.fireChannelReadComplete();
    }
  }

  /** How long nothing may go either way. Who has closed one half may have gone altogether. */
  private Duration quiet() {
    return isInputShut ? timeouts.idle() : timeouts.tunnel();
  }

  /** Answers with a refusal, or cuts the connection if another answer has begun. */
  private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
    if (state == State.BODY) {
      ctx.fireChannelRead(RequestEnd.BROKEN);
      if (isAnswering) {
        refusals.count(refusal.code(), client);
        state = State.CLOSING;
        ctx.close();
        return;
      }
    }
    refusals.count(refusal.code(), client);
    ctx.fireUserEventTriggered(refusal);
    ctx.write(answers.refusal(ctx.alloc(), refusal, null, false));
    finish(ctx);
  }

  /**
   * Closes the connection after what was written; only our half of it at first, since a reset, if
   * the client is still sending, would take the answer away from it (RFC 9112 §9.6).
   */
  private void finish(ChannelHandlerContext ctx) {
    state = State.CLOSING;
    releaseHeld();
    watch.set(timeouts.write());
    if (isInputShut || !(channel instanceof DuplexChannel duplex)) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.config().setAutoRead(true);
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              watch.set(timeouts.linger());
              HalfClose.of(duplex);
            });
  }

  private void late() {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (ctx == null) {
      return;
    }
    if (state == State.BODY && !channel.config().isAutoRead()) {
      pace.begin(); // it is not the client who keeps us waiting
    } else if (state == State.BODY || (state == State.HEAD && reader.isBegun())) {
      refuse(ctx, Refusal.requestTimeout());
    } else {
      ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ProxyInitializer.DRAIN) {
      isDraining = true;
      if ((state == State.HEAD && !reader.isBegun()) || state == State.TUNNEL) {
        ctx.close(); // nothing is under way, or nothing that ends by itself
        return;
      }
    }
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      isInputShut = true;
      if (state != State.ANSWER && state != State.TUNNEL) {
        ctx.close(); // nothing more can come, and nothing waits for an answer
        return;
      }
      watch.set(quiet());
    }
    ctx.fireUserEventTriggered(event);
  }

  private void releaseHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
