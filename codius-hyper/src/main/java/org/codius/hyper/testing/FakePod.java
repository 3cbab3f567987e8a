package org.codius.hyper.testing;

import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;

/** One pod of a {@link FakePodDriver}. */
final class FakePod {

  private static final int KILLED = 137;

  final PodSpec spec;
  final FakeLog log = new FakeLog();
  volatile boolean hasEgress;
  private final InetAddress address;
  private final Map<String, OptionalInt> exitCodes = new LinkedHashMap<>();
  private boolean isSandboxUp = true;

  FakePod(PodSpec spec, InetAddress address) {
    this.spec = spec;
    this.address = address;
    spec.containers().forEach(container -> exitCodes.put(container.name(), OptionalInt.empty()));
  }

  synchronized boolean isRunning() {
    return status().isRunning();
  }

  synchronized PodStatus status() {
    List<PodStatus.Container> containers =
        exitCodes.entrySet().stream()
            .map(
                entry ->
                    new PodStatus.Container(
                        entry.getKey(), entry.getValue().isEmpty(), entry.getValue(), ""))
            .toList();
    return isSandboxUp
        ? PodStatus.of(spec.id(), containers, address)
        : PodStatus.withoutAddress(spec.id(), containers);
  }

  void exit(String container, int exitCode) {
    boolean hasEnded;
    synchronized (this) {
      check(container);
      exitCodes.put(container, OptionalInt.of(exitCode));
      hasEnded = exitCodes.values().stream().allMatch(OptionalInt::isPresent);
    }
    if (hasEnded) {
      log.end();
    }
  }

  void kill() {
    synchronized (this) {
      isSandboxUp = false;
      exitCodes.replaceAll((name, code) -> code.isPresent() ? code : OptionalInt.of(KILLED));
    }
    log.end();
  }

  void end() {
    log.end();
  }

  void write(String container, LogLine.Stream stream, String text) {
    check(container);
    log.append(new LogLine(Instant.now(), container, stream, text));
  }

  private synchronized void check(String container) {
    if (!exitCodes.containsKey(container)) {
      throw new IllegalArgumentException(
          "container: \"" + container + "\" (expected: one of " + exitCodes.keySet() + ")");
    }
  }
}
