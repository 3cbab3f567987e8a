package org.codius.hyper.testing;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Answers the calls of one connection. Confined to the channel's event loop. */
final class SimulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private final SimulatedDaemon daemon;
  private final SimulatorRoutes routes;
  private final ConcurrentHashMap<String, HyperdSimulator.Fault> faults;
  private final ConcurrentHashMap<String, Runnable> events;
  private final long lingerMillis;

  SimulatorHandler(
      SimulatedDaemon daemon,
      ConcurrentHashMap<String, HyperdSimulator.Fault> faults,
      ConcurrentHashMap<String, Runnable> events,
      long lingerMillis) {
    this.daemon = daemon;
    this.routes = new SimulatorRoutes(daemon);
    this.faults = faults;
    this.events = events;
    this.lingerMillis = lingerMillis;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest http) {
    SimulatorRequest request = SimulatorRequest.of(http);
    Runnable event = take(events, request);
    if (event != null) {
      event.run();
    }
    boolean isKeptAlive = HttpUtil.isKeepAlive(http);
    HyperdSimulator.Fault fault = take(faults, request);
    if (request.route().equals("GET /container/logs") && fault == null) {
      new SimulatorLogReply(daemon, ctx, lingerMillis, isKeptAlive).answer(request);
      return;
    }
    if (SimulatorStreams.takes(request) && fault == null) {
      SimulatorStreams.answer(daemon, ctx, request);
      return;
    }
    answer(request)
        .whenComplete(
            (reply, panic) ->
                ctx.executor()
                    .execute(
                        () -> {
                          if (panic != null || fault == HyperdSimulator.Fault.HANGS_UP) {
                            ctx.close();
                          } else if (fault != HyperdSimulator.Fault.IS_SILENT) {
                            send(ctx, reply, isKeptAlive);
                          }
                        }));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the client has gone
  }

  /** Removes what is meant for this very call, or for any of its path. */
  private static <T> @Nullable T take(
      ConcurrentHashMap<String, T> meant, SimulatorRequest request) {
    T exact = meant.remove(request.uri());
    return exact == null ? meant.remove(request.path()) : exact;
  }

  private static void send(ChannelHandlerContext ctx, SimulatorReply reply, boolean isKeptAlive) {
    var sent = ctx.writeAndFlush(reply.encode());
    if (!isKeptAlive) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private CompletableFuture<SimulatorReply> answer(SimulatorRequest request) {
    try {
      return routes
          .answer(request)
          .exceptionally(
              failure -> {
                Throwable cause =
                    failure instanceof CompletionException ? failure.getCause() : failure;
                if (cause instanceof HyperdRefusal refusal) {
                  return SimulatorReply.refusal(refusal);
                }
                throw new CompletionException(cause);
              });
    } catch (HyperdRefusal refusal) {
      return CompletableFuture.completedFuture(SimulatorReply.refusal(refusal));
    } catch (SimulatorRoutes.Panic panic) {
      return CompletableFuture.failedFuture(panic);
    }
  }
}
