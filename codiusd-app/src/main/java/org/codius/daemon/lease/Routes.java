package org.codius.daemon.lease;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.codius.manifest.ManifestHash;

/** Which pods can be reached, and where. Safe for use by several threads. */
public final class Routes {

  private final Map<String, InetSocketAddress> byLabel = new ConcurrentHashMap<>();

  private volatile Consumer<String> onClosed = label -> {};

  /** Returns where the pod whose manifest hash is {@code label} listens. */
  public Optional<InetSocketAddress> find(String label) {
    return Optional.ofNullable(byLabel.get(label));
  }

  void open(ManifestHash hash, InetAddress address, int port) {
    byLabel.put(hash.value(), new InetSocketAddress(address, port));
  }

  /** Sets who ends the connections to a pod whose route has just been closed. */
  public void onClosed(Consumer<String> listener) {
    onClosed = listener;
  }

  void close(ManifestHash hash) {
    if (byLabel.remove(hash.value()) != null) {
      onClosed.accept(hash.value());
    }
  }
}
