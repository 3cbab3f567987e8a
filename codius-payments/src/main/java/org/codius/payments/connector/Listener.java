package org.codius.payments.connector;

import static java.util.Objects.requireNonNull;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * Where children connect over BTP, and which of them are let in there.
 *
 * <p>What is let in at one is not let in at another: there is no listener with two policies.
 */
public sealed interface Listener {

  /** Port 0 takes a free one. */
  InetSocketAddress address();

  /**
   * Lets in every program on this machine, and no web page: a handshake with an {@code Origin}, or
   * one that calls us by other than a loopback name, gets a 403. Any token has an account, named by
   * its SHA-256, with play money of the faucet in it.
   *
   * @param address a loopback address
   */
  record Local(InetSocketAddress address) implements Listener {

    public Local {
      if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "local listener: "
                + NetUtil.toSocketAddressString(address)
                + " (expected: a loopback address, since nobody is asked for a secret)");
      }
    }
  }

  /** Lets in children that {@link Connector#open} knows, who show their secret. */
  record Children(InetSocketAddress address) implements Listener {

    public Children {
      requireNonNull(address, "address");
    }
  }

  /**
   * Lets in pods: children that {@link Connector#open} knows <em>by an address</em>, which they
   * must come from, and who show their secret. Any other connection is closed before a byte of it
   * is read.
   *
   * <p>The listener's own address is put on the interface {@code lo} and taken away again. An
   * address can be forged where a packet comes in by the wrong interface. So the host's firewall
   * has to accept connections to this address only from a pod's own interface, with that pod's own
   * address, and to drop all others.
   */
  record Pods(InetSocketAddress address) implements Listener {

    /** Where the original's pods find their connector: {@code 169.254.77.68:7768}. */
    public static final InetSocketAddress DEFAULT =
        new InetSocketAddress("169.254.77.68", ConnectorConfig.DEFAULT_PORT);

    public Pods {
      requireNonNull(address, "address");
      if (address.isUnresolved() || address.getAddress().isAnyLocalAddress()) {
        throw new IllegalArgumentException(
            "pods' listener: " + address + " (expected: one address, such as 169.254.77.68:7768)");
      }
    }
  }
}
