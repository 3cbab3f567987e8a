package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import org.codius.proxy.StreamHead.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the request of an HTTP/2 stream.
 *
 * <p>Inbound: {@link Http2HeadersFrame}, {@link Http2DataFrame}s. Outbound from here, as from
 * {@link RequestDecoder}: a {@link RequestHead}; if it has a body, that in {@link ByteBuf}s, in
 * chunks if it is of unknown length, and a {@link RequestEnd}. Confined to the channel's event
 * loop.
 */
final class StreamDecoder extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(StreamDecoder.class);

  private enum State {
    HEAD,
    BODY,
    COMPLETE
  }

  private final Channel channel;
  private final ProxyConfig config;
  private final StreamEncoder encoder;
  private final Client client;
  private final Refusals refusals;
  private final OwnAnswers answers;
  private final Watchdog watch;
  private final BodyPace pace;
  private State state = State.HEAD;
  private boolean hasBody;
  private boolean isInChunks;
  private boolean isCounted;
  private long left;

  /**
   * @param encoder writes the answers of the same stream
   */
  StreamDecoder(
      Channel channel,
      ProxyConfig config,
      StreamEncoder encoder,
      Client client,
      Refusals refusals) {
    this.client = client;
    this.refusals = refusals;
    this.answers = new OwnAnswers(config.answerFormat());
    this.channel = channel;
    this.config = config;
    this.encoder = encoder;
    this.watch = new Watchdog(channel.eventLoop(), this::late);
    this.pace = new BodyPace(config, watch);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    try {
      if (msg instanceof Http2HeadersFrame frame) {
        if (state == State.HEAD) {
          head(ctx, frame);
        } else if (state == State.BODY) {
          trailers(ctx, frame);
        }
      } else if (msg instanceof Http2DataFrame frame && state == State.BODY) {
        data(ctx, frame);
      }
    } catch (RefusedException e) {
      refuse(ctx, e.refusal());
    } catch (MalformedException e) {
      reset(ctx, e);
    } finally {
      ReferenceCountUtil.release(msg);
    }
  }

  private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame)
      throws RefusedException, MalformedException {
    byte[] bytes = StreamHead.write(frame.headers(), frame.isEndStream(), config.limits());
    RequestHead head =
        RequestParser.parseTranslated(bytes, config.limits().fields() + 2, Host.NONE);
    if (frame.isEndStream()) {
      if (head.hasBody()) {
        throw new MalformedException("content-length without content");
      }
      state = State.COMPLETE;
      encoder.requestComplete();
      ctx.fireChannelRead(head);
      return;
    }
    hasBody = head.hasBody();
    isCounted = head.length() != Body.CHUNKED;
    left = Math.max(0, head.length());
    isInChunks = !isCounted;
    state = State.BODY;
    pace.begin();
    ctx.fireChannelRead(head);
  }

  private void data(ChannelHandlerContext ctx, Http2DataFrame frame) throws MalformedException {
    int length = frame.content().readableBytes();
    if (isCounted && (length > left || (frame.isEndStream() && length < left))) {
      throw new MalformedException("content-length is not the content's length");
    }
    left -= length;
    pace.came(length);
    if (length > 0) {
      ByteBuf content = frame.content().retain();
      if (isInChunks) {
        Chunks.wrap(ctx.alloc(), content, ctx::fireChannelRead);
      } else {
        ctx.fireChannelRead(content);
      }
    }
    if (frame.isEndStream()) {
      complete(ctx, new byte[0]);
    }
  }

  private void trailers(ChannelHandlerContext ctx, Http2HeadersFrame frame)
      throws RefusedException, MalformedException {
    byte[] lines = StreamHead.writeTrailers(frame.headers(), config.limits());
    if (!frame.isEndStream() || (isCounted && left > 0)) {
      throw new MalformedException("trailers before the end");
    }
    complete(ctx, lines);
  }

  private void complete(ChannelHandlerContext ctx, byte[] trailers) {
    state = State.COMPLETE;
    encoder.requestComplete();
    watch.close();
    if (isInChunks) {
      ctx.fireChannelRead(Chunks.last(trailers));
    }
    if (hasBody) {
      ctx.fireChannelRead(RequestEnd.COMPLETE);
    }
  }

  /** Answers with a refusal, or resets the stream if another answer has begun. */
  private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
    refusals.count(refusal.code(), client);
    if (state == State.BODY) {
      ctx.fireChannelRead(RequestEnd.BROKEN);
    }
    ctx.fireUserEventTriggered(refusal);
    if (encoder.isBegun()) {
      ctx.close();
    } else {
      ctx.write(answers.refusal(ctx.alloc(), refusal, null, true));
      ctx.write(ResponseEnd.CLOSE);
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
    state = State.COMPLETE;
  }

  private void reset(ChannelHandlerContext ctx, MalformedException e) {
    refusals.count(Refusals.MALFORMED_STREAM, client);
    log.debug("stream reset client={} reason={}", client, e.getMessage());
    if (state == State.BODY) {
      ctx.fireChannelRead(RequestEnd.BROKEN);
    }
    state = State.COMPLETE;
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception error) {
      // who told us goes on to reset the stream with the reason
      refusals.count(Refusals.HTTP2 + error.error(), client);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  private void late() {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (ctx == null) {
      return;
    }
    if (!channel.config().isAutoRead()) {
      pace.begin(); // it is not the client who keeps us waiting
    } else {
      refuse(ctx, Refusal.requestTimeout());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    ctx.fireChannelInactive();
  }
}
