package org.codius.payments.btp;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that happens to a connection to the BTP server, first thing first. */
final class BtpServerInitializer extends ChannelInitializer<SocketChannel> {

  private static final Logger log = LoggerFactory.getLogger(BtpServerInitializer.class);

  private static final int MAXIMUM_HTTP = 8192;

  private final BtpServerConfig config;
  private final BtpDoor door;
  private final ChannelGroup connections;
  private final FailedLogins failures;
  private final InstantSource clock;
  private final RandomGenerator random;

  BtpServerInitializer(
      BtpServerConfig config,
      BtpDoor door,
      ChannelGroup connections,
      InstantSource clock,
      RandomGenerator random) {
    this.config = config;
    this.door = door;
    this.connections = connections;
    this.failures = new FailedLogins(config.maximumFailures(), clock);
    this.clock = clock;
    this.random = random;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    if (connections.size() >= config.maximumConnections()
        || failures.isBlocked(channel.remoteAddress())
        || !door.admits(channel.remoteAddress())) {
      log.debug("turned away peer={} open={}", channel.remoteAddress(), connections.size());
      channel.close();
      return;
    }
    connections.add(channel);
    BtpLinkHandler link =
        new BtpLinkHandler(
            channel, clock, config.responseTimeout(), config.maximumPending(), random.nextInt());
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(
        new IdleStateHandler(config.heartbeat().toMillis(), 0, 0, TimeUnit.MILLISECONDS));
    pipeline.addLast(new FlushConsolidationHandler(BtpLimits.TOGETHER, true));
    pipeline.addLast(new HttpServerCodec());
    pipeline.addLast(new HttpObjectAggregator(MAXIMUM_HTTP));
    if (config.isLocal()) {
      pipeline.addLast(new LocalOnlyHandler());
    }
    pipeline.addLast(new WebSocketServerProtocolHandler(webSocket()));
    pipeline.addLast(new WebSocketFrameAggregator(config.maximumFrame()));
    pipeline.addLast(new BtpFrameHandler());
    pipeline.addLast(new HeartbeatHandler());
    pipeline.addLast(
        new AuthenticateHandler(door, link, failures, clock, config.authenticationTimeout()));
  }

  private WebSocketServerProtocolConfig webSocket() {
    return WebSocketServerProtocolConfig.newBuilder()
        .websocketPath("/")
        .checkStartsWith(true) // any path: clients may add one
        .maxFramePayloadLength(config.maximumFrame())
        .withUTF8Validator(false) // there is no text
        .handshakeTimeoutMillis(config.authenticationTimeout().toMillis())
        .build();
  }
}
