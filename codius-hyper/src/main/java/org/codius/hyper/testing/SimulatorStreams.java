package org.codius.hyper.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.codius.hyper.ExecResult;

/**
 * Answers the calls that turn their connection into a stream of bytes both ways: to all of them
 * that it is done, and then, if it could not be, with the end of the stream.
 *
 * <p>Confined to the channel's event loop.
 */
final class SimulatorStreams extends ChannelInboundHandlerAdapter {

  private static final Set<String> ROUTES =
      Set.of("POST /exec/start", "POST /attach", "POST /execvm");
  private static final String HEAD =
      """
      HTTP/1.1 101 UPGRADED
      Content-Type: application/vnd.docker.raw-stream
      Connection: Upgrade
      Upgrade: tcp

      """
          .replace("\n", "\r\n");
  private final SimulatedDaemon daemon;
  private final StringBuilder input = new StringBuilder();
  private Optional<SimulatedExec> exec = Optional.empty();

  /** At first of the read that brought the request. */
  private boolean hasRead = true;

  private boolean isEnded;

  private SimulatorStreams(SimulatedDaemon daemon) {
    this.daemon = daemon;
  }

  static boolean takes(SimulatorRequest request) {
    return ROUTES.contains(request.route());
  }

  static void answer(SimulatedDaemon daemon, ChannelHandlerContext ctx, SimulatorRequest request) {
    SimulatorStreams stream = new SimulatorStreams(daemon);
    ctx.pipeline().addLast(stream);
    ctx.pipeline().remove(HttpObjectAggregator.class);
    ctx.pipeline().remove(HttpServerCodec.class);
    ChannelHandlerContext raw = ctx.pipeline().context(stream);
    ctx.pipeline().remove(ctx.handler());
    synchronized (daemon) { // so that who sees the head knows that output is listened to
      raw.writeAndFlush(bytes(HEAD));
      if (!stream.begin(raw, request)) {
        raw.close();
      }
    }
  }

  private boolean begin(ChannelHandlerContext ctx, SimulatorRequest request) {
    if (request.route().equals("POST /attach")) {
      Optional<SimulatedContainer> container = daemon.findContainer(request.get("container"));
      container.ifPresent(found -> attach(ctx, found));
      return container.isPresent();
    }
    Optional<SimulatedExec> found =
        request.route().equals("POST /execvm")
            ? daemon
                .findPod(request.get("pod"))
                .map(pod -> new SimulatedExec("", UserPod.words(request.get("command")), true))
            : daemon.findExec(request.get("container"), request.get("exec"));
    exec = found;
    run(ctx, false);
    return found.isPresent();
  }

  private void attach(ChannelHandlerContext ctx, SimulatedContainer container) {
    Runnable stop =
        container.log.attach(bytes -> ctx.executor().execute(() -> ctx.writeAndFlush(bytes)));
    ctx.channel()
        .closeFuture()
        .addListener(
            closed -> {
              synchronized (daemon) {
                stop.run();
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    hasRead = true;
    if (message instanceof ByteBuf bytes) {
      input.append(bytes.toString(StandardCharsets.UTF_8));
    }
    ReferenceCountUtil.release(message);
    run(ctx, false);
  }

  /**
   * A read that brought nothing found the end of the input. The channel closes after it, as Netty's
   * domain sockets know no half of a connection, so this is the time for output.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!hasRead) {
      run(ctx, true);
    }
    hasRead = false;
  }

  /** Asks the program whether that is enough for it to end. */
  private void run(ChannelHandlerContext ctx, boolean isInputAtEnd) {
    if (exec.isEmpty() || isEnded) {
      return;
    }
    SimulatedExec running = exec.get();
    Optional<ExecResult> result;
    synchronized (daemon) {
      result = daemon.program.run(running.command(), input.toString(), isInputAtEnd);
      result.ifPresent(end -> running.end().complete(end.exitCode()));
    }
    result.ifPresent(
        end -> {
          isEnded = true;
          ctx.writeAndFlush(output(running, end)).addListener(ChannelFutureListener.CLOSE);
        });
  }

  private static ByteBuf output(SimulatedExec program, ExecResult end) {
    return program.isRaw()
        ? bytes(end.stdout())
        : Unpooled.wrappedBuffer(frame(2, end.stderr()), frame(1, end.stdout()));
  }

  private static ByteBuf frame(int stream, String text) {
    ByteBuf payload = bytes(text);
    return text.isEmpty()
        ? payload
        : Unpooled.wrappedBuffer(
            Unpooled.buffer().writeByte(stream).writeZero(3).writeInt(payload.readableBytes()),
            payload);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the client has gone
  }
}
