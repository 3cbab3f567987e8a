package org.codius.hyper.testing;

import com.google.common.hash.Hashing;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.jspecify.annotations.Nullable;

/** One pod of a {@link FakePodDriver}. Its lock is not held while events are told. */
final class FakePod {

  private static final int KILLED = 137;
  private static final long CONTAINER_BYTES = 1 << 20;

  final PodSpec spec;
  final FakeLog log = new FakeLog();
  private final InetAddress address;
  private final Consumer<PodEvent> events;
  private final Map<String, OptionalInt> exitCodes = new LinkedHashMap<>();
  private Function<? super List<String>, ExecResult> exec = command -> new ExecResult(0, "", "");
  private @Nullable PodLimit exceeded;
  private long diskBytes;
  private boolean hasEgress;
  private boolean isSandboxUp = true;

  FakePod(PodSpec spec, InetAddress address, Consumer<PodEvent> events) {
    this.spec = spec;
    this.address = address;
    this.events = events;
    this.hasEgress = spec.egress();
    spec.containers().forEach(container -> exitCodes.put(container.name(), OptionalInt.empty()));
  }

  void start() {
    spec.containers()
        .forEach(container -> events.accept(new PodEvent.Started(spec.id(), container.name())));
  }

  boolean isRunning() {
    return status().isRunning();
  }

  synchronized PodStatus status() {
    List<PodStatus.Container> containers =
        exitCodes.entrySet().stream()
            .map(
                entry ->
                    new PodStatus.Container(
                        entry.getKey(),
                        image(entry.getKey()),
                        entry.getValue().isEmpty(),
                        entry.getValue(),
                        ""))
            .toList();
    PodStatus status =
        isSandboxUp
            ? PodStatus.of(spec.id(), containers, address)
            : PodStatus.withoutAddress(spec.id(), containers);
    return exceeded == null ? status : status.exceeding(exceeded);
  }

  /** A tag means the same image each time: one whose digest is that of its name. */
  private String image(String container) {
    String image =
        spec.containers().stream()
            .filter(one -> one.name().equals(container))
            .map(PodSpec.Container::image)
            .findFirst()
            .orElseThrow();
    return image.contains("@")
        ? image
        : image + "@sha256:" + Hashing.sha256().hashString(image, StandardCharsets.UTF_8);
  }

  void exit(String container, int exitCode) {
    boolean isRestarted;
    boolean hasEnded;
    synchronized (this) {
      check(container);
      isRestarted = isSandboxUp && spec.restartPolicy().restartsAfter(exitCode);
      exitCodes.put(container, isRestarted ? OptionalInt.empty() : OptionalInt.of(exitCode));
      hasEnded = exitCodes.values().stream().allMatch(OptionalInt::isPresent);
    }
    events.accept(new PodEvent.Exited(spec.id(), container, exitCode));
    if (isRestarted) {
      events.accept(new PodEvent.Started(spec.id(), container));
    } else if (hasEnded) {
      log.end();
    }
  }

  /** Ends what runs of it, and its sandbox. */
  void kill() {
    List<String> running;
    synchronized (this) {
      isSandboxUp = false;
      running = exitCodes.keySet().stream().filter(this::isRunning).toList();
      running.forEach(name -> exitCodes.put(name, OptionalInt.of(KILLED)));
    }
    running.forEach(name -> events.accept(new PodEvent.Exited(spec.id(), name, KILLED)));
    log.end();
  }

  void exceed(PodLimit limit) {
    synchronized (this) {
      exceeded = limit;
    }
    events.accept(new PodEvent.LimitExceeded(spec.id(), limit));
    kill();
  }

  void end() {
    log.end();
  }

  void write(String container, LogLine.Stream stream, String text) {
    check(container);
    log.append(new LogLine(Instant.now(), container, stream, text));
  }

  synchronized void openEgress() {
    hasEgress = true;
  }

  synchronized boolean hasEgress() {
    return hasEgress;
  }

  synchronized void occupy(long bytes) {
    diskBytes = bytes;
  }

  synchronized PodStats stats() {
    int running = (int) exitCodes.keySet().stream().filter(this::isRunning).count();
    return new PodStats(
        Instant.now(), Duration.ZERO, running * CONTAINER_BYTES, diskBytes, running, 0, 0);
  }

  synchronized void answerExec(Function<? super List<String>, ExecResult> answer) {
    exec = answer;
  }

  ExecResult exec(String container, String action, List<String> command) {
    Function<? super List<String>, ExecResult> answer;
    synchronized (this) {
      if (!isRunning(container)) {
        throw new PodDriverException(Reason.NO_SUCH_POD, action + ": it does not run");
      }
      answer = exec;
    }
    return answer.apply(command);
  }

  private synchronized boolean isRunning(String container) {
    return exitCodes.containsKey(container) && exitCodes.get(container).isEmpty();
  }

  private synchronized void check(String container) {
    if (!exitCodes.containsKey(container)) {
      throw new IllegalArgumentException(
          "container: \"" + container + "\" (expected: one of " + exitCodes.keySet() + ")");
    }
  }
}
