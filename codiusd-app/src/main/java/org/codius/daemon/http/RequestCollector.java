package org.codius.daemon.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;

/** Collects a request with its body, up to 1 MiB as in the original. */
public final class RequestCollector extends HttpObjectAggregator {

  private static final int MAXIMUM = 1_048_576;

  private static final ApiResponse.Whole TOO_LARGE =
      ApiResponse.error(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "Payload content length greater than maximum allowed: " + MAXIMUM,
          "BODY_TOO_LARGE",
          "A manifest must fit in 1 MiB.");

  public RequestCollector() {
    super(MAXIMUM);
  }

  /** Says why, where the client asks before it sends a body, and the answer is no. */
  @Override
  protected Object newContinueResponse(HttpMessage start, int maximum, ChannelPipeline pipeline) {
    Object answer = super.newContinueResponse(start, maximum, pipeline);
    if (answer instanceof FullHttpResponse refusal
        && refusal.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)) {
      refusal.release();
      return Responses.of(ByteBufAllocator.DEFAULT, (HttpRequest) start, TOO_LARGE);
    }
    return answer;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    if (oversized instanceof HttpRequest request) {
      HttpUtil.setKeepAlive(request, false); // what is left of the body is not read
      Responses.send(ctx, request, TOO_LARGE);
    }
  }
}
