package org.codius.hyper.network;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.host.HostProgram;

/**
 * A whole host in a network namespace of its own, with pods, an internet and a neighbour on its
 * LAN, each a namespace too. Run as a program in that namespace, it prints what was measured for
 * each of {@link FirewallCase#ALL}, and is gone with it.
 */
final class FirewallLab {

  /** A closed port that says so was reached, where nothing of ours refuses. */
  private static final List<String> NOBODY_LISTENS = List.of(":7768", ":9");

  private static final String UNLIMITED_ICMP =
      "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int HOLD_SECONDS = 300;

  /**
   * How many seconds nobody may answer where nobody is to: as long as it takes to ask three times,
   * after 0, 1 and 3 s, as the first may be lost to address resolution. And where somebody is to.
   */
  private static final int BRIEFLY = 4;

  private static final int LONG = 30;

  private final boolean isOpen;
  private final Map<String, Process> namespaces = new LinkedHashMap<>();
  private final List<Process> servers = new ArrayList<>();

  private FirewallLab(boolean isOpen) {
    this.isOpen = isOpen;
  }

  /** {@code --open} measures the same without the firewall. */
  public static void main(String[] arguments) throws Exception {
    boolean isOpen = List.of(arguments).contains("--open");
    FirewallLab lab = new FirewallLab(isOpen);
    try {
      lab.build();
      PodFirewall firewall =
          PodFirewall.of(
              "lab",
              List.of(Subnet.parse("10.167.16.0/20")),
              List.of("1.1.1.1", "2606:4700:4700::1111"));
      if (!isOpen) {
        lab.protect(firewall);
      } else {
        run(
            "sh",
            "-c",
            "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
      }
      Map<String, String> measured = lab.measure(firewall);
      if (!isOpen) {
        measured.putAll(lab.measureForgers());
      }
      print(measured);
      if (!isOpen) {
        lab.tamper(firewall);
      }
    } finally {
      for (Process process : lab.servers) {
        process.destroyForcibly();
      }
      for (Process process : lab.namespaces.values()) {
        process.destroyForcibly();
      }
    }
  }

  private void build() throws Exception {
    run("ip", "link", "set", "lo", "up");
    run("sh", "-c", UNLIMITED_ICMP);
    Forwarding.IPV4.set(false); // a new namespace takes it over from the machine
    run(
        "sh",
        "-c",
        "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables; echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad");
    run("ip", "addr", "add", "169.254.77.68/32", "dev", "lo");
    for (String name : List.of("paid", "unpaid", "forger")) {
      pod(name, 16 + namespaces.size());
    }
    run("ip", "link", "add", "br0", "type", "bridge");
    run("ip", "addr", "add", "10.168.0.1/24", "dev", "br0");
    run("ip", "link", "set", "br0", "up");
    bridged("bridged", 2);
    bridged("second", 3);
    router("internet", "198.18.7", "fd78:");
    router("lan", "198.18.8", "fd79:");
    List<String> addresses =
        List.of(
            "11.99.0.44",
            "10.99.0.44",
            "172.20.0.44",
            "192.168.5.44",
            "100.64.0.44",
            "169.254.169.254",
            "1.1.1.1",
            "8.8.8.8",
            "2606:4700::44",
            "2606:4700:4700::1111",
            "fd12::44",
            "fd00:ec2::254",
            "64:ff9b::a63:2c",
            "2002:a63:2c::1");
    for (String address : addresses) {
      boolean isSix = address.contains(":");
      in("internet", "ip addr add " + address + (isSix ? "/128 nodad" : "/32") + " dev lo");
      run("ip", "route", "add", address, "via", isSix ? "fd78::2" : "198.18.7.2");
    }
    for (int port : new int[] {80, 25, 465, 587, 5060}) {
      servers.add(start("internet", "/bin/busybox", "httpd", "-f", "-p", "[::]:" + port));
    }
    String unused =
        in(
            "internet",
            "for p in 80 25 465 587 5060; do until (exec 3<>/dev/tcp/11.99.0.44/$p) 2>/dev/null; do sleep 0.05; done; done");
  }

  private void pod(String name, int number) throws Exception {
    hold(name);
    String link = "pod" + number;
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pid(name));
    run(
        "sh",
        "-c",
        "ip addr add 10.167.16.1/32 dev %1$s; ip addr add fd77::1/128 dev %1$s nodad; ip link set %1$s up; ip route add 10.167.16.%2$d/32 dev %1$s; ip route add fd77::%2$d/128 dev %1$s"
            .formatted(link, number));
    in(
        name,
        "ip link set lo up; ip link set eth0 up; ip addr add 10.167.16.%1$d/32 dev eth0; ip addr add fd77::%1$d/128 dev eth0 nodad; ip route add 10.167.16.1 dev eth0; ip route add default via 10.167.16.1; ip route add fd77::1 dev eth0; ip route add default via fd77::1"
            .formatted(number));
  }

