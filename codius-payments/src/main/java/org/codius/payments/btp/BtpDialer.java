package org.codius.payments.btp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.jspecify.annotations.Nullable;

/** Opens links to one BTP server. */
final class BtpDialer implements AutoCloseable {

  private static final int MAXIMUM_HTTP = 8192;

  private final BtpUplinkConfig config;
  private final BtpAddress address;
  private final HostNames names;
  private final @Nullable SslContext tls;
  private final EventLoop loop;
  private final InstantSource clock;
  private final RandomGenerator random;

  BtpDialer(
      BtpUplinkConfig config,
      @Nullable SslContext tls,
      EventLoop loop,
      InstantSource clock,
      RandomGenerator random) {
    this.config = config;
    this.address = BtpAddress.parse(config.uri());
    this.names = HostNames.forHost(address.host());
    this.tls = tls;
    this.loop = loop;
    this.clock = clock;
    this.random = random;
  }

  /** Returns a link whose Prepares {@code onPrepare} answers, or fails with why there is none. */
  CompletionStage<BtpLinkHandler> dial(PacketHandler onPrepare) {
    CompletableFuture<BtpLinkHandler> done = new CompletableFuture<>();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .resolver(names.resolver())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(config.connectTimeout().toMillis()))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, BtpLimits.WATER_MARK)
            .handler(new Initializer(onPrepare, done));
    bootstrap
        .connect(address.host(), address.port())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                done.completeExceptionally(failure(reason(connected.cause()), connected.cause()));
              }
            });
    return done;
  }

  @Override
  public void close() {
    names.close();
  }

  private PaymentException failure(String why, Throwable cause) {
    return new PaymentException("connect to " + address + ": " + why, cause);
  }

  private static String reason(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "no such host";
    }
    // Netty's own message repeats the address; the system's is enough.
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    return String.valueOf(root.getMessage());
  }

  private final class Initializer extends ChannelInitializer<SocketChannel> {

    private final PacketHandler onPrepare;
    private final CompletableFuture<BtpLinkHandler> done;

    Initializer(PacketHandler onPrepare, CompletableFuture<BtpLinkHandler> done) {
      this.onPrepare = onPrepare;
      this.done = done;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      ChannelPipeline pipeline = channel.pipeline();
      long heartbeat = config.heartbeat().toMillis();
      pipeline.addLast(new IdleStateHandler(heartbeat, 0, 0, TimeUnit.MILLISECONDS));
      if (tls != null) {
        pipeline.addLast(tls.newHandler(channel.alloc(), address.host(), address.port()));
      }
      pipeline.addLast(new FlushConsolidationHandler(BtpLimits.TOGETHER, true));
      pipeline.addLast(new HttpClientCodec());
      pipeline.addLast(new HttpObjectAggregator(MAXIMUM_HTTP));
      pipeline.addLast(new WebSocketClientProtocolHandler(webSocket()));
      pipeline.addLast(new WebSocketFrameAggregator(config.maximumFrame()));
      pipeline.addLast(new BtpFrameHandler());
      pipeline.addLast(new HeartbeatHandler());
      pipeline.addLast(new LoginHandler(address, random.nextInt(), link(channel), done));
    }

    private BtpLinkHandler link(Channel channel) {
      BtpLinkHandler link =
          new BtpLinkHandler(
              channel, clock, config.responseTimeout(), config.maximumPending(), random.nextInt());
      link.onPrepare(onPrepare);
      return link;
    }

    private WebSocketClientProtocolConfig webSocket() {
      String scheme = address.isTls() ? "wss://" : "ws://";
      return WebSocketClientProtocolConfig.newBuilder()
          .webSocketUri(URI.create(scheme + address.authority() + address.path()))
          .generateOriginHeader(false) // with one, mini-accounts hangs up before BTP begins
          .maxFramePayloadLength(config.maximumFrame())
          .withUTF8Validator(false) // there is no text
          .handshakeTimeoutMillis(config.connectTimeout().toMillis())
          .build();
    }
  }
}
