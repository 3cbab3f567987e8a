package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.PodFirewall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What gets through, with real packets between real namespaces. */
class PodFirewallIT {

  private static final String SERVE =
      "mkdir www; echo neighbour > www/index.html; httpd -f -p 80 -h www";

  /** Says of each URL in $TARGETS whether it answers soon; all at once, in no order. */
  private static final String PROBE =
      """
      probe() {
        if answer=$(timeout 2 wget -q -O - $1 2>&1); then echo "reached $1"
        else case "$answer" in *refused*) echo "rejected $1";; *) echo "dropped $1";; esac; fi
      }
      for url in $TARGETS; do probe $url 2>&1 | grep http & done
      wait
      echo the-end
      """;

  private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

  private TestHost host;
  private TestInternet internet;
  private HttpServer hostServer;
  private PodStatus neighbour;

  @BeforeEach
  void start() throws Exception {
    host = TestHost.start();
    internet = TestInternet.start();
    hostServer = HttpServer.create(new InetSocketAddress(0), 0);
    hostServer.createContext(
        "/",
        exchange -> {
          byte[] body = "host\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    hostServer.start();
    neighbour = host.run(host.pod("neighbour", host.container("web", SERVE)));
    host.await(() -> host.http(neighbour, 80, "index.html"), "neighbour\n"::equals);
  }

  @AfterEach
  void stop() throws Exception {
    if (hostServer != null) {
      hostServer.stop(0);
    }
    if (internet != null) {
      internet.close();
    }
    if (host != null) {
      host.close();
    }
  }

  @Test
  void aPodReachesNothingUntilItsEgressIsOpenAndThenOnlyThePublic() throws Exception {
    String publicUrl = "http://" + internet.publicAddress() + "/";
    String mailUrl = "http://" + internet.publicAddress() + ":25/";
    List<String> never = neverReached();
    String all = String.join(" ", never) + " " + mailUrl + " " + publicUrl;

    List<String> closed = probe("closed", all, false);
    List<String> open = probe("open", all, true);

    assertThat(closed).hasSize(never.size() + 2).allMatch(line -> line.startsWith("dropped "));
    assertThat(open)
        .contains("rejected " + mailUrl, "reached " + publicUrl)
        .filteredOn(line -> line.startsWith("dropped "))
        .hasSize(never.size());
  }

  /** That the probes above fail because of the firewall, and for no other reason. */
  @Test
  void withoutTheFirewallEverythingWouldBeReached() throws Exception {
    List<String> never = neverReached();
    PodSpec spec =
        prober("naked", String.join(" ", never), "until test -e /tmp/go; do sleep 0.1; done");
    host.run(spec);
    host.driver().firewall().remove();
    String forwarding = Files.readString(FORWARDING);
    Files.writeString(FORWARDING, "1"); // went with the firewall
    touch(spec, "tmp/go");

    List<String> lines = host.lines(spec.id());
    Files.writeString(FORWARDING, forwarding);

    assertThat(lines).hasSize(never.size()).allMatch(line -> line.startsWith("reached "));
  }

  @Test
  void aPodThatTakesAnotherAddressIsCutOff() throws Exception {
    String url = "http://" + internet.publicAddress() + "/";
    PodSpec spec = prober("forger", url, "until test -e /tmp/go; do sleep 0.1; done");
    host.run(spec);
    host.get(host.driver().openEgress(spec.id()));
    String pid = Long.toString(host.processes(spec.id()).get(0));
    String other = host.containerd().podSubnet().address(999).getHostAddress();
    HostProgram nsenter = HostProgram.find("nsenter").orElseThrow();
    for (String command :
        List.of(
            "addr add " + other + "/32 dev eth0",
            "route change default via "
                + host.containerd().podSubnet().address(1).getHostAddress()
                + " dev eth0 src "
                + other)) {
      nsenter.run(
          Duration.ofSeconds(5),
          "",
          List.of("--net=/proc/" + pid + "/ns/net", "sh", "-c", "ip " + command));
    }
    touch(spec, "tmp/go");

    assertThat(host.lines(spec.id())).containsExactly("dropped " + url);
  }

  @Test
  void egressStaysOpenWhenTheDaemonIsRestartedAndTheTableComesBackWhenFlushed() throws Exception {
    String url = "http://" + internet.publicAddress() + "/";
    PodSpec spec =
        prober(
            "lasting", url, "while true; do timeout 1 wget -q -O - " + url + "; sleep 0.2; done");
    host.run(spec);
    host.get(host.driver().openEgress(spec.id()));
    String rules = HostTraces.of(host).firewall();

    host.restart();
    HostProgram nft = HostProgram.find("nft").orElseThrow();
    nft.run(
        Duration.ofSeconds(5), "", List.of("delete", "table", "inet", "codius_" + host.instance()));

    assertThat(host.await(() -> HostTraces.of(host).firewall(), rules::equals)).isEqualTo(rules);
    LineCollector lines = new LineCollector();
    Instant now = Instant.now();
    host.driver().logs(spec.id(), LogQuery.FOLLOW).subscribe(lines);
    LogLine line = lines.next();
    while (line.at().isBefore(now)) {
      line = lines.next();
    }
    assertThat(line.text()).isEqualTo("internet");
    lines.cancel();
  }

  @Test
  void anAddressWithoutAnInterfaceOfItsOwnIsRefused() throws Exception {
    PodFirewall firewall = PodFirewall.of("t0", List.of(), List.of());
    Inet4Address address = (Inet4Address) InetAddress.getByName("10.255.255.254");

    assertThatThrownBy(() -> firewall.admit("bridged", address))
        .isInstanceOfSatisfying(
            PodDriverException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.FIREWALL_FAILED))
        .hasMessageContaining("neither an interface of its own");
  }

  /** The neighbour, the host by each of its addresses, and networks behind it. */
  private List<String> neverReached() throws Exception {
    int port = hostServer.getAddress().getPort();
    return List.of(
        "http://" + neighbour.address().orElseThrow().getHostAddress() + "/",
        "http://" + host.containerd().podSubnet().address(1).getHostAddress() + ":" + port + "/",
        "http://" + internet.gateway() + ":" + port + "/",
        "http://" + internet.privateAddress() + "/",
        "http://" + internet.linkLocalAddress() + "/");
  }

  private List<String> probe(String name, String targets, boolean isEgressOpen) throws Exception {
    PodSpec spec = prober(name, targets, "until test -e /tmp/go; do sleep 0.1; done");
    host.run(spec);
    if (isEgressOpen) {
      host.get(host.driver().openEgress(spec.id()));
    }
    touch(spec, "tmp/go");
    return host.lines(spec.id());
  }

  private PodSpec prober(String name, String targets, String before) {
    return new PodSpec(
        host.id(name),
        List.of(
            new PodSpec.Container(
                "main",
                host.registry().image(),
                List.of("sh", "-c", before + "\n" + PROBE + "sleep 600"),
                "",
                Map.of("TARGETS", targets))),
        TestHost.SMALL);
  }

  /** Makes a file in the pod's container, from outside. */
  private void touch(PodSpec spec, String file) throws Exception {
    for (long pid : host.processes(spec.id())) {
      Path root = Path.of("/proc/" + pid + "/root");
      if (Files.exists(root.resolve("bin/busybox"))) {
        Files.writeString(root.resolve(file), "");
        return;
      }
    }
    throw new AssertionError("no process of " + spec.id());
  }
}
