package org.codius.proxy;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells where each pod is. Called on the event loop for every request: must not block. */
@FunctionalInterface
public interface RouteTable {

  /**
   * Returns where the pod of this name listens, or empty if none does.
   *
   * @param label the first label of the request's host, lowercase: 52 of {@code a-z2-7}
   */
  Optional<InetSocketAddress> find(String label);
}
