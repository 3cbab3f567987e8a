package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts requests and their answers, and tells the access log of them.
 *
 * <p>Passes everything in either direction. Confined to the channel's event loop.
 */
final class MeterHandler extends ChannelDuplexHandler {

  private static final Logger log = LoggerFactory.getLogger(MeterHandler.class);
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int SWITCHING = 101;

  private final TrafficCounters counters;
  private final AccessLog accessLog;
  private final Client client;
  private @Nullable RequestHead request;
  private @Nullable TrafficCounter pod;
  private long begunAt;
  private long answeredAt;
  private int status;
  private long received;
  private long sent;

  MeterHandler(TrafficCounters counters, AccessLog accessLog, Client client) {
    this.counters = counters;
    this.accessLog = accessLog;
    this.client = client;
  }

  /** Is told that the request is for a pod that is there. */
  void routed(String label) {
    pod = counters.of(label);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof RequestHead head) {
      begin(head);
    } else if (msg instanceof ByteBuf bytes) {
      received += bytes.readableBytes();
    }
    ctx.fireChannelRead(msg);
  }

  private void begin(@Nullable RequestHead head) {
    request = head;
    pod = null;
    begunAt = System.nanoTime();
    answeredAt = begunAt;
    status = 0;
    received = 0;
    sent = 0;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes) {
      sent += bytes.readableBytes();
      if (status == 0) {
        status(bytes);
      }
    }
    boolean isEnd = msg instanceof ResponseEnd && msg != ResponseEnd.UPGRADED;
    if (isEnd) {
      end();
    }
    ctx.write(msg, promise); // after an answer's end this may bring the next request
  }

  /** Reads the status off the first bytes of an answer. An interim one does not count. */
  private void status(ByteBuf head) {
    if (head.readableBytes() < STATUS_AT + 3) {
      return;
    }
    int code = 0;
    for (int i = 0; i < 3; i++) {
      code = 10 * code + (head.getByte(head.readerIndex() + STATUS_AT + i) - '0');
    }
    if (code >= 200 || code == SWITCHING) {
      status = code;
      answeredAt = System.nanoTime();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Refusal refusal) {
      if (request == null) {
        begin(null);
      }
      if (status == 0) {
        status = refusal.status().code();
        answeredAt = System.nanoTime();
      }
      end();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (request != null) {
      end();
    }
    ctx.fireChannelInactive();
  }

  private void end() {
    RequestHead ended = request;
    request = null;
    long waited = answeredAt - begunAt;
    counters.total().add(status, received, sent, waited);
    if (pod != null) {
      pod.add(status, received, sent, waited);
    }
    if (accessLog != AccessLog.OFF) {
      tell(ended);
    }
  }

  private void tell(@Nullable RequestHead ended) {
    Access access =
        new Access(
            client.toString(),
            ended == null ? "" : ended.method(),
            ended == null ? "" : ended.host().value(),
            ended == null ? "" : ended.target(),
            status,
            received,
            sent,
            Duration.ofNanos(answeredAt - begunAt),
            Duration.ofNanos(System.nanoTime() - begunAt));
    try {
      accessLog.ended(access);
    } catch (RuntimeException e) {
      log.warn("access log failed", e);
    }
  }
}
