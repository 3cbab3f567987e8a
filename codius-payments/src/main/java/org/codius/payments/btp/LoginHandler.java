package org.codius.payments.btp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.codius.payments.PaymentException;

/**
 * Names us to the peer once the WebSocket is open (RFC 23 §Authentication), and makes way for the
 * link once the peer has agreed.
 *
 * <p>Confined to the channel's event loop.
 */
final class LoginHandler extends SimpleChannelInboundHandler<BtpPacket> {

  private final BtpAddress address;
  private final int requestId;
  private final BtpLinkHandler link;
  private final CompletableFuture<BtpLinkHandler> done;

  /**
   * Logs in with the user and token of {@code address}.
   *
   * @param done completed with {@code link}, or with a {@link PaymentException}
   */
  LoginHandler(
      BtpAddress address,
      int requestId,
      BtpLinkHandler link,
      CompletableFuture<BtpLinkHandler> done) {
    this.address = address;
    this.requestId = requestId;
    this.link = link;
    this.done = done;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      ctx.writeAndFlush(
          new BtpPacket.Message(
              requestId,
              List.of(
                  ProtocolData.octets(ProtocolData.AUTH, new byte[0]),
                  ProtocolData.text(ProtocolData.AUTH_USERNAME, address.user()),
                  ProtocolData.text(ProtocolData.AUTH_TOKEN, address.token()))));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, BtpPacket packet) {
    if (packet instanceof BtpPacket.Response && packet.requestId() == requestId) {
      ctx.pipeline().replace(this, "link", link);
      done.complete(link);
    } else if (packet instanceof BtpPacket.Failure failure) {
      fail(ctx, "refused us: " + failure.name() + " " + failure.text());
    } else {
      fail(ctx, "spoke before it had let us in");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, "hung up before it had let us in");
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    done.completeExceptionally(
        new PaymentException("connect to " + address + ": " + cause.getMessage(), cause));
    ctx.close();
  }

  private void fail(ChannelHandlerContext ctx, String why) {
    done.completeExceptionally(new PaymentException("connect to " + address + ": " + why));
    ctx.close();
  }
}
