package org.codius.daemon.lease;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;

/**
 * How a host bears many leases: on the fake driver, with real files, on a machine of a pretended
 * size. Prints a line for each figure.
 *
 * <p>A purchase here is all of a paid POST but HTTP and the packets of the payment: look, start,
 * settle time (1 ms in place of 1 s), money into the real ledger, commit, settlement, route.
 */
public final class LeaseBench {

  private static final Amount PLENTY = Amount.of(1_000_000_000_000L, LeaseHarness.XRP);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long PRETENDED_MIB = 16L << 20;
  private static final int PURCHASES = 60;
  private static final int PAYERS = 64;

  private final Path folder;

  private LeaseBench(Path folder) {
    this.folder = folder;
  }

  /** Arguments: which of {@code compare}, {@code crowd} and {@code many}; none for all. */
  public static void main(String[] arguments) throws Exception {
    LeaseBench bench = new LeaseBench(Files.createTempDirectory("lease-bench"));
    List<String> cases = List.of(arguments);
    if (cases.isEmpty() || cases.contains("compare")) {
      bench.compare(1, 1_000);
    }
    if (cases.isEmpty() || cases.contains("crowd")) {
      bench.crowd();
    }
    if (cases.isEmpty() || cases.contains("many")) {
      bench.many(10_000);
    }
    System.exit(0);
  }

  /** The median purchase beside so many leases, in turns so that both see the same machine. */
  private void compare(int few, int many) throws Exception {
    try (LeaseHarness small = host("few", InstantSource.system());
        LeaseHarness large = host("many", InstantSource.system())) {
      fill(small, few, Instant.now().plus(HOUR));
      fill(large, many, Instant.now().plus(HOUR));
      purchases(small, "warm");
      purchases(large, "warm");
      List<Double> smalls = new ArrayList<>();
      List<Double> larges = new ArrayList<>();
      for (int round = 0; round < 5; round++) {
        smalls.addAll(purchases(small, "r" + round));
        larges.addAll(purchases(large, "r" + round));
      }
      double one = median(smalls);
      double thousand = median(larges);
      print(
          "paid POST p50, %d lease(s): %.2f ms; %d leases: %.2f ms; ratio %.2f",
          few, one, many, thousand, thousand / one);
    }
  }

  private static List<Double> purchases(LeaseHarness host, String round) throws Exception {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < PURCHASES; i++) {
      Order order = LeaseHarness.upload(host.request("buy" + round + i, ""), HOUR);
      PayToken token = host.payFor(order, PLENTY);
      long began = System.nanoTime();
      host.leases().buy(order, token, LeaseHarness.CALLER);
      times.add((System.nanoTime() - began) / 1e6);
      host.leases().remove(order.manifestHash());
    }
    return times;
  }

  /** So many payers at once, each with a pod of its own, from one address. */
  private void crowd() throws Exception {
    ExecutorService payers = Executors.newFixedThreadPool(PAYERS);
    try (LeaseHarness host = host("crowd", InstantSource.system())) {
      List<Future<PurchaseResult>> results = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < PAYERS; i++) {
        Order order = LeaseHarness.upload(host.request("crowd" + i, ""), HOUR);
        PayToken token = host.payFor(order, PLENTY);
        results.add(payers.submit(() -> host.leases().buy(order, token, LeaseHarness.CALLER)));
      }
      int failures = 0;
      for (Future<PurchaseResult> result : results) {
        failures += result.get() instanceof PurchaseResult.Bought ? 0 : 1;
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      print(
          "%d payers at once: %.2f s, %.1f uploads/s, %d failed",
          PAYERS, seconds, PAYERS / seconds, failures);
    } finally {
      payers.shutdownNow();
    }
  }

  private void many(int leases) throws Exception {
    Path here = folder.resolve("many-leases");
    Files.createDirectories(here);
    try (LeaseHarness host = new LeaseHarness(here, InstantSource.system())) {
      host.shrinkTo(PRETENDED_MIB);
      fill(host, leases, Instant.now().plus(HOUR));
      long began = System.nanoTime();
      long cpuBegan = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      host.restart();
      print(
          "start-up with %d leases, pods up: %.2f s, %.2f s of them on a CPU",
          leases,
          (System.nanoTime() - began) / 1e9,
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBegan) / 1e9);
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        began = System.nanoTime();
        host.leases().tick();
        ticks.add((System.nanoTime() - began) / 1e6);
      }
      print("a look for expired ones among %d: %.2f ms", leases, median(ticks));
      print("expiry among %d leases, after its time: %.0f ms (worst of 5)", leases, lateness(host));
      print("RSS with %d leases: %d MiB", leases, residentMib());
    }
  }

  /** How late the route of a lease closes, woken as the daemon is. */
  private static double lateness(LeaseHarness host) throws Exception {
    double worst = 0;
    for (int i = 0; i < 5; i++) {
      Order order = LeaseHarness.upload(host.request("short" + i, ""), Duration.ofSeconds(2));
      host.leases().buy(order, host.payFor(order, PLENTY), LeaseHarness.CALLER);
      Instant expiry = host.leases().find(order.manifestHash()).orElseThrow().expiry();
      Duration wait = host.leases().tick();
      while (host.routes().find(order.manifestHash().value()).isPresent()) {
        TimeUnit.MILLISECONDS.sleep(wait.toMillis() + 1);
        wait = host.leases().tick();
      }
      worst = Math.max(worst, (double) Duration.between(expiry, Instant.now()).toMillis());
    }
    return worst;
  }

  private static long residentMib() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /** Puts leases into the store and their pods into the runtime, without buying them. */
  private static void fill(LeaseHarness host, int leases, Instant expiry) throws Exception {
    for (int i = 0; i < leases; i++) {
      Order order = LeaseHarness.upload(host.request("lease" + i, ""), HOUR);
      Lease lease =
          Lease.starting(order.upload().orElseThrow(), PodClass.SMALL, 552, Instant.now());
      host.adopt(lease.with(Lease.State.RUNNING), expiry);
    }
  }

  private LeaseHarness host(String name, InstantSource clock) throws Exception {
    LeaseHarness host = new LeaseHarness(Files.createDirectories(folder.resolve(name)), clock);
    host.shrinkTo(PRETENDED_MIB);
    return host;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().collect(Collectors.toUnmodifiableList());
    return sorted.get(sorted.size() / 2);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
