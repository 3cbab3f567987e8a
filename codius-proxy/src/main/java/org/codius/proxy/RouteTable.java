package org.codius.proxy;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/**
 * Tells where each pod is.
 *
 * <p>Asked on an event loop for every request anew, so that a change counts from the next request
 * on: must be safe for use by several threads, and must not block.
 */
@FunctionalInterface
public interface RouteTable {

  /**
   * Returns where the pod of this name listens, or empty if none does.
   *
   * @param label the first label of the request's host, lowercase: 52 of {@code a-z2-7}
   */
  Optional<InetSocketAddress> find(String label);

  /**
   * Returns where the pod listens that has a whole host name to itself, or empty if none does: then
   * the request is the API's. Asked for hosts whose first label is no manifest hash.
   *
   * @param name of the host, lowercase, without port and trailing dot
   */
  default Optional<InetSocketAddress> findHost(String name) {
    return Optional.empty();
  }

  /**
   * Whether a pod that is not in the table is not there. While it is not known yet, as when the
   * host has just been started, requests for it get a 503 instead of a 404.
   */
  default boolean isComplete() {
    return true;
  }

  /**
   * Whether a request for a pod's host is answered by the API instead, whether the pod is there or
   * not.
   *
   * @param name the label or the whole name of the pod's host
   * @param path as it was sent, without the query; nothing in it is decoded
   */
  default boolean isIntercepted(String name, String path) {
    return false;
  }

  /**
   * Returns a table that does not change.
   *
   * @param pods by label, or by whole host name, both lowercase
   */
  static RouteTable of(Map<String, InetSocketAddress> pods) {
    Map<String, InetSocketAddress> copy = Map.copyOf(pods);
    return new RouteTable() {
      @Override
      public Optional<InetSocketAddress> find(String label) {
        return Optional.ofNullable(copy.get(label));
      }

      @Override
      public Optional<InetSocketAddress> findHost(String name) {
        return Optional.ofNullable(copy.get(name));
      }
    };
  }
}
