package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.sun.net.httpserver.HttpServer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.PodFirewall;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What gets through, with real packets between real namespaces. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodFirewallIT {

  private static final String SERVE =
      "mkdir www; echo neighbour > www/index.html; httpd -f -p [::]:80 -h www";

  /**
   * Says of each URL it is given whether it answers within so many seconds; all at once, in no
   * order.
   */
  private static final String PROBE =
      """
      until test -e /tmp/targets; do sleep 0.1; done
      probe() {
        if answer=$(timeout $1 wget -q -O - $2 2>&1); then echo "reached $2"
        else case "$answer" in *refused*) echo "rejected $2";; *) echo "dropped $2";; esac; fi
      }
      while read -r seconds url; do probe $seconds $url 2>&1 | grep http & done < /tmp/targets
      wait
      echo the-end
      sleep 600
      """;

  private static final List<Path> FORWARDING =
      List.of(
          Path.of("/proc/sys/net/ipv4/ip_forward"),
          Path.of("/proc/sys/net/ipv6/conf/all/forwarding"));

  /** Each of the probes takes four processes. */
  private static final PodSpec.Resources ROOMY = new PodSpec.Resources(1, 128, 256, 1024);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** How long to wait for an answer where none is to come, and where one is. */
  private static final int BRIEFLY = 2;

  private static final int LONG = 20;

  private TestHost host;
  private TestInternet internet;
  private HttpServer hostServer;
  private PodStatus neighbour;

  @BeforeAll
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
  }

  /** Whatever the last test made of the firewall. */
  @BeforeEach
  void beginAnew() throws Exception {
    host.restart();
    neighbour = host.run(host.pod("neighbour", host.container("web", SERVE)));
    host.await(() -> host.http(neighbour, 80, "index.html"), "neighbour\n"::equals);
  }

  @AfterEach
  void removePods() throws Exception {
    List<CompletionStage<Void>> removals = new ArrayList<>();
    for (PodStatus pod : host.get(host.driver().list())) {
      removals.add(host.driver().remove(pod.id()));
    }
    for (CompletionStage<Void> removal : removals) {
      host.get(removal);
    }
  }

  @AfterAll
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
    List<String> mail =
        List.of(url(internet.publicAddress(), 25), url(internet.publicAddress6(), 25));
    List<String> web =
        List.of(url(internet.publicAddress(), 80), url(internet.publicAddress6(), 80));
    giveIpv6(neighbour, 16);
    PodSpec unpaid = prober("unpaid");
    PodSpec paid = prober("paid");
    List<String> never = runBoth(unpaid, 17);
    List<String> neverOfPaid = runBoth(paid, 18);
    host.get(host.driver().openEgress(paid.id()));

    List<String> closed = probe(unpaid, List.of(), Iterables.concat(never, mail, web));
    List<String> open = probe(paid, Iterables.concat(mail, web), neverOfPaid);

    assertThat(closed).hasSize(never.size() + 4).allMatch(line -> line.startsWith("dropped "));
    assertThat(open)
        .containsAll(mail.stream().map("rejected "::concat).toList())
        .containsAll(web.stream().map("reached "::concat).toList())
        .containsAll(neverOfPaid.stream().map("dropped "::concat).toList())
        .hasSize(neverOfPaid.size() + 4);
  }

  /** That the probes above fail because of the firewall, and for no other reason. */
  @Test
  void withoutTheFirewallEverythingWouldBeReached() throws Exception {
    giveIpv6(neighbour, 16);
    PodSpec naked = prober("naked");
    List<String> never = runBoth(naked, 17);
    List<String> mail =
        List.of(url(internet.publicAddress(), 25), url(internet.publicAddress6(), 25));
    host.driver().firewall().remove();
    List<String> before = new ArrayList<>();
    for (Path file : FORWARDING) { // it went with the firewall
      before.add(Files.readString(file));
      Files.writeString(file, "1");
    }

    List<String> lines = probe(naked, Iterables.concat(never, mail), List.of());
    for (int i = 0; i < before.size(); i++) {
      Files.writeString(FORWARDING.get(i), before.get(i));
    }

    assertThat(lines)
        .hasSize(never.size() + mail.size())
        .allMatch(line -> line.startsWith("reached "));
  }

  /**
   * A pod that lost its route while the daemon was away is one that nobody finds. Its IPv6 address
   * of the link is always there.
   */
  @Test
  void aPodThatIsNotFoundAgainIsShutOff() throws Exception {
    PodSpec first = prober("first");
    PodSpec second = prober("second");
    PodSpec third = prober("third");
    List<List<String>> targets = new ArrayList<>();
    List<PodStatus> pods = new ArrayList<>();
    for (PodSpec spec : List.of(first, second, third)) {
      pods.add(host.run(spec));
    }
    for (PodStatus pod : pods) {
      targets.add(List.of(gateway(), url(linkLocal(pod), hostServer.getAddress().getPort())));
      ip("route del " + pod.address().orElseThrow().getHostAddress() + " dev " + linkOf(pod));
    }

    host.restart();
    assertThat(host.get(host.driver().status(first.id())).orElseThrow().address()).isEmpty();
    List<String> withItsTable = probe(first, List.of(), targets.get(0));
    host.driver().close();
    HostProgram nft = HostProgram.find("nft").orElseThrow();
    nft.run(TIMEOUT, "", List.of("delete", "table", "inet", "codius_" + host.instance()));
    host.restart();
    List<String> withoutItsTable = probe(second, List.of(), targets.get(1));
    host.driver().firewall().remove();
    List<String> withoutAny = probe(third, targets.get(2).subList(1, 2), List.of());

    assertThat(withItsTable).hasSize(2).allMatch(line -> line.startsWith("dropped "));
    assertThat(withoutItsTable).hasSize(2).allMatch(line -> line.startsWith("dropped "));
    assertThat(withoutAny).containsExactly("reached " + targets.get(2).get(1));
  }

  @Test
  void aPodThatTakesAnotherAddressIsCutOff() throws Exception {
    String url = "http://" + internet.publicAddress() + "/";
    PodSpec spec = prober("forger");
    host.run(spec);
    host.get(host.driver().openEgress(spec.id()));
    String other = host.containerd().podSubnet().address(999).getHostAddress();
    inside(spec.id(), "addr add " + other + "/32 dev eth0");
    inside(
        spec.id(),
        "route change default via "
            + host.containerd().podSubnet().address(1).getHostAddress()
            + " dev eth0 src "
            + other);

    assertThat(probe(spec, List.of(), List.of(url))).containsExactly("dropped " + url);
  }

  @Test
  void egressStaysOpenWhenTheDaemonIsRestartedAndTheTableComesBackWhenFlushed() throws Exception {
    String url = "http://" + internet.publicAddress() + "/";
    PodSpec spec =
        host.pod(
            "lasting",
            host.container(
                "main", "while true; do timeout 1 wget -q -O - " + url + "; sleep 0.2; done"));
    host.run(spec);
    host.get(host.driver().openEgress(spec.id()));
    String rules = HostTraces.of(host).firewall();

    host.restart();
    HostProgram nft = HostProgram.find("nft").orElseThrow();
    nft.run(TIMEOUT, "", List.of("delete", "table", "inet", "codius_" + host.instance()));

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

  /** Runs a pod, with IPv6 too, and returns the URLs that it must never reach. */
  private List<String> runBoth(PodSpec spec, int number) throws Exception {
    PodStatus pod = host.run(spec);
    String linkLocal = linkLocal(pod);
    giveIpv6(pod, number);
    int port = hostServer.getAddress().getPort();
    return List.of(
        // the neighbour
        url(neighbour.address().orElseThrow().getHostAddress(), 80),
        url("fd77::16", 80),
        // the host, by each of its addresses
        gateway(),
        url("fd77::1", port),
        url(linkLocal, port),
        url(internet.gateway(), port),
        url(internet.gateway6(), port),
        // what is not public
        url(internet.privateAddress(), 80),
        url(internet.privateAddress6(), 80),
        url(internet.linkLocalAddress(), 80),
        url(internet.metadataAddress6(), 80),
        // DNS elsewhere
        url(internet.publicAddress(), 53),
        url(internet.publicAddress6(), 53));
  }

  private String gateway() {
    return url(
        host.containerd().podSubnet().address(1).getHostAddress(),
        hostServer.getAddress().getPort());
  }

  private static String url(String address, int port) {
    return "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port + "/";
  }

  /** Gives a pod an IPv6 address, which our network has none of. */
  private void giveIpv6(PodStatus pod, int number) throws Exception {
    String address = "fd77::" + number;
    String link = linkOf(pod);
    ip("addr add fd77::1/128 dev " + link + " nodad");
    ip("-6 route add " + address + " dev " + link);
    inside(pod.id(), "addr add " + address + "/128 dev eth0 nodad");
    inside(pod.id(), "-6 route add fd77::1 dev eth0");
    inside(pod.id(), "-6 route add default via fd77::1 dev eth0");
    host.driver()
        .firewall()
        .admit(pod.id().name(), pod.address().orElseThrow(), InetAddress.getByName(address));
  }

  /** Returns the interface of the host that the pod is behind. */
  private static String linkOf(PodStatus pod) throws Exception {
    String route = ip("-o route get " + pod.address().orElseThrow().getHostAddress());
    List<String> words = Splitter.on(' ').splitToList(route);
    return words.get(words.indexOf("dev") + 1);
  }

  /** Returns the host's address on the link to the pod, once both ends have one. */
  private String linkLocal(PodStatus pod) throws Exception {
    String words = "-o -6 addr show dev %s scope link -tentative";
    String unused =
        host.await(() -> inside(pod.id(), words.formatted("eth0")), text -> !text.isBlank());
    String link = linkOf(pod);
    String line = host.await(() -> ip(words.formatted(link)), text -> !text.isBlank());
    return line.replaceFirst("(?s).*inet6 ([^/]*)/.*", "$1%eth0");
  }

  @CanIgnoreReturnValue
  private static String ip(String arguments) throws Exception {
    return HostProgram.find("ip")
        .orElseThrow()
        .run(TIMEOUT, "", Splitter.on(' ').splitToList(arguments));
  }

  /** Runs {@code ip} in the pod's network namespace. */
  @CanIgnoreReturnValue
  private String inside(PodId pod, String arguments) throws Exception {
    String namespace = "--net=/proc/" + host.processes(pod).get(0) + "/ns/net";
    return HostProgram.find("nsenter")
        .orElseThrow()
        .run(TIMEOUT, "", List.of(namespace, "sh", "-c", "ip " + arguments));
  }

  /** A pod that tries the URLs that {@link #probe} gives it. */
  private PodSpec prober(String name) {
    return new PodSpec(host.id(name), List.of(host.container("main", PROBE)), ROOMY);
  }

  /** Returns what became of each. A machine that is busy takes longer to answer what it may. */
  private List<String> probe(PodSpec prober, Iterable<String> allowed, Iterable<String> blocked)
      throws Exception {
    StringBuilder targets = new StringBuilder();
    allowed.forEach(url -> targets.append(LONG + " " + url + "\n"));
    blocked.forEach(url -> targets.append(BRIEFLY + " " + url + "\n"));
    Path file = rootOf(prober).resolve("tmp/targets");
    Files.writeString(file.resolveSibling("new"), targets);
    Files.move(file.resolveSibling("new"), file);
    return host.lines(prober.id());
  }

  /** Returns where the pod's container has its files, seen from outside. */
  private Path rootOf(PodSpec spec) throws Exception {
    for (long pid : host.processes(spec.id())) {
      Path root = Path.of("/proc/" + pid + "/root");
      if (Files.exists(root.resolve("bin/busybox"))) {
        return root;
      }
    }
    throw new AssertionError("no process of " + spec.id());
  }
}