  private void bridged(String name, int number) throws Exception {
    hold(name);
    String link = "tap" + number;
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pid(name));
    run("ip", "link", "set", link, "master", "br0", "up");
    in(
        name,
        "ip link set lo up; ip link set eth0 up; ip addr add 10.168.0.%d/24 dev eth0; ip route add default via 10.168.0.1"
            .formatted(number));
  }

  private void router(String name, String four, String six) throws Exception {
    hold(name);
    String link = "up" + namespaces.size();
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pid(name));
    run(
        "sh",
        "-c",
        "ip addr add %2$s.1/30 dev %1$s; ip addr add %3$s:1/64 dev %1$s nodad; ip link set %1$s up"
            .formatted(link, four, six));
    in(
        name,
        "ip link set lo up; ip link set eth0 up; ip addr add %1$s.2/30 dev eth0; ip addr add %2$s:2/64 dev eth0 nodad; ip route add default via %1$s.1; ip route add default via %2$s:1"
            .formatted(four, six));
  }

  private void protect(PodFirewall firewall) throws Exception {
    var unused = firewall.adopt(List.of());
    System.out.println("verified\t" + firewall.verify().isEmpty());
    firewall.admit("paid", address("10.167.16.16"), address("fd77::16"));
    firewall.admit("unpaid", address("10.167.16.17"), address("fd77::17"));
    firewall.admit("forger", address("10.167.16.18"), address("fd77::18"));
    firewall.admit("bridged", address("10.168.0.2"));
    firewall.admit("second", address("10.168.0.3"));
    for (String pod : List.of("paid", "forger", "bridged")) {
      firewall.openEgress(pod);
    }
  }

  private Map<String, String> measure(PodFirewall firewall) throws Exception {
    // A port that appears on the bridge later, as with another tenant's machine.
    bridged("late", 4);
    firewall.repair();
    List<String> honest =
        FirewallCase.ALL.stream()
            .map(FirewallCase::who)
            .filter(who -> !FirewallCase.FORGERS.contains(who))
            .distinct()
            .toList();
    return new HashMap<>(probe(honest));
  }

  /** Without a firewall that would tell nothing: the answers go to whom the addresses belong. */
  private Map<String, String> measureForgers() throws Exception {
    forge();
    return probe(FirewallCase.FORGERS);
  }

  private static void print(Map<String, String> measured) {
    for (FirewallCase each : FirewallCase.ALL) {
      String result = measured.getOrDefault(each.who() + each.target(), "?");
      boolean isClosedPort =
          NOBODY_LISTENS.stream().anyMatch(each.target()::endsWith)
              || each.target().endsWith(":53");
      System.out.println(
          "case\t"
              + each.says()
              + "\t"
              + (result.equals(FirewallCase.REFUSED) && isClosedPort
                  ? FirewallCase.CONNECTED
                  : result));
    }
  }

  private int patience(FirewallCase each) {
    return isOpen || !each.expected().equals(FirewallCase.BLOCKED) ? LONG : BRIEFLY;
  }

  /** Everybody named tries all of their own cases at once. */
  private Map<String, String> probe(List<String> all) throws Exception {
    Map<String, Future<String>> answers = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(all.size());
    try {
      for (String who : all) {
        String script =
            FirewallCase.ALL.stream()
                .filter(each -> each.who().equals(who))
                .map(each -> "probe '" + each.target() + "' " + patience(each) + " &")
                .collect(Collectors.joining("\n", PROBE, "\nwait\n"));
        answers.put(
            who,
            threads.submit(() -> who.equals("host") ? run("bash", "-c", script) : in(who, script)));
      }
      Map<String, String> measured = new HashMap<>();
      for (Map.Entry<String, Future<String>> answer : answers.entrySet()) {
        answer
            .getValue()
            .get()
            .lines()
            .map(line -> line.split("\t"))
            .forEach(parts -> measured.put(answer.getKey() + parts[0], parts[1]));
      }
      return measured;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Pods take addresses that are not theirs. */
  private void forge() throws Exception {
    in(
        "forger",
        "ip addr add 10.167.16.16/32 dev eth0; ip route change default via 10.167.16.1 src 10.167.16.16; ip addr add fd77::16/128 dev eth0 nodad; ip -6 route change default via fd77::1 src fd77::16");
    in(
        "second",
        "ip addr add 10.168.0.2/24 dev eth0; ip route change default via 10.168.0.1 src 10.168.0.2");
    namespaces.put("thief", namespaces.get("second"));
  }

  /** What others do to the rules, and what becomes of it. */
  private void tamper(PodFirewall firewall) throws Exception {
    String before = Nftables.normalized(Nftables.table("inet", "codius_lab"));
    run("nft", "flush", "chain", "inet", "codius_lab", "from_pod");
    firewall.repair();
    System.out.println(
        "repaired\t" + before.equals(Nftables.normalized(Nftables.table("inet", "codius_lab"))));
    run(
        "nft",
        "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }");
    System.out.println("obstacle\t" + new FirewallProbe(firewall).run().orElse("none"));
    run("nft", "delete", "table", "ip", "filter");
    run(
        "nft",
        "add table ip nat; add chain ip nat pre { type nat hook prerouting priority -100; }; add rule ip nat pre tcp dport 53 dnat to :9");
    System.out.println("leak\t" + failureOf(new FirewallProbe(firewall)));
    run("nft", "delete", "table", "ip", "nat");
    firewall.remove();
    System.out.println(
        "removed\t"
            + (Nftables.all().isBlank() && !Forwarding.IPV4.isOn() && !Forwarding.IPV6.isOn()));
  }

  private static String failureOf(FirewallProbe probe) {
    try {
      return "none; " + probe.run();
    } catch (PodDriverException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static final String PROBE =
      """
      probe() {
        kind=${1%% *}; where=${1#* }; host=${where%:*}; port=${where##*:}
        if [ $kind = tcp ]; then
          said=$(timeout $2 bash -c "exec 3<>/dev/tcp/$host/$port" 2>&1); code=$?
          # "No route": not even its link address was to be had
          case "$code $said" in 0*) result=reached;; 124*|*"No route to host"*) result=blocked;; *) result=refused;; esac
        else
          # a closed port answers by ICMP, which the next write then reports
          bash -c "exec 3<>/dev/udp/$host/$port && for i in 1 2 3 4 5; do echo x >&3 || exit 1; sleep 0.8; done" 2>/dev/null && result=blocked || result=refused
        fi
        printf '%s\\t%s\\n' "$1" $result
      }
      """;

  private void hold(String name) throws Exception {
    Process process =
        new ProcessBuilder(
                "/usr/bin/unshare", "--net", "/bin/sleep", Integer.toString(HOLD_SECONDS))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    namespaces.put(name, process);
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    while (Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net")).equals(own)) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    // Else a closed UDP port does not always say so.
    in(name, UNLIMITED_ICMP);
  }

  private String pid(String name) {
    return Long.toString(requireNonNull(namespaces.get(name), name).pid());
  }

  private Process start(String name, String... command) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("/usr/bin/nsenter", "--net=/proc/" + pid(name) + "/ns/net"));
    all.addAll(List.of(command));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start();
  }

  private String in(String name, String script) throws Exception {
    return run("nsenter", "--net=/proc/" + pid(name) + "/ns/net", "bash", "-c", script);
  }

  private static String run(String program, String... arguments)
      throws IOException, InterruptedException {
    return HostProgram.find(program).orElseThrow().run(TIMEOUT, "", List.of(arguments));
  }

  private static InetAddress address(String text) throws IOException {
    return InetAddress.getByName(text);
  }
}
