package org.codius.proxy;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends our half of a connection. */
final class HalfClose {

  private HalfClose() {}

  /** Sends no more; with TLS that is said in TLS first, or it would look like an attack. */
  static void of(DuplexChannel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(closed -> channel.shutdownOutput());
    }
  }
}
