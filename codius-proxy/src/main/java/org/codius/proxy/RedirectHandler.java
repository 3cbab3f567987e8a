package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.CharBuffer;

/**
 * Sends every client to the same place by {@code https}.
 *
 * <p>Inbound: {@link RequestHead}s. Outbound: bytes and a {@link ResponseEnd}. Confined to the
 * channel's event loop.
 */
final class RedirectHandler extends ChannelInboundHandlerAdapter {

  private static final int HTTPS = 443;

  private final int port;
  private final OwnAnswers answers;

  /**
   * @param port where {@code https} is served
   */
  RedirectHandler(int port, OwnAnswers answers) {
    this.port = port;
    this.answers = answers;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof RequestHead head)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    boolean isKept = head.keepsAlive() && !head.hasBody();
    if (head.host().value().isEmpty() || head.target().equals("*")) {
      Refusal refusal = Refusal.badRequest("this port only tells where the same is by https");
      ctx.write(answers.refusal(ctx.alloc(), refusal, head, isKept));
    } else {
      ctx.write(ByteBufUtil.encodeString(ctx.alloc(), redirect(head, isKept), US_ASCII));
    }
    ctx.write(isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    ctx.flush();
  }

  /** 308 keeps method and body (RFC 9110 §15.4.9). */
  private CharBuffer redirect(RequestHead head, boolean isKept) {
    String authority = port == HTTPS ? head.host().name() : head.host().name() + ":" + port;
    return CharBuffer.wrap(
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://"
            + authority
            + head.target()
            + "\r\nContent-Length: 0\r\n"
            + (isKept
                ? head.protocol() == Protocol.HTTP_1_0 ? "Connection: keep-alive\r\n" : ""
                : "Connection: close\r\n")
            + "Date: "
            + DateField.now().value()
            + "\r\n\r\n");
  }
}
