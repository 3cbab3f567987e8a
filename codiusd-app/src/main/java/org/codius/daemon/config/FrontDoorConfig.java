package org.codius.daemon.config;

import com.google.common.base.Ascii;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * Where the host is reached.
 *
 * @param publicUri by clients; its pods are at {@code <hash>.<host>}
 * @param bind where it listens
 * @param tls how it encrypts
 */
public record FrontDoorConfig(URI publicUri, InetSocketAddress bind, Tls tls) {

  static FrontDoorConfig from(Settings settings) {
    int port = settings.integer("CODIUS_PORT", 3000, 1, 65535);
    InetAddress bind = settings.address("CODIUS_BIND_IP", "127.0.0.1");
    Tls tls = Tls.from(settings);
    String scheme = tls instanceof Tls.Off ? "http" : "https";
    return new FrontDoorConfig(
        settings.httpUri("CODIUS_PUBLIC_URI", scheme + "://localhost:" + port),
        new InetSocketAddress(bind, port),
        tls);
  }

  /** Returns whether its public name is one that means this machine everywhere. */
  public boolean isNamedLocalhost() {
    String host = Ascii.toLowerCase(publicUri.getHost());
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || (InetAddresses.isUriInetAddress(host)
            && InetAddresses.forUriString(host).isLoopbackAddress());
  }

  /** Returns whether nobody but this machine can reach it. */
  public boolean isLoopback() {
    return bind.getAddress().isLoopbackAddress();
  }
}
