package org.codius.hyper.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code /container/logs}: a chunk for each frame, and errors as plain text among them.
 *
 * <p>A log that is followed ends a while after its container, but only if that was running to begin
 * with. Confined to the channel's event loop.
 */
final class SimulatorLogReply {

  private final SimulatedDaemon daemon;
  private final ChannelHandlerContext context;
  private final long lingerMillis;
  private final boolean isKeptAlive;

  SimulatorLogReply(
      SimulatedDaemon daemon,
      ChannelHandlerContext context,
      long lingerMillis,
      boolean isKeptAlive) {
    this.daemon = daemon;
    this.context = context;
    this.lingerMillis = lingerMillis;
    this.isKeptAlive = isKeptAlive;
  }

  void answer(SimulatorRequest request) {
    SimulatedLog.Query query;
    try {
      query = query(request);
    } catch (HyperdRefusal refusal) {
      closeIfAsked(context.writeAndFlush(SimulatorReply.refusal(refusal).encode()));
      return;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    SimulatorReply.mark(head.headers());
    head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    String key = request.get("container");
    synchronized (daemon) { // so that who sees the head knows the log is being read
      context.writeAndFlush(head);
      Optional<SimulatedContainer> container = daemon.findContainer(key);
      if (container.isEmpty()) {
        send(
            Unpooled.copiedBuffer(
                "Error running logs job: cannot find container " + key + "\n",
                StandardCharsets.UTF_8));
        end();
      } else {
        answer(container.get(), query, request.has("follow"));
      }
    }
  }

  private static SimulatedLog.Query query(SimulatorRequest request) {
    if (!request.has("stdout") && !request.has("stderr")) {
      throw new HyperdRefusal("Bad parameters: you must choose at least one stream");
    }
    String since = request.get("since");
    if (!since.matches("[0-9.]*")) {
      throw new HyperdRefusal("strconv.ParseInt: parsing \"" + since + "\": invalid syntax");
    }
    String tail = request.get("tail");
    return new SimulatedLog.Query(
        request.has("stdout"),
        request.has("stderr"),
        request.has("timestamps"),
        tail.matches("[0-9]{1,9}") ? Integer.parseInt(tail) : Integer.MAX_VALUE,
        since(since));
  }

  /** Seconds, and nanoseconds after a dot. */
  private static Instant since(String text) {
    String[] parts = text.split("\\.", 2);
    return Instant.ofEpochSecond(
        parts[0].isEmpty() ? 0 : Long.parseLong(parts[0]),
        parts.length < 2 || parts[1].isEmpty() ? 0 : Long.parseLong(parts[1]));
  }

  private void answer(SimulatedContainer container, SimulatedLog.Query query, boolean follow) {
    container.log.read(query).forEach(this::send);
    if (!follow) {
      end();
      return;
    }
    Runnable stop = container.log.follow(query, this::send);
    context
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              synchronized (daemon) {
                stop.run();
              }
            });
    if (container.state == SimulatedContainer.State.RUNNING) {
      container.end.thenRun(
          () -> context.executor().schedule(this::end, lingerMillis, TimeUnit.MILLISECONDS));
    }
  }

  private void send(ByteBuf frame) {
    context.executor().execute(() -> context.writeAndFlush(new DefaultHttpContent(frame)));
  }

  private void end() {
    context
        .executor()
        .execute(() -> closeIfAsked(context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)));
  }

  private void closeIfAsked(ChannelFuture sent) {
    if (!isKeptAlive) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }
}
