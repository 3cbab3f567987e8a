package org.codius.hyper.hyperd;

import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all pods again and again, since hyperd does not tell what happens to them, and makes
 * events of the differences.
 *
 * <p>A hyperd that does not answer, or is another process than before, was lost: addresses have to
 * be confirmed anew then. A container that ends with code 137 while its machine goes on was killed
 * by the machine's kernel, which does that when memory runs out. Confined to its event loop, except
 * for what says otherwise.
 */
final class PodWatch {

  private static final Logger log = LoggerFactory.getLogger(PodWatch.class);
  private static final int UNKNOWN = -1;
  private static final int KILLED = 137;

  private final HyperdApi api;
  private final PodReader reader;
  private final PodEvents events;
  private final EventLoop loop;
  private final String instance;
  private final long intervalNanos;
  private final Restarts restarts;
  private final Consumer<Survey> onward;

  /** The states of the containers of each own pod when last looked at. */
  private Map<PodId, Map<String, String>> seen = new HashMap<>();

  private String process = "";
  private boolean isFirst = true;
  private boolean isLost;
  private boolean isLooking;
  private boolean isDueAgain;
  private volatile boolean isClosed;
  private @Nullable Runnable cancelNext;

  PodWatch(
      HyperdApi api,
      PodReader reader,
      PodEvents events,
      EventLoop loop,
      HyperdConfig config,
      Restarts restarts,
      Consumer<Survey> onward) {
    this.api = api;
    this.reader = reader;
    this.events = events;
    this.loop = loop;
    this.instance = config.instance();
    this.intervalNanos = config.timeouts().watch().toNanos();
    this.restarts = restarts;
    this.onward = onward;
  }

  /** Looks now, and then at intervals. May be called from anywhere. */
  void soon() {
    loop.execute(this::look);
  }

  /** Says that a connection ended that should not have. May be called from anywhere. */
  void onLost() {
    reader.forget();
    loop.execute(
        () -> {
          if (!isLost) {
            look();
          }
        });
  }

  void close() {
    isClosed = true;
    loop.execute(
        () -> {
          if (cancelNext != null) {
            cancelNext.run();
          }
        });
  }

  private void look() {
    if (isClosed) {
      return;
    }
    if (isLooking) {
      isDueAgain = true;
      return;
    }
    isLooking = true;
    if (cancelNext != null) {
      cancelNext.run();
    }
    api.version()
        .thenComposeAsync(
            version -> {
              onAnswer(version.process());
              return reader.survey(this::hasNews);
            },
            loop)
        .whenCompleteAsync(this::onSurvey, loop);
  }

  private void onAnswer(String newProcess) {
    boolean isAnother = !process.isEmpty() && !process.equals(newProcess);
    process = newProcess;
    if (isAnother) {
      lose("hyperd was restarted");
    }
    if (isLost) {
      isLost = false;
      log.info("hyperd answers again process={}", newProcess);
      events.publish(new PodEvent.RuntimeBack());
    }
  }

  private void lose(String reason) {
    reader.forget();
    if (!isLost && !isClosed) {
      isLost = true;
      log.warn("hyperd lost reason={}", reason);
      events.publish(new PodEvent.RuntimeLost(reason));
    }
  }

  /** Whether the pod has a container that has ended since: only a closer look tells how. */
  private boolean hasNews(PodRow row, List<ContainerRow> containers) {
    return row.podId(instance)
        .map(
            id -> {
              Map<String, String> before = seen.getOrDefault(id, Map.of());
              return containers.stream()
                  .anyMatch(one -> one.hasEnded() && !one.state().equals(before.get(one.name())));
            })
        .orElse(false);
  }

  private void onSurvey(@Nullable Survey survey, @Nullable Throwable failure) {
    isLooking = false;
    if (survey == null) {
      lose(String.valueOf(Stages.bare(failure == null ? new AssertionError() : failure)));
    } else if (!isClosed) {
      take(survey);
    }
    if (isClosed) {
      return;
    }
    if (isDueAgain) {
      isDueAgain = false;
      look();
      return;
    }
    var next = loop.schedule(this::look, intervalNanos, TimeUnit.NANOSECONDS);
    cancelNext = () -> next.cancel(false);
  }

  private void take(Survey survey) {
    try {
      tell(survey);
      isFirst = false;
      onward.accept(survey);
    } catch (RuntimeException e) {
      log.warn("what was seen of hyperd's pods is not all told", e); // and the next look comes
    }
  }

  private void tell(Survey survey) {
    Map<PodId, Map<String, String>> now = new HashMap<>();
    for (PodRow row : survey.rows()) {
      row.podId(instance).ifPresent(id -> now.put(id, tell(id, row, survey)));
    }
    for (PodId gone : seen.keySet()) {
      if (!now.containsKey(gone)) {
        events.publish(new PodEvent.Removed(gone));
      }
    }
    seen = now;
  }

  private Map<String, String> tell(PodId id, PodRow row, Survey survey) {
    Map<String, String> before = seen.getOrDefault(id, Map.of());
    Map<String, String> now = new HashMap<>();
    for (ContainerRow container : survey.containersOf(row)) {
      String state = row.isUp() || container.hasEnded() ? container.state() : "pending";
      String old = before.getOrDefault(container.name(), "");
      now.put(container.name(), state);
      String name = PodInfo.containerName(id, container.name());
      if (state.equals("running") && !old.equals("running")) {
        events.publish(new PodEvent.Started(id, name));
      } else if (!state.equals("running") && hasEnded(old, container)) {
        exited(id, name, row, exitCode(survey, row, container));
      }
    }
    return now;
  }

  /** Also of one that began and ended between two looks, but not before the first. */
  private boolean hasEnded(String old, ContainerRow container) {
    return old.equals("running")
        || (container.hasEnded() && !old.equals(container.state()) && !isFirst);
  }

  private static int exitCode(Survey survey, PodRow row, ContainerRow container) {
    return survey.info(row).map(PodInfo::containers).orElse(List.of()).stream()
        .filter(one -> one.name().equals(container.name()))
        .map(PodInfo.Container::exitCode)
        .findFirst()
        .orElse(OptionalInt.empty())
        .orElse(container.state().equals("succeeded") ? 0 : UNKNOWN);
  }

  private void exited(PodId id, String container, PodRow row, int exitCode) {
    if (row.isUp() && exitCode == KILLED) {
      events.publish(new PodEvent.LimitExceeded(id, PodLimit.MEMORY_LIMIT));
    }
    events.publish(new PodEvent.Exited(id, container, exitCode));
    if (row.isUp()) {
      restarts.onExit(id, container, exitCode);
    }
  }
}
