package org.codius.daemon.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;

/**
 * Sends one request once the connection is up, and keeps its answer.
 *
 * <p>Inbound: one {@link FullHttpResponse}. Confined to the channel's event loop.
 */
final class PeerAnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {

  private final PeerUri peer;
  private final FullHttpRequest request;
  private final CompletableFuture<JsonNode> answer;

  PeerAnswerHandler(PeerUri peer, FullHttpRequest request, CompletableFuture<JsonNode> answer) {
    this.peer = peer;
    this.request = request;
    this.answer = answer;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(request).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (!response.status().equals(HttpResponseStatus.OK)) {
      throw new PeerException(peer + ": answered " + response.status());
    }
    answer.complete(PeerClient.parse(peer, response.content().toString(UTF_8)));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answer.completeExceptionally(new PeerException(peer + ": hung up"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    answer.completeExceptionally(cause);
  }
}
