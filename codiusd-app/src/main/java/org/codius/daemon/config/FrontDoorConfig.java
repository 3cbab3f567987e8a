package org.codius.daemon.config;

import com.google.common.base.Ascii;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.codius.proxy.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Where the host is reached.
 *
 * @param publicUri by clients; its pods are at {@code <hash>.<host>}
 * @param bind where it listens
 * @param tls how it encrypts
 * @param transport brings the bytes; null leaves it to the proxy
 */
public record FrontDoorConfig(
    URI publicUri, InetSocketAddress bind, Tls tls, @Nullable Transport transport) {

  static FrontDoorConfig from(Settings settings) {
    int port = settings.integer("CODIUS_PORT", 3000, 1, 65535);
    InetAddress bind = settings.address("CODIUS_BIND_IP", "127.0.0.1");
    Tls tls = Tls.from(settings);
    String scheme = tls instanceof Tls.Off ? "http" : "https";
    return new FrontDoorConfig(
        settings.httpUri("CODIUS_PUBLIC_URI", scheme + "://localhost:" + port),
        new InetSocketAddress(bind, port),
        tls,
        transport(settings));
  }

  private static @Nullable Transport transport(Settings settings) {
    String name = settings.text("CODIUS_TRANSPORT", "auto");
    if (name.equals("auto")) {
      return null;
    }
    for (Transport transport : Transport.values()) {
      if (name.equals(Ascii.toLowerCase(transport.name()))) {
        if (!transport.isAvailable()) {
          settings.wrong("CODIUS_TRANSPORT", name, "one that this machine has");
        }
        return transport;
      }
    }
    settings.wrong("CODIUS_TRANSPORT", name, "auto, io_uring, epoll or nio");
    return null;
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
