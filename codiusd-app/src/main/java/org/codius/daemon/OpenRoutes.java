package org.codius.daemon;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.codius.daemon.lease.Routes;
import org.codius.proxy.RouteTable;

/**
 * The pods' routes as the proxy sees them: not known yet while the runtime has not been asked.
 *
 * @param runtime whose pods they are
 */
record OpenRoutes(Routes routes, LateRuntime runtime) implements RouteTable {

  @Override
  public Optional<InetSocketAddress> find(String label) {
    return routes.find(label);
  }

  @Override
  public boolean isComplete() {
    return runtime.isOpen();
  }
}
