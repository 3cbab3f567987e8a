package org.codius.payments.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.btp.FailedLogins;

/** Takes the parent's Prepares. Safe for use by several threads. */
final class PacketServer implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 10;
  private static final int IDLE_SECONDS = 60;

  private final Channel listener;
  private final ChannelGroup connections;

  private PacketServer(Channel listener, ChannelGroup connections) {
    this.listener = listener;
    this.connections = connections;
  }

  /**
   * Listens. Blocks until it does.
   *
   * @throws PaymentException if the address cannot be bound; the message names it
   */
  static PacketServer listen(
      HttpUplinkConfig config, PacketHandler onPrepare, EventLoopGroup group, InstantSource clock) {
    ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Initializer(config, onPrepare, connections, clock))
            .bind(config.listen());
    String action = "listen on " + NetUtil.toSocketAddressString(config.listen()) + ": ";
    if (!bound.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      bound.cancel(false);
      throw new PaymentException(action + "no answer in time");
    }
    if (!bound.isSuccess()) {
      throw new PaymentException(action + bound.cause().getMessage(), bound.cause());
    }
    return new PacketServer(bound.channel(), connections);
  }

  InetSocketAddress localAddress() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Does not wait: it may be called on an event loop. */
  @Override
  public void close() {
    listener.close();
    connections.close();
  }

  private static final class Initializer extends ChannelInitializer<SocketChannel> {

    private final HttpUplinkConfig config;
    private final PacketHandler onPrepare;
    private final ChannelGroup connections;
    private final BearerToken token;
    private final FailedLogins failures;
    private final Semaphore places;

    Initializer(
        HttpUplinkConfig config,
        PacketHandler onPrepare,
        ChannelGroup connections,
        InstantSource clock) {
      this.config = config;
      this.onPrepare = onPrepare;
      this.connections = connections;
      this.token = new BearerToken(config.incomingToken());
      this.failures = new FailedLogins(config.maximumFailures(), clock);
      this.places = new Semaphore(config.maximumPending());
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      if (connections.size() >= config.maximumConnections()
          || failures.isBlocked(channel.remoteAddress())) {
        channel.close();
        return;
      }
      connections.add(channel);
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(0, 0, IDLE_SECONDS),
              new HttpServerCodec(),
              new HttpObjectAggregator(IlpHttp.MAXIMUM_BODY),
              new PacketRequestHandler(config.path(), token, onPrepare, places, failures));
    }
  }
}
