package org.codius.payments.connector;

import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpServer;

/**
 * Switches packets between the children that connect over BTP and the daemon's own account.
 *
 * <p>A child needs no account beforehand: whoever shows a token has the account of that token, at
 * the address {@code <connector>.local.<base64url(sha256(token))>}, as with the original's
 * mini-accounts. Safe for use by several threads.
 */
public final class Connector implements AutoCloseable {

  private final ConnectorConfig config;
  private final EventLoopGroup group;
  private final AtomicBoolean isClosing;
  private final HostUplink host;
  private final BtpServer server;

  private Connector(
      ConnectorConfig config,
      EventLoopGroup group,
      AtomicBoolean isClosing,
      HostUplink host,
      BtpServer server) {
    this.config = config;
    this.group = group;
    this.isClosing = isClosing;
    this.host = host;
    this.server = server;
  }

  /**
   * Listens and switches. Blocks until it listens; do not call it on an event loop.
   *
   * @param group runs all connections, on NIO; the caller closes it, after the connector
   * @throws PaymentException if the port cannot be bound; the message names it
   */
  public static Connector start(ConnectorConfig config, EventLoopGroup group) {
    return start(config, group, InstantSource.system(), new SecureRandom());
  }

  /** Does the same, with a clock and a source of request ids. */
  public static Connector start(
      ConnectorConfig config, EventLoopGroup group, InstantSource clock, RandomGenerator random) {
    AtomicBoolean isClosing = new AtomicBoolean();
    Routes routes = new Routes();
    Rules rules = new Rules(config, routes, clock, isClosing::get);
    HostUplink host = new HostUplink(config, rules, group, clock, isClosing::get);
    routes.add(host.account());
    Children children = new Children(config, routes, rules, clock);
    BtpServer server = BtpServer.listen(config.btp(), children, group, clock, random);
    return new Connector(config, group, isClosing, host, server);
  }

  /**
   * Returns the daemon's own account here. Its address, {@code <connector>.host}, depends on the
   * connector's only.
   */
  public Uplink host() {
    return host;
  }

  /** Returns where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress localAddress() {
    return server.localAddress();
  }

  /**
   * Takes no new connections, answers Prepares with T99 for a moment, then closes all links.
   *
   * <p>Blocks until done; do not call it on an event loop.
   */
  @Override
  public void close() {
    if (isClosing.getAndSet(true)) {
      return;
    }
    server.stopListening();
    if (server.hasConnections() && !group.isShuttingDown()) {
      long drain = config.drain().toMillis();
      group
          .schedule(() -> {}, drain, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(2 * drain, TimeUnit.MILLISECONDS);
    }
    server.close();
  }
}
