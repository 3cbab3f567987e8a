package org.codius.hyper.network;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.Ruleset.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nftables table {@code inet codius_<instance>} that keeps an instance's pods apart from each
 * other, from their host and from private networks.
 *
 * <p>The host reaches every pod, and a pod answers; nothing else passes. A pod whose egress is open
 * also reaches public IPv4 addresses, except mail ports. Each pod needs an interface of its own on
 * the host: behind a bridge two pods talk without the host's IP layer seeing it.
 *
 * <p>Every change writes the whole table anew in one transaction, so that there is no moment
 * without rules and a table that somebody else flushed is whole again. Rules of others still apply:
 * a host whose own forward policy is "drop" has to let the pods out itself.
 *
 * <p>All failures are {@link Reason#FIREWALL_FAILED}. Calls block for as long as {@code nft} runs.
 * Safe for use by several threads.
 */
public final class PodFirewall {

  private static final Logger log = LoggerFactory.getLogger(PodFirewall.class);

  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{1,16}");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

  private final String table;
  private final List<Subnet> podSubnets;

  @GuardedBy("this")
  private final Map<String, Entry> pods = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean isForwardingOurs;

  @GuardedBy("this")
  private boolean isApplied;

  private PodFirewall(String table, List<Subnet> podSubnets) {
    this.table = table;
    this.podSubnets = List.copyOf(podSubnets);
  }

  /**
   * Returns the firewall of {@code instance}, not applied yet.
   *
   * @param podSubnets where its pods' addresses come from, if known: what is in them and no pod's
   *     is dropped
   */
  public static PodFirewall of(String instance, List<Subnet> podSubnets) {
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 16 of a-z, 0-9)");
    }
    return new PodFirewall("codius_" + instance, podSubnets);
  }

  /**
   * Makes {@code pods} the only ones known, and applies the table.
   *
   * @return the names of those that have an interface of their own. The others are shut off
   */
  public synchronized Set<String> adopt(Collection<Pod> pods) {
    String before = currentTable();
    isForwardingOurs =
        before.isEmpty()
            ? !isForwarding() || isForwardingOfAnother()
            : before.contains(Ruleset.FORWARDING_MARK);
    Map<String, Entry> found = new LinkedHashMap<>();
    for (Pod pod : pods) {
      try {
        found.put(pod.name(), entry(pod.name(), pod.address(), pod.isEgressOpen()));
      } catch (PodDriverException e) {
        log.warn("pod not adopted pod={} reason={}", pod.name(), e.getMessage());
      }
    }
    this.pods.clear();
    this.pods.putAll(found);
    if (found.values().stream().anyMatch(Entry::isEgressOpen)) {
      enableForwarding();
    }
    apply();
    return Set.copyOf(found.keySet());
  }

  /** Lets the host reach a pod, and the pod answer. To be called before its containers start. */
  public synchronized void admit(String pod, Inet4Address address) {
    put(pod, entry(pod, address, false));
  }

  /**
   * Lets a pod open connections to public addresses.
   *
   * <p>This needs the host to forward packets, so it is made to. (The CNI plugin {@code ptp} does
   * that already for any pod, which is why the state before is noted when the table is made.)
   */
  public synchronized void openEgress(String pod) {
    Entry entry = pods.get(pod);
    if (entry == null) {
      throw new PodDriverException(
          Reason.NO_SUCH_POD, "open egress of " + pod + ": the firewall does not know it");
    }
    enableForwarding();
    put(pod, new Entry(entry.interfaceName(), entry.address(), true));
  }

  /** Forgets a pod. Not known is fine. */
  public synchronized void release(String pod) {
    if (pods.remove(pod) != null) {
      apply();
    }
  }

  public synchronized boolean isAdmitted(String pod) {
    return pods.containsKey(pod);
  }

  /** Puts the table back if somebody took it away. */
  public synchronized void repair() {
    if (isApplied && currentTable().isEmpty()) {
      log.warn("firewall was gone and is applied again table={}", table);
      apply();
    }
  }

  /**
   * Takes the table away. IP forwarding is switched off again if it was us who switched it on and
   * no other rules for forwarding have come since.
   */
  public synchronized void remove() {
    isForwardingOurs |= currentTable().contains(Ruleset.FORWARDING_MARK);
    pods.clear();
    isApplied = false;
    nft("add table inet " + table + "\ndelete table inet " + table + "\n", List.of("-f", "-"));
    if (isForwardingOurs && !nft("", List.of("list", "ruleset")).contains("hook forward")) {
      writeForwarding("0");
    }
    isForwardingOurs = false;
  }

  private Entry entry(String pod, Inet4Address address, boolean isEgressOpen) {
    try {
      return HostRoutes.interfaceOf(address)
          .map(name -> new Entry(name, address.getHostAddress(), isEgressOpen))
          .orElseThrow(
              () ->
                  new PodDriverException(
                      Reason.FIREWALL_FAILED,
                      "keep pod %s apart: %s has no interface of its own on the host (use the CNI plugin \"ptp\", not a bridge)"
                          .formatted(pod, address.getHostAddress())));
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "keep pod " + pod + " apart: " + e.getMessage(), e);
    }
  }

  @GuardedBy("this")
  private void put(String pod, Entry entry) {
    Entry before = pods.put(pod, entry);
    try {
      apply();
    } catch (PodDriverException e) {
      if (before == null) {
        pods.remove(pod);
      } else {
        pods.put(pod, before);
      }
      throw e;
    }
  }

  @GuardedBy("this")
  private void apply() {
    nft(Ruleset.render(table, podSubnets, pods.values(), isForwardingOurs), List.of("-f", "-"));
    isApplied = true;
  }

  /** Returns the table as it is, or the empty string if it is not. */
  private String currentTable() {
    String tables = nft("", List.of("list", "tables"));
    return tables.lines().noneMatch(("table inet " + table)::equals)
        ? ""
        : nft("", List.of("list", "table", "inet", table));
  }

  private static void enableForwarding() {
    if (!isForwarding()) {
      writeForwarding("1");
    }
  }

  /** Then it is up to the last instance that goes to switch it off. */
  private boolean isForwardingOfAnother() {
    return nft("", List.of("list", "ruleset")).contains(Ruleset.FORWARDING_MARK);
  }

  private static boolean isForwarding() {
    try {
      return !Files.readString(FORWARDING).strip().equals("0");
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "read " + FORWARDING + ": " + e.getMessage(), e);
    }
  }

  private static void writeForwarding(String value) {
    try {
      Files.writeString(FORWARDING, value);
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "switch IP forwarding: " + e.getMessage(), e);
    }
  }

  private String nft(String input, List<String> arguments) {
    HostProgram program =
        HostProgram.find("nft")
            .orElseThrow(
                () ->
                    new PodDriverException(
                        Reason.FIREWALL_FAILED,
                        "apply firewall: nft is not installed (Debian package: nftables)"));
    try {
      return program.run(TIMEOUT, input, arguments);
    } catch (IOException e) {
      throw new PodDriverException(Reason.FIREWALL_FAILED, "apply firewall: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.FIREWALL_FAILED, "apply firewall: interrupted", e);
    }
  }

  /**
   * A pod as the firewall sees it.
   *
   * @param name any that is unique among the instance's
   */
  public record Pod(String name, Inet4Address address, boolean isEgressOpen) {}
}
