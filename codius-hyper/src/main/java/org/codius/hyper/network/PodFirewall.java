package org.codius.hyper.network;

import com.google.common.net.InetAddresses;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.network.BridgeRuleset.Binding;
import org.codius.hyper.network.Ruleset.Entry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nftables tables {@code inet codius_<instance>} and, for pods on a bridge, {@code bridge
 * codius_<instance>}, which keep an instance's pods apart from each other, from their host and from
 * private networks. {@code docs/network-policy.md} has the rules.
 *
 * <p>The host reaches every pod, and a pod answers; a pod reaches the host's Interledger port. One
 * whose egress is open also reaches public addresses, except for mail, telephony and foreign
 * resolvers. A pod is known by its interface and its address together: by an interface of its own
 * on the host, or by its port of a bridge.
 *
 * <p>Every change writes the tables anew in one transaction, so that there is no moment without
 * rules, and reads them back. Rules of others still apply: {@link #verify} names a foreign policy
 * that drops what pods send.
 *
 * <p>All failures are {@link Reason#FIREWALL_FAILED}. Calls block for as long as {@code nft} runs,
 * for a pod on a bridge until it answers ARP. Safe for use by several threads.
 */
public final class PodFirewall {

  private static final Logger log = LoggerFactory.getLogger(PodFirewall.class);

  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{1,16}");

  /** What is verified is the kernel and the rules of others, the same for every instance. */
  private static final AtomicReference<@Nullable Optional<String>> VERIFIED =
      new AtomicReference<>();

  private final String table;
  private final List<Subnet> podSubnets;
  private final List<InetAddress> resolvers;

  @GuardedBy("this")
  private final Map<String, List<Entry>> pods = new LinkedHashMap<>();

  /** Of the pods on bridges. */
  @GuardedBy("this")
  private final Map<String, Binding> bindings = new LinkedHashMap<>();

  /** Pods that run, and nobody knows where. */
  @GuardedBy("this")
  private final Set<String> lost = new HashSet<>();

  /** Interfaces from which nothing is let through as long as pods are lost. */
  @GuardedBy("this")
  private final Set<String> shut = new TreeSet<>();

  @GuardedBy("this")
  private final Set<Forwarding> ours = EnumSet.noneOf(Forwarding.class);

  /** The tables as they were read back; empty while there are none of ours. */
  @GuardedBy("this")
  private String applied = "";

  @GuardedBy("this")
  private Set<String> appliedPorts = Set.of(); // of bridges

  private PodFirewall(String table, List<Subnet> podSubnets, List<InetAddress> resolvers) {
    this.table = table;
    this.podSubnets = List.copyOf(podSubnets);
    this.resolvers = List.copyOf(resolvers);
  }

  /**
   * Returns the firewall of {@code instance}, not applied yet.
   *
   * @param podSubnets where its pods' addresses come from, if known: what is in them and no pod's
   *     is dropped
   * @param resolvers whom pods may ask for names, by their IP addresses; private ones too
   */
  public static PodFirewall of(String instance, List<Subnet> podSubnets, List<String> resolvers) {
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 16 of a-z, 0-9)");
    }
    return new PodFirewall(
        "codius_" + instance,
        podSubnets,
        resolvers.stream().map(InetAddresses::forString).toList());
  }

  /**
   * Makes {@code pods} the only ones known, and applies the tables.
   *
   * <p>As long as one of them is somewhere unknown, every interface that was a pod's stays shut
   * unless it is a known one's: also for IPv6, where no address tells a pod.
   *
   * @param pods all that run; without an address if it is not known
   * @return the names of those that can be kept apart. The others are shut off
   */
  public synchronized Set<String> adopt(Collection<Pod> pods) {
    String before = Nftables.table("inet", table);
    ours.clear();
    for (Forwarding forwarding : Forwarding.values()) {
      boolean isOurs =
          before.isEmpty()
              ? !isOn(forwarding) || Nftables.all().contains(forwarding.mark())
              : before.contains(forwarding.mark());
      if (isOurs) {
        ours.add(forwarding);
      }
    }
    forgetAll();
    for (Pod pod : pods) {
      try {
        place(pod);
      } catch (PodDriverException e) {
        log.warn("pod not adopted pod={} reason={}", pod.name(), e.getMessage());
        lost.add(pod.name());
      }
    }
    if (!lost.isEmpty()) {
      shut.addAll(suspects(before));
    }
    for (List<Entry> entries : this.pods.values()) {
      if (entries.stream().anyMatch(Entry::isEgressOpen)) {
        enableForwarding(entries);
      }
    }
    apply();
    return Set.copyOf(this.pods.keySet());
  }

  /**
   * Sends real packets between namespaces made for it, to see that the rules hold on this kernel
   * beside the rules of others. Takes about a second, once in the life of a process. To be called
   * after {@link #adopt}.
   *
   * @return what other than us keeps pods from the internet, if anything does
   * @throws PodDriverException if the rules do not hold
   */
  public Optional<String> verify() {
    synchronized (VERIFIED) {
      Optional<String> obstacle = VERIFIED.get();
      if (obstacle == null) {
        obstacle = new FirewallProbe(this).run();
        VERIFIED.set(obstacle);
        obstacle.ifPresent(words -> log.warn("pods do not get out although they may: {}", words));
      }
      return obstacle;
    }
  }

  /** Lets the host reach a pod, and the pod answer. To be called before its containers start. */
  public synchronized void admit(String pod, InetAddress... addresses) {
    List<Entry> before = pods.get(pod);
    Binding bindingBefore = bindings.get(pod);
    place(new Pod(pod, List.of(addresses), false));
    boolean wasLost = lost.remove(pod);
    try {
      apply();
    } catch (PodDriverException e) {
      if (wasLost) {
        lost.add(pod);
      }
      restore(pods, pod, before);
      restore(bindings, pod, bindingBefore);
      throw e;
    }
  }

  /**
   * Lets a pod open connections to public addresses.
   *
   * <p>This needs the host to forward packets, so it is made to. (The CNI plugin {@code ptp} does
   * that already for any pod, which is why the state before is noted when the table is made.)
   */
  public synchronized void openEgress(String pod) {
    List<Entry> entries = pods.get(pod);
    if (entries == null) {
      throw new PodDriverException(
          Reason.NO_SUCH_POD, "open egress of " + pod + ": the firewall does not know it");
    }
    enableForwarding(entries);
    pods.put(pod, entries.stream().map(Entry::withEgress).toList());
    try {
      apply();
    } catch (PodDriverException e) {
      pods.put(pod, entries);
      throw e;
    }
  }

  /** Forgets a pod. Not known is fine. */
  public synchronized void release(String pod) {
    boolean wasLost = lost.remove(pod);
    if (pods.remove(pod) != null || wasLost) {
      bindings.remove(pod);
      apply();
    }
  }

  public synchronized boolean isAdmitted(String pod) {
    return pods.containsKey(pod);
  }

  /**
   * Puts the tables back if somebody changed them or took them away, and takes new ports of the
   * pods' bridges into them. To be called every few seconds.
   */
  public synchronized void repair() {
    if (applied.isEmpty()) {
      return;
    }
    if (!Nftables.normalized(current()).equals(applied)) {
      log.warn("firewall was changed by somebody else and is applied again table={}", table);
      apply();
    } else if (!ports().equals(appliedPorts)) {
      apply();
    }
  }

  /**
   * Takes the tables away. IP forwarding is switched off again if it was us who switched it on and
   * no other rules for forwarding have come since.
   */
  public synchronized void remove() {
    String before = Nftables.table("inet", table);
    for (Forwarding forwarding : Forwarding.values()) {
      if (before.contains(forwarding.mark())) {
        ours.add(forwarding);
      }
    }
    forgetAll();
    applied = "";
    Nftables.apply(
        "add table inet %1$s\ndelete table inet %1$s\nadd table bridge %1$s\ndelete table bridge %1$s\n"
            .formatted(table));
    if (!ours.isEmpty() && !Nftables.all().contains("hook forward")) {
      for (Forwarding forwarding : ours) {
        set(forwarding, false);
      }
    }
    ours.clear();
  }

  @GuardedBy("this")
  private void forgetAll() {
    pods.clear();
    bindings.clear();
    lost.clear();
    shut.clear();
  }

  /** Finds out where the pod is and puts it among those known. */
  @GuardedBy("this")
  private void place(Pod pod) {
    PodPlace place = PodPlace.find(pod);
    Binding binding = place.binding();
    if (binding != null) {
      for (Map.Entry<String, Binding> other : bindings.entrySet()) {
        if (!other.getKey().equals(pod.name()) && other.getValue().port().equals(binding.port())) {
          throw PodPlace.unknown(
              pod.name(), "its port " + binding.port() + " is that of " + other.getKey(), null);
        }
      }
      bindings.put(pod.name(), binding);
    }
    pods.put(pod.name(), place.entries());
  }

  /** Returns the interfaces that may be those of {@link #lost} pods. */
  @GuardedBy("this")
  private Set<String> suspects(String before) {
    Set<String> suspects = new TreeSet<>(Nftables.names(before, "interfaces"));
    try {
      suspects.addAll(HostRoutes.interfacesIn(podSubnets));
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "look at the host's interfaces: " + e.getMessage(), e);
    }
    return suspects;
  }

  private static <V> void restore(Map<String, V> map, String key, @Nullable V value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }

  @GuardedBy("this")
  private void apply() {
    Ruleset rules =
        new Ruleset(
            table,
            ours.stream().map(Forwarding::mark).toList(),
            podSubnets,
            resolvers,
            pods.values().stream().flatMap(List::stream).toList(),
            lost.isEmpty() ? Set.of() : shut);
    appliedPorts = ports();
    Nftables.apply(
        rules.render() + new BridgeRuleset(table, appliedPorts, bindings.values()).render());
    String current = current();
    rules.requireIn(current); // what nft said it did is not believed until the kernel says the same
    applied = Nftables.normalized(current);
  }

  @GuardedBy("this")
  private String current() {
    String inet = Nftables.table("inet", table);
    return appliedPorts.isEmpty() ? inet : inet + Nftables.table("bridge", table);
  }

  /** Returns all ports of the bridges that pods of ours are or may be on. */
  @GuardedBy("this")
  private Set<String> ports() {
    Set<String> bridges = new TreeSet<>(lost.isEmpty() ? Set.of() : shut);
    for (String pod : bindings.keySet()) {
      pods.getOrDefault(pod, List.of()).forEach(entry -> bridges.add(entry.interfaceName()));
    }
    Set<String> ports = new TreeSet<>();
    try {
      for (String bridge : bridges) {
        ports.addAll(new Bridge(bridge).ports());
      }
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "look at the pods' bridge: " + e.getMessage(), e);
    }
    return ports;
  }

  private static void enableForwarding(List<Entry> entries) {
    for (Entry entry : entries) {
      set(entry.isIpv4() ? Forwarding.IPV4 : Forwarding.IPV6, true);
    }
  }

  private static boolean isOn(Forwarding forwarding) {
    try {
      return forwarding.isOn();
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "look at IP forwarding: " + e.getMessage(), e);
    }
  }

  private static void set(Forwarding forwarding, boolean isOn) {
    try {
      forwarding.set(isOn);
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "switch IP forwarding: " + e.getMessage(), e);
    }
  }

  /**
   * A pod as the firewall sees it.
   *
   * @param name any that is unique among the instance's
   * @param addresses one, or one of each version of IP
   */
  public record Pod(String name, List<InetAddress> addresses, boolean isEgressOpen) {

    public Pod {
      addresses = List.copyOf(addresses);
    }
  }
}
