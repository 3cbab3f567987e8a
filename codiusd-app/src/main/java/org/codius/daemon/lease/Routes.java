package org.codius.daemon.lease;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.codius.manifest.ManifestHash;

/** Which pods can be reached, and where. Safe for use by several threads. */
public final class Routes {

  private final Map<String, InetSocketAddress> byLabel = new ConcurrentHashMap<>();

  /** Returns where the pod whose manifest hash is {@code label} listens. */
  public Optional<InetSocketAddress> find(String label) {
    return Optional.ofNullable(byLabel.get(label));
  }

  void open(ManifestHash hash, InetAddress address, int port) {
    byLabel.put(hash.value(), new InetSocketAddress(address, port));
  }

  void close(ManifestHash hash) {
    byLabel.remove(hash.value());
  }
}
