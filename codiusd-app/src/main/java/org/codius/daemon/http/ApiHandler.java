package org.codius.daemon.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.codius.daemon.lease.Caller;
import org.codius.daemon.lease.RefusedException;
import org.codius.manifest.InvalidManifestException;
import org.codius.proxy.ClientAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has each request answered by a worker, since the calls behind the API block.
 *
 * <p>Inbound: {@link FullHttpRequest}, one at a time. Outbound: its answer. Confined to the
 * channel's event loop.
 */
public final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

  private static final ApiResponse FAILED =
      ApiResponse.error(
          HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "An internal server error occurred",
          "INTERNAL",
          "The host's log tells what happened.");

  private static final ApiResponse.Whole BROKEN =
      ApiResponse.error(
          HttpResponseStatus.BAD_REQUEST,
          "Bad Request",
          "BAD_REQUEST",
          "Send a request that follows RFC 9112.");

  private final Endpoint router;
  private final Executor workers;

  /** A client that closes its side has left, as far as one can tell in TCP. */
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  /**
   * @param router answers them all
   */
  public ApiHandler(Endpoint router, Executor workers) {
    this.router = router;
    this.workers = workers;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest full) {
    // The answer needs the head only; the body is given back when this method returns.
    HttpRequest head =
        new DefaultHttpRequest(full.protocolVersion(), full.method(), full.uri(), full.headers());
    if (full.decoderResult().isFailure()) {
      Responses.send(ctx, head, BROKEN);
      return;
    }
    ApiRequest request;
    try {
      request = new ApiRequest(full, new Caller(address(ctx, head), left));
    } catch (IllegalArgumentException e) {
      Responses.send(
          ctx,
          head,
          ApiResponse.error(
              HttpResponseStatus.BAD_REQUEST,
              "Invalid request query input",
              "BAD_TARGET",
              "Percent-encode the request's path and query."));
      return;
    }
    try {
      workers.execute(() -> answer(ctx, head, request));
    } catch (RejectedExecutionException e) {
      Responses.send(
          ctx,
          head,
          ApiResponse.error(
                  HttpResponseStatus.SERVICE_UNAVAILABLE,
                  "The host has too many requests to answer.",
                  "HOST_BUSY",
                  "Try again in a few seconds.")
              .withHeader("Retry-After", "5"));
    }
  }

  private static String address(ChannelHandlerContext ctx, HttpRequest head) {
    return ClientAddress.of(ctx.channel(), head.headers())
        .map(InetAddress::getHostAddress)
        .orElse("unknown");
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest head, ApiRequest request) {
    ApiResponse response = FAILED; // nobody is left waiting, whatever happens to this thread
    try {
      response = respond(request);
    } finally {
      send(ctx, head, response);
    }
  }

  private void send(ChannelHandlerContext ctx, HttpRequest head, ApiResponse response) {
    ctx.executor()
        .execute(
            () -> {
              if (response instanceof ApiResponse.Lines lines) {
                LogStream.start(ctx, head, lines.lines(), workers);
              } else {
                Responses.send(ctx, head, (ApiResponse.Whole) response);
              }
            });
  }

  private ApiResponse respond(ApiRequest request) {
    try {
      return router.respond(request);
    } catch (ApiException e) {
      ApiResponse.Whole answer = ApiResponse.error(e.status(), e.getMessage(), e.code(), e.help());
      return e.status().equals(HttpResponseStatus.UNAUTHORIZED)
          ? answer.withHeader("WWW-Authenticate", "Bearer") // RFC 9110 §11.6.1
          : answer;
    } catch (InvalidManifestException e) {
      return Refusals.of(e);
    } catch (RefusedException e) {
      return Refusals.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ApiResponse.error(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "The host is going down.",
              "SHUTTING_DOWN",
              "Try again when it is back.")
          .withHeader("Retry-After", "30");
    } catch (RuntimeException e) {
      log.error("request failed method={} path={}", request.method(), request.path(), e);
      return FAILED;
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      left.complete(null);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    left.complete(null);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection failed reason={}", cause.toString());
    ctx.close();
  }
}
