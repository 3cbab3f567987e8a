package org.codius.daemon.config;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * Where the operator's calls are answered.
 *
 * @param address a Unix socket, or an address of the loopback interface
 * @param isCompatible whether the original's calls that only read are answered without a token
 */
public record AdminConfig(SocketAddress address, boolean isCompatible) {

  private static final String EXPECTED =
      "an absolute path for a Unix socket, or a loopback address and a port";

  static AdminConfig from(Settings settings, Path root) {
    String otherwise = root.resolve("admin.sock").toString();
    String originalPort = settings.original("CODIUS_ADMIN_PORT");
    if (settings.original("CODIUS_ADMIN_API").equals("true")) {
      otherwise = "127.0.0.1:" + (originalPort.isEmpty() ? "3001" : originalPort);
    }
    String text = settings.text("CODIUS_ADMIN", otherwise);
    boolean isCompatible = settings.flag("CODIUS_ADMIN_COMPAT");
    try {
      return new AdminConfig(parse(text), isCompatible);
    } catch (IllegalArgumentException e) {
      settings.wrong("CODIUS_ADMIN", text, EXPECTED);
      return new AdminConfig(UnixDomainSocketAddress.of("/admin.sock"), isCompatible);
    }
  }

  private static SocketAddress parse(String text) {
    if (text.startsWith("/")) {
      return UnixDomainSocketAddress.of(text);
    }
    HostAndPort place = HostAndPort.fromString(text);
    InetSocketAddress address =
        new InetSocketAddress(InetAddresses.forString(place.getHost()), place.getPort());
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return address;
  }
}
