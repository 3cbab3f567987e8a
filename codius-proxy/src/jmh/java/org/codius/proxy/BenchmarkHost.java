package org.codius.proxy;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** The proxy alone, for {@code bin/bench-proxy}: every safeguard on. */
final class BenchmarkHost {

  private BenchmarkHost() {}

  /**
   * Runs until it is killed.
   *
   * @param args the port to listen on, then for each pod {@code hash=port}
   */
  @SuppressWarnings("resource") // lives as long as the process
  public static void main(String[] args) {
    Map<String, InetSocketAddress> pods = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      String[] pod = args[i].split("=", 2);
      pods.put(pod[0], new InetSocketAddress("127.0.0.1", Integer.parseInt(pod[1])));
    }
    PodProxy.start(
        ProxyConfig.DEFAULT.withBind(
                new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
            // one pod gets all of the idle connections
            .withPodLimits(PodLimits.DEFAULT.withConnections(10_000)),
        RouteTable.of(pods));
  }
}
