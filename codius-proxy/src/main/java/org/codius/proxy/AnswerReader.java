package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pod's answer to one request and hands it, piece by piece, to its exchange.
 *
 * <p>Confined to the event loop.
 */
final class AnswerReader {

  /** What is being read. */
  enum Stage {
    HEAD,
    BODY,
    COMPLETE,
    /** The answer was a 101; what follows is no answer any more. */
    TUNNEL
  }

  /** So many answers may come before the real one. */
  private static final int MAX_INTERIM = 100;

  private final PodExchange exchange;
  private final Limits limits;
  private final HeadScanner scanner;
  private Stage stage = Stage.HEAD;
  private @Nullable Body body;
  private int interim;
  private boolean isEndless;
  private boolean isReusable;

  AnswerReader(PodExchange exchange, ProxyConfig config) {
    this.exchange = exchange;
    this.limits = config.limits();
    int longest = config.podLimits().head();
    this.scanner = new HeadScanner(Syntax.ANSWER, longest, longest);
  }

  PodExchange exchange() {
    return exchange;
  }

  Stage stage() {
    return stage;
  }

  /** Whether the body is one that the end of the connection ends. */
  boolean isEndedByClose() {
    return stage == Stage.BODY && isEndless;
  }

  /** Whether, by what its head says, the connection can carry another answer after this. */
  boolean isReusable() {
    return isReusable;
  }

  /** Reads as much as there is; leaves in {@code in} what needs more after it or follows. */
  void read(ByteBuf in) throws RefusedException {
    while (in.isReadable() && !exchange.isEnded() && step(in)) {
      // as long as it goes on
    }
  }

  private boolean step(ByteBuf in) throws RefusedException {
    return switch (stage) {
      case HEAD -> head(in);
      case BODY -> body(in);
      case COMPLETE -> false;
      case TUNNEL -> {
        exchange.answerBody(in.readRetainedSlice(in.readableBytes()));
        yield true;
      }
    };
  }

  private boolean head(ByteBuf in) throws RefusedException {
    int length = scanner.scan(in);
    if (length < 0) {
      return false;
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    RequestHead request = exchange.request();
    AnswerHead head = AnswerHead.parse(bytes, request, limits.fields());
    if (head.isInterim()) {
      if (++interim > MAX_INTERIM) {
        throw Syntax.ANSWER.bad(
            "it answers for the time being more than " + MAX_INTERIM + " times");
      }
      exchange.interim(head);
    } else if (head.isSwitch()) {
      if (request.upgrade() == null || head.upgrade().isEmpty()) {
        throw Syntax.ANSWER.bad("it upgrades the connection unasked, or to nothing");
      }
      stage = Stage.TUNNEL;
      exchange.switched(head);
    } else {
      isReusable = head.isReusable();
      isEndless = head.length() == Body.UNTIL_CLOSE;
      exchange.answer(head, in.readableBytes());
      if (head.length() == 0) {
        stage = Stage.COMPLETE;
      } else {
        stage = Stage.BODY;
        Body.Form form = request.protocol().hasChunks() ? Body.Form.WIRE : Body.Form.DATA;
        body = Body.of(head.length(), form, Syntax.ANSWER, limits);
      }
    }
    return true;
  }

  private boolean body(ByteBuf in) throws RefusedException {
    Body reading = body;
    if (reading == null) {
      throw new IllegalStateException("no body");
    }
    ByteBuf piece = reading.read(in);
    if (piece != null) {
      exchange.answerBody(piece);
    }
    if (reading.isComplete()) {
      exchange.answerTrailers(reading.trailers());
      stage = Stage.COMPLETE;
      body = null;
    }
    return piece != null;
  }
}
