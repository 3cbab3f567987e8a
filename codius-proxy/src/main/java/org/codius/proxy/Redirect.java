package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;

/**
 * A port without TLS, which only sends clients on.
 *
 * @param bind where it listens; port 0 takes a free one
 * @param port where clients find the one with TLS
 */
public record Redirect(InetSocketAddress bind, int port) {
  public Redirect {
    requireNonNull(bind, "bind");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
  }
}
