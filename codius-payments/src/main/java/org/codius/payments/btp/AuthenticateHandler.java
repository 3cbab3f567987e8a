package org.codius.payments.btp;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.payments.PacketHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a peer name itself (RFC 23 §Authentication), and makes way for the link if the door opens.
 *
 * <p>A peer that does not name itself in time is dropped, from the first byte on. Confined to the
 * channel's event loop.
 */
final class AuthenticateHandler extends SimpleChannelInboundHandler<BtpPacket> {

  private static final Logger log = LoggerFactory.getLogger(AuthenticateHandler.class);

  private final BtpDoor door;
  private final BtpLinkHandler link;
  private final FailedLogins failures;
  private final InstantSource clock;
  private final Duration timeout;
  private @Nullable Future<?> timer;
  private boolean isAsked;

  AuthenticateHandler(
      BtpDoor door,
      BtpLinkHandler link,
      FailedLogins failures,
      InstantSource clock,
      Duration timeout) {
    this.door = door;
    this.link = link;
    this.failures = failures;
    this.clock = clock;
    this.timeout = timeout;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  log.debug("not authenticated in time peer={}", ctx.channel().remoteAddress());
                  ctx.close();
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, BtpPacket packet) {
    if (!(packet instanceof BtpPacket.Message message)
        || message.find(ProtocolData.AUTH).isEmpty()) {
      refuse(ctx, packet, "authenticate first");
      return;
    }
    String user = message.find(ProtocolData.AUTH_USERNAME).map(ProtocolData::asText).orElse("");
    String token = message.find(ProtocolData.AUTH_TOKEN).map(ProtocolData::asText).orElse("");
    if (isAsked) {
      refuse(ctx, packet, "authenticate once");
      return;
    }
    isAsked = true;
    door.open(link, user, token)
        .whenComplete(
            (answerer, e) ->
                onLoop(
                    ctx,
                    e == null ? () -> letIn(ctx, packet, answerer) : () -> putOff(ctx, packet, e)));
  }

  private static void onLoop(ChannelHandlerContext ctx, Runnable task) {
    if (ctx.executor().inEventLoop()) {
      task.run();
      return;
    }
    try {
      ctx.executor().execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("nobody let in: the event loop has ended");
    }
  }

  private void letIn(
      ChannelHandlerContext ctx, BtpPacket packet, Optional<PacketHandler> answerer) {
    if (ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    if (answerer.isEmpty()) {
      refuse(ctx, packet, "invalid auth_username or auth_token");
      return;
    }
    link.onPrepare(answerer.get());
    ctx.writeAndFlush(new BtpPacket.Response(packet.requestId(), List.of()))
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    ctx.pipeline().replace(this, "link", link);
  }

  private void putOff(ChannelHandlerContext ctx, BtpPacket packet, Throwable failure) {
    log.warn("not let in peer={}", ctx.channel().remoteAddress(), failure);
    close(ctx, BtpPacket.Failure.unreachable(packet.requestId(), clock.instant()));
  }

  private void refuse(ChannelHandlerContext ctx, BtpPacket packet, String why) {
    log.debug("not let in peer={}: {}", ctx.channel().remoteAddress(), why);
    failures.add(ctx.channel().remoteAddress());
    close(ctx, BtpPacket.Failure.notAccepted(packet.requestId(), clock.instant(), why));
  }

  private static void close(ChannelHandlerContext ctx, BtpPacket lastWord) {
    ctx.writeAndFlush(lastWord).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection broke peer={}", ctx.channel().remoteAddress(), cause);
    ctx.close();
  }
}
