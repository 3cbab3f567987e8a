package org.codius.proxy;

import io.netty.handler.ssl.SslContext;

/** Gives the certificate for each server name. Called on the event loop: must not block. */
@FunctionalInterface
public interface TlsContexts {

  /**
   * Returns how to encrypt a new connection. It must offer {@code h2} and {@code http/1.1} by ALPN.
   *
   * @param serverName what the client asked for (SNI), lowercase; empty if it did not say
   */
  SslContext find(String serverName);
}
