package org.codius.daemon.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Asks other hosts.
 *
 * <p>What they are called comes from strangers. So the address is looked up here, looked at, and
 * then connected to, that very one; nothing is redirected; an answer has {@value #MAXIMUM_ANSWER}
 * bytes at most and its time to arrive, all of it. Safe for use by several threads.
 */
final class PeerClient implements AutoCloseable {

  private static final int MAXIMUM_ANSWER = 65_536;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PeersConfig config;
  private final EventLoopGroup loops;
  private final SslContext tls;
  private final Duration timeout;
  private final DnsNameResolver names;

  /**
   * @param tls what a peer's certificate is checked with
   * @param timeout from the question to the whole of the answer
   */
  PeerClient(PeersConfig config, EventLoopGroup loops, SslContext tls, Duration timeout) {
    this.config = config;
    this.loops = loops;
    this.tls = tls;
    this.timeout = timeout;
    this.names =
        new DnsNameResolverBuilder(loops.next())
            .datagramChannelType(NioDatagramChannel.class)
            .queryTimeoutMillis(timeout.toMillis())
            .build();
  }

  /** Returns whether {@code peer} is a host and calls itself that. */
  CompletionStage<Boolean> answersForItself(PeerUri peer) {
    return send(peer, HttpMethod.GET, "/info", "")
        .thenApply(answer -> PeerUri.parse(answer.path("uri").asText()).equals(Optional.of(peer)));
  }

  /** Tells {@code peer} of this host, and returns those it knows. */
  CompletionStage<List<PeerUri>> discover(PeerUri peer) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("peers").add(config.self().toString());
    return send(peer, HttpMethod.POST, "/peers/discover", body.toString())
        .thenApply(
            answer -> {
              List<PeerUri> peers = new ArrayList<>();
              answer
                  .path("peers")
                  .forEach(entry -> PeerUri.parse(entry.asText()).ifPresent(peers::add));
              return peers;
            });
  }

  private CompletionStage<JsonNode> send(
      PeerUri peer, HttpMethod method, String path, String body) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    names
        .resolve(peer.host())
        .addListener(
            resolved -> {
              if (!resolved.isSuccess()) {
                answer.completeExceptionally(resolved.cause());
              } else if (!config.isAllowed().test((InetAddress) resolved.getNow())) {
                answer.completeExceptionally(new PeerException(peer + ": not a public address"));
              } else {
                FullHttpRequest request = request(peer, method, path, body);
                connect(peer, (InetAddress) resolved.getNow(), request, answer);
              }
            });
    return answer;
  }

  private static FullHttpRequest request(
      PeerUri peer, HttpMethod method, String path, String body) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, method, path, Unpooled.copiedBuffer(body, UTF_8));
    request.headers().set(HttpHeaderNames.HOST, peer.value().getRawAuthority());
    request.headers().set(HttpHeaderNames.ACCEPT, HttpHeaderValues.APPLICATION_JSON);
    request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (!body.isEmpty()) {
      request.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
    }
    return request;
  }

  private void connect(
      PeerUri peer,
      InetAddress address,
      FullHttpRequest request,
      CompletableFuture<JsonNode> answer) {
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                if (peer.isTls()) {
                  channel
                      .pipeline()
                      .addLast(tls.newHandler(channel.alloc(), peer.host(), peer.port()));
                }
                channel
                    .pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(MAXIMUM_ANSWER),
                        new PeerAnswerHandler(peer, request, answer));
                answer.whenComplete((done, failure) -> channel.close());
              }
            })
        .connect(new InetSocketAddress(address, peer.port()))
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                answer.completeExceptionally(connected.cause());
              }
            });
  }

  /**
   * @throws PeerException if it is not JSON
   */
  static JsonNode parse(PeerUri peer, String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new PeerException(peer + ": answered something that is no JSON");
    }
  }

  @Override
  public void close() {
    names.close();
  }
}
