package org.codius.proxy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codius.proxy.tls.CertificateFiles;
import org.codius.proxy.tls.Certificates;

/** The proxy alone, for {@code bin/bench-proxy}: every safeguard on. */
final class BenchmarkHost {

  private BenchmarkHost() {}

  /**
   * Runs until it is killed.
   *
   * @param args the port to listen on, the one for TLS, its certificate and key, then for each pod
   *     {@code hash=port}
   */
  @SuppressWarnings("resource") // lives as long as the process
  public static void main(String[] args) {
    Map<String, InetSocketAddress> pods = new HashMap<>();
    for (int i = 4; i < args.length; i++) {
      String[] pod = args[i].split("=", 2);
      pods.put(pod[0], local(pod[1]));
    }
    RouteTable routes = RouteTable.of(pods);
    String transport = System.getProperty("codius.transport");
    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withTransport(
                transport == null ? Transport.usual() : Transport.valueOf(transport))
            .withBind(local(args[0]))
            // as the peers are told, lest the load's programs run out of connections
            .withLimits(Limits.DEFAULT.withRequestsPerConnection(100_000_000))
            // one pod gets all of the idle connections
            .withPodLimits(PodLimits.DEFAULT.withConnections(10_000));
    PodProxy.start(config, routes);
    Certificates certificates =
        Certificates.read(List.of(new CertificateFiles(Path.of(args[2]), Path.of(args[3]))));
    PodProxy.start(config.withBind(local(args[1])).withTls(certificates), routes);
  }

  private static InetSocketAddress local(String port) {
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
  }
}
