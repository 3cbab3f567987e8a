package org.codius.proxy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find a pod among few and among many: its name read anew, then looked up. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class RouteBenchmark {

  /** Asked for in turns, so that the processor's caches do not do the work. */
  private static final int ASKED = 10;

  private static final int HASH = 52;

  @Param({"10", "100000"})
  int pods = ASKED;

  private final List<String> hosts = new ArrayList<>();
  private RouteTable routes = RouteTable.of(Map.of());
  private int turn;

  @Setup
  public void fill() {
    Random random = new Random(1);
    Map<String, InetSocketAddress> table = new HashMap<>();
    while (table.size() < pods) {
      StringBuilder label = new StringBuilder();
      for (int i = 0; i < HASH; i++) {
        label.append("abcdefghijklmnopqrstuvwxyz234567".charAt(random.nextInt(32)));
      }
      table.put(label.toString(), new InetSocketAddress("127.0.0.1", 1 + table.size() % 65_000));
      if (hosts.size() < ASKED) {
        hosts.add(label + ".codius.example");
      }
    }
    routes = RouteTable.of(table);
  }

  @Benchmark
  public Optional<InetSocketAddress> find() throws RefusedException {
    turn = (turn + 1) % ASKED;
    String label = Host.parse(hosts.get(turn)).label();
    return label == null ? Optional.empty() : routes.find(label);
  }
}
