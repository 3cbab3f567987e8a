package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes one response of the progress of a pull: its body is the {@code error} that was among the
 * progress, or empty, as then the pull succeeded.
 *
 * <p>The progress is a JSON object per line, under status 200 even if it ends in an error. A
 * response of another status keeps its body. Confined to the channel's event loop.
 */
final class PullProgressAggregator extends MessageToMessageDecoder<HttpObject> {

  private final int maxLineBytes;
  private final Consumer<JsonNode> progress;
  private final ByteBuf line = Unpooled.buffer();
  private HttpResponseStatus status = HttpResponseStatus.OK;
  private String error = "";

  PullProgressAggregator(int maxLineBytes, Consumer<JsonNode> progress) {
    this.maxLineBytes = maxLineBytes;
    this.progress = progress;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, HttpObject message, List<Object> out) {
    if (message instanceof HttpResponse response) {
      status = response.status();
    }
    if (message instanceof HttpContent content) {
      take(content.content());
    }
    if (message instanceof LastHttpContent) {
      endLine();
      out.add(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(error, StandardCharsets.UTF_8)));
    }
  }

  private void take(ByteBuf bytes) {
    while (bytes.isReadable()) {
      byte next = bytes.readByte();
      if (next == '\n' && status.code() == 200) {
        endLine();
      } else if (line.readableBytes() == maxLineBytes) {
        throw new TooLongFrameException("progress line: more than " + maxLineBytes + " bytes");
      } else {
        line.writeByte(next);
      }
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.clear();
    if (status.code() != 200) {
      error = text;
      return;
    }
    JsonNode json = Json.parse(text);
    progress.accept(json);
    JsonNode message = json.path("error");
    if (!message.isMissingNode()) {
      error = message.asText().isEmpty() ? "error without a text" : message.asText();
    }
  }
}
