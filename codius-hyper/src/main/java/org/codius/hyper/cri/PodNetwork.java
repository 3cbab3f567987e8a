package org.codius.hyper.cri;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.Subnet;

/**
 * Finds the pods a range of addresses that nothing on the host uses, and keeps it reserved.
 *
 * <p>Reserved means: a route says that the range is unreachable. A pod's own route is longer and
 * wins, while a packet to a pod that is gone ends here instead of leaving by the default route, and
 * another instance on the machine sees that the range is taken.
 */
final class PodNetwork {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PREFIX = 20;

  /** A route for more than this is a way to everywhere, as VPNs set them in halves. */
  private static final int WIDEST_DESTINATION = 8;

  private static final int ADDRESSES = 1 << (32 - PREFIX);
  private static final String ROUTE_TYPE = "unreachable";

  /** Where to look, in this order. All private, none the usual one of Docker, Podman or k3s. */
  private static final List<Subnet> RANGES =
      List.of(
          Subnet.parse("10.167.0.0/16"),
          Subnet.parse("10.204.0.0/16"),
          Subnet.parse("172.29.0.0/16"),
          Subnet.parse("192.168.192.0/18"),
          Subnet.parse("100.99.0.0/16"));

  private final Path record;
  private final HostProgram ip;

  PodNetwork(Path record, HostProgram ip) {
    this.record = record;
    this.ip = ip;
  }

  /** Returns the range noted by an earlier start if there is one, or else a free one. */
  Subnet reserve() throws IOException, InterruptedException {
    if (Files.exists(record)) {
      Subnet subnet = Subnet.parse(Files.readString(record).strip());
      if (!routes().contains(subnet)) {
        add(subnet); // the machine was restarted
      }
      return subnet;
    }
    List<Subnet> taken = routes();
    for (Subnet subnet : candidates()) {
      if (taken.stream().noneMatch(subnet::overlaps) && isAdded(subnet)) {
        Files.writeString(record, subnet + "\n");
        return subnet;
      }
    }
    throw new IOException("no address range is free for the pods (looked in " + RANGES + ")");
  }

  void release() throws IOException, InterruptedException {
    if (Files.exists(record)) {
      Subnet subnet = Subnet.parse(Files.readString(record).strip());
      if (routes().contains(subnet)) {
        ip.run(TIMEOUT, "", List.of("-4", "route", "del", ROUTE_TYPE, subnet.toString()));
      }
    }
  }

  /** Returns what a packet to the world may measure; a pod's interface must not promise more. */
  int mtu() throws IOException, InterruptedException {
    for (JsonNode route : query("default")) {
      Path mtu = Path.of("/sys/class/net", route.path("dev").asText("lo"), "mtu");
      if (Files.exists(mtu)) {
        return Math.min(Integer.parseInt(Files.readString(mtu).strip()), 1500);
      }
    }
    return 1500;
  }

  /** Returns whether the range is ours now; not if another instance was faster. */
  private boolean isAdded(Subnet subnet) throws IOException, InterruptedException {
    try {
      add(subnet);
      return true;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("File exists")) {
        return false;
      }
      throw e;
    }
  }

  private void add(Subnet subnet) throws IOException, InterruptedException {
    ip.run(TIMEOUT, "", List.of("-4", "route", "add", ROUTE_TYPE, subnet.toString()));
  }

  private static List<Subnet> candidates() {
    List<Subnet> candidates = new ArrayList<>();
    for (Subnet range : RANGES) {
      for (int offset = 0; offset < 1 << (32 - range.prefix()); offset += ADDRESSES) {
        candidates.add(new Subnet(range.base() + offset, PREFIX));
      }
    }
    return candidates;
  }

  /** Returns what any routing table of the host leads to, but for the default routes. */
  private List<Subnet> routes() throws IOException, InterruptedException {
    List<Subnet> routes = new ArrayList<>();
    for (JsonNode route : query("all")) {
      destination(route.path("dst").asText()).ifPresent(routes::add);
    }
    return routes;
  }

  private static Optional<Subnet> destination(String text) {
    return Optional.of(text)
        .filter(dst -> !dst.equals("default"))
        .map(Subnet::parse)
        .filter(subnet -> subnet.prefix() >= WIDEST_DESTINATION);
  }

  private JsonNode query(String what) throws IOException, InterruptedException {
    List<String> arguments =
        what.equals("all")
            ? List.of("-4", "-j", "route", "show", "table", "all")
            : List.of("-4", "-j", "route", "show", what);
    return JSON.readTree(ip.run(TIMEOUT, "", arguments));
  }
}
