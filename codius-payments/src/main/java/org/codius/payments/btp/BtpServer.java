package org.codius.payments.btp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.codius.payments.PaymentException;

/**
 * Takes BTP connections.
 *
 * <p>Safe for use by several threads.
 */
public final class BtpServer implements AutoCloseable {

  private static final int BACKLOG = 128;

  /** How long opening or closing sockets may take; the event loops may be busy. */
  private static final int PATIENCE_SECONDS = 10;

  private final Channel listener;
  private final InetSocketAddress localAddress;
  private final ChannelGroup connections;

  private BtpServer(Channel listener, ChannelGroup connections) {
    this.listener = listener;
    this.localAddress = (InetSocketAddress) listener.localAddress();
    this.connections = connections;
  }

  /**
   * Listens. Blocks until it does; do not call it on an event loop.
   *
   * @param group runs all connections, on NIO; the caller closes it, after the server
   * @throws PaymentException if the address cannot be bound; the message names it
   */
  public static BtpServer listen(
      BtpServerConfig config,
      BtpDoor door,
      EventLoopGroup group,
      InstantSource clock,
      RandomGenerator random) {
    ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, BtpLimits.WATER_MARK)
            .childHandler(new BtpServerInitializer(config, door, connections, clock, random))
            .bind(config.listen());
    if (!bound.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      bound.cancel(false);
      throw new PaymentException(
          "listen on " + NetUtil.toSocketAddressString(config.listen()) + ": no answer in time");
    }
    if (!bound.isSuccess()) {
      throw new PaymentException(
          "listen on "
              + NetUtil.toSocketAddressString(config.listen())
              + ": "
              + reason(bound.cause()),
          bound.cause());
    }
    return new BtpServer(bound.channel(), connections);
  }

  private static String reason(Throwable cause) {
    return cause instanceof BindException ? String.valueOf(cause.getMessage()) : cause.toString();
  }

  /** Returns where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  public boolean hasConnections() {
    return !connections.isEmpty();
  }

  /** Takes no new connections from here on, and frees the port. Links stay. */
  public void stopListening() {
    listener.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Stops listening and closes every link. Blocks until done; not for use on an event loop. */
  @Override
  public void close() {
    stopListening();
    connections.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
