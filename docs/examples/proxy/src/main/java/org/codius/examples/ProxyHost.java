package org.codius.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.codius.proxy.PodProxy;
import org.codius.proxy.ProxyConfig;
import org.codius.proxy.RouteTable;

/** Serves pods on port 3000 until its input ends: {@code ProxyHost HASH=IP:PORT ...}. */
public final class ProxyHost {

  private ProxyHost() {}

  public static void main(String[] pods) throws IOException {
    try (PodProxy proxy = PodProxy.start(ProxyConfig.DEFAULT, routes(pods))) {
      System.out.println("Listening on " + proxy.localAddress());
      while (System.in.read() >= 0) {}
    }
  }

  /** Reads names of pods, manifest hashes or whole host names, and where each listens. */
  static RouteTable routes(String... pods) {
    Map<String, InetSocketAddress> addresses =
        Arrays.stream(pods)
            .map(pod -> pod.split("[=:]", 3))
            .collect(
                Collectors.toMap(
                    pod -> pod[0],
                    pod -> new InetSocketAddress(pod[1], Integer.parseInt(pod[2]))));
    return RouteTable.of(addresses);
  }
}
