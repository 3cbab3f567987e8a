package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.base.Throwables;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.admin.AdminToken;
import org.codius.daemon.client.ClientException;

/** Calls the host that runs on this machine, as its operator. One connection for each call. */
final class AdminClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAXIMUM = 64 << 20;
  private static final int TIMEOUT_SECONDS = 120;

  private final SocketAddress address;
  private final AdminToken token;

  AdminClient(SocketAddress address, AdminToken token) {
    this.address = address;
    this.token = token;
  }

  /** What the host answered. */
  private record Answer(int status, String body) {}

  /**
   * Returns the answer to a call, as text.
   *
   * @param body "" for none
   * @throws ClientException if the host refuses it, or does not run
   */
  String call(String method, String path, String body) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Answer answer = exchange(loop, request(method, path, body));
      if (answer.status() >= 300) {
        throw refused(answer);
      }
      return answer.body();
    } catch (CompletionException e) {
      throw new ClientException(
          "no host answers at " + address + ": " + Throwables.getRootCause(e).getMessage(),
          "Is it running? codiusd serve",
          e);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private FullHttpRequest request(String method, String path, String body) {
    ByteBuf content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path, content);
    request
        .headers()
        .set(HttpHeaderNames.HOST, "localhost")
        .set(HttpHeaderNames.AUTHORIZATION, token.toHeader())
        .set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes())
        .set(HttpHeaderNames.CONNECTION, "close");
    if (!body.isEmpty()) {
      request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    }
    return request;
  }

  private Answer exchange(EventLoopGroup loop, FullHttpRequest request) {
    CompletableFuture<Answer> answered = new CompletableFuture<>();
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(
                address instanceof UnixDomainSocketAddress
                    ? NioDomainSocketChannel.class
                    : NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS))
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(MAXIMUM))
                        .addLast(new AnswerHandler(answered));
                  }
                })
            .connect(address);
    connected.addListener(
        done -> {
          if (done.isSuccess()) {
            connected.channel().writeAndFlush(request);
          } else {
            request.release();
            answered.completeExceptionally(done.cause());
          }
        });
    return answered.join();
  }

  private static ClientException refused(Answer answer) {
    JsonNode body;
    try {
      body = JSON.readTree(answer.body());
    } catch (IOException e) {
      body = MissingNode.getInstance();
    }
    return new ClientException(
        body.path("message").asText("the host answered " + answer.status()),
        body.path("help").asText(""));
  }

  /** Inbound: {@link FullHttpResponse}, one. Confined to the channel's event loop. */
  private static final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {

    private final CompletableFuture<Answer> answered;

    AnswerHandler(CompletableFuture<Answer> answered) {
      this.answered = answered;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      answered.complete(
          new Answer(
              response.status().code(), response.content().toString(StandardCharsets.UTF_8)));
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answered.completeExceptionally(new IOException("it hung up"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answered.completeExceptionally(cause);
      ctx.close();
    }
  }
}
