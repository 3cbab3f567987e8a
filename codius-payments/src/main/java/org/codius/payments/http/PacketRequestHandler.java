package org.codius.payments.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.codius.payments.PacketHandler;
import org.codius.payments.btp.FailedLogins;
import org.codius.payments.ilp.IlpCodec;
import org.codius.payments.ilp.OerException;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers POSTed Prepares, one at a time per connection.
 *
 * <p>Inbound: {@link FullHttpRequest}. Outbound: 200 with a Fulfill or Reject; 401 for a wrong
 * token, 404 and 405 for anything but the POST, 400 for what is no Prepare, each with an empty
 * body. Confined to the channel's event loop.
 */
final class PacketRequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(PacketRequestHandler.class);

  private final String path;
  private final BearerToken token;
  private final PacketHandler onPrepare;
  private final Semaphore places;
  private final FailedLogins failures;
  private boolean isAnswering;

  /**
   * Answers nothing yet.
   *
   * @param places how many Prepares may be under way at once, all connections together
   */
  PacketRequestHandler(
      String path,
      BearerToken token,
      PacketHandler onPrepare,
      Semaphore places,
      FailedLogins failures) {
    this.path = path;
    this.token = token;
    this.onPrepare = onPrepare;
    this.places = places;
    this.failures = failures;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (isAnswering) {
      ctx.close(); // a pipelined request; no client we know sends one
      return;
    }
    boolean isKeptAlive = HttpUtil.isKeepAlive(request);
    if (!token.isIn(request.headers().getAll(HttpHeaderNames.AUTHORIZATION))) {
      failures.add(ctx.channel().remoteAddress());
      send(ctx, HttpResponseStatus.UNAUTHORIZED, Unpooled.EMPTY_BUFFER, false);
    } else if (!request.uri().equals(path)) {
      send(ctx, HttpResponseStatus.NOT_FOUND, Unpooled.EMPTY_BUFFER, isKeptAlive);
    } else if (!request.method().equals(HttpMethod.POST)) {
      send(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, Unpooled.EMPTY_BUFFER, isKeptAlive);
    } else {
      InterledgerPreparePacket prepare = prepareIn(request);
      if (prepare == null) {
        send(ctx, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER, isKeptAlive);
      } else {
        answer(ctx, prepare, isKeptAlive);
      }
    }
  }

  private static @Nullable InterledgerPreparePacket prepareIn(FullHttpRequest request) {
    try {
      InterledgerPacket packet = IlpCodec.read(request.content());
      return packet instanceof InterledgerPreparePacket prepare && !request.content().isReadable()
          ? prepare
          : null;
    } catch (OerException e) {
      log.debug("unreadable packet: {}", e.getMessage());
      return null;
    }
  }

  private void answer(
      ChannelHandlerContext ctx, InterledgerPreparePacket prepare, boolean isKeptAlive) {
    if (!places.tryAcquire()) {
      send(
          ctx,
          Rejects.of(InterledgerErrorCode.T03_CONNECTOR_BUSY, "too many packets from this peer"),
          isKeptAlive);
      return;
    }
    isAnswering = true;
    answerTo(prepare)
        .whenComplete(
            (response, e) -> {
              places.release();
              finish(ctx, response, e, isKeptAlive);
            });
  }

  private CompletionStage<InterledgerResponsePacket> answerTo(InterledgerPreparePacket prepare) {
    try {
      return onPrepare.handle(prepare);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e); // it broke its word; the peer gets an answer still
    }
  }

  private void finish(
      ChannelHandlerContext ctx,
      InterledgerResponsePacket response,
      @Nullable Throwable failure,
      boolean isKeptAlive) {
    if (failure != null) {
      log.warn("packet handler failed", failure);
    }
    InterledgerResponsePacket answer =
        failure == null
            ? response
            : Rejects.of(InterledgerErrorCode.T00_INTERNAL_ERROR, "internal error");
    try {
      ctx.executor()
          .execute(
              () -> {
                isAnswering = false;
                send(ctx, answer, isKeptAlive)
                    .addListener(
                        written -> {
                          if (written.isSuccess() && failure == null) {
                            onPrepare.sent(answer);
                          }
                        });
              });
    } catch (RejectedExecutionException e) {
      log.debug("answer dropped: the event loop has ended");
    }
  }

  private static ChannelFuture send(
      ChannelHandlerContext ctx, InterledgerResponsePacket response, boolean isKeptAlive) {
    ByteBuf body = ctx.alloc().buffer();
    boolean isWritten = false;
    try {
      IlpCodec.write(body, response);
      isWritten = true;
    } catch (IllegalArgumentException e) {
      log.warn("packet handler answered what cannot be sent", e);
    } finally {
      if (!isWritten) {
        body.clear();
        IlpCodec.write(body, Rejects.of(InterledgerErrorCode.T00_INTERNAL_ERROR, "internal error"));
      }
    }
    return send(ctx, HttpResponseStatus.OK, body, isKeptAlive);
  }

  private static ChannelFuture send(
      ChannelHandlerContext ctx, HttpResponseStatus status, ByteBuf body, boolean isKeptAlive) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    if (status.equals(HttpResponseStatus.OK)) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, IlpHttp.CONTENT_TYPE);
    } else if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    if (isKeptAlive) {
      return ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  /** Hangs up on a peer that neither sends a request nor waits for an answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !isAnswering) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection broke peer={}", ctx.channel().remoteAddress(), cause);
    ctx.close();
  }
}
