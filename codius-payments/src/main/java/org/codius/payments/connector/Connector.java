package org.codius.payments.connector;

import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;

/**
 * Switches packets between the children that connect over BTP and the daemon's own account.
 *
 * <p>A child needs no account beforehand: whoever shows a token has the account of that token, at
 * the address {@code <connector>.local.<base64url(sha256(token))>}, as with the original's
 * mini-accounts. Safe for use by several threads.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Connector implements AutoCloseable {

  private Connector() {}

  /**
   * Listens and switches. Blocks until it listens; do not call it on an event loop.
   *
   * @param group runs all connections; the caller closes it, after the connector
   * @throws PaymentException if the port cannot be bound; the message names it
   */
  public static Connector start(ConnectorConfig config, EventLoopGroup group) {
    throw new UnsupportedOperationException("under construction");
  }

  /**
   * Returns the daemon's own account here, with an address that depends on the connector's only.
   */
  public Uplink host() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Returns where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress localAddress() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Takes no new connections, answers Prepares with T99 for a moment, then closes all links. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("under construction");
  }
}
