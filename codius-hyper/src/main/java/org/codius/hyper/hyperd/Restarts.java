package org.codius.hyper.hyperd;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec.RestartPolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts containers again whose pods were run with a policy that says so: hyperd takes the policy
 * and does nothing with it.
 *
 * <p>The pause doubles from a second to five minutes while a container ends again within ten of its
 * start. The policies are those of this driver's own runs; they are not known of pods that an
 * earlier one ran. Confined to its event loop, except for what says otherwise.
 */
final class Restarts {

  private static final Logger log = LoggerFactory.getLogger(Restarts.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LASTING = Duration.ofMinutes(10);

  /** When a container was last started again and how long it was waited for that. */
  private record Attempt(long atNanos, Duration pause) {}

  private final HyperdApi api;
  private final EventLoop loop;
  private final Map<PodId, RestartPolicy> policies = new ConcurrentHashMap<>();
  private final Map<PodId, Map<String, Attempt>> attempts = new HashMap<>();

  Restarts(HyperdApi api, EventLoop loop) {
    this.api = api;
    this.loop = loop;
  }

  /** May be called from anywhere, as the following. */
  void set(PodId id, RestartPolicy policy) {
    if (policy == RestartPolicy.NEVER) {
      forget(id);
    } else {
      policies.put(id, policy);
    }
  }

  void forget(PodId id) {
    policies.remove(id);
    loop.execute(() -> attempts.remove(id));
  }

  void onExit(PodId id, String container, int exitCode) {
    if (!isWanted(id, exitCode)) {
      return;
    }
    Map<String, Attempt> ofPod = attempts.computeIfAbsent(id, any -> new HashMap<>());
    Duration pause = pauseAfter(ofPod.get(container));
    log.debug("container ended, is started again pod={} container={} in={}", id, container, pause);
    loop.schedule(
        () -> {
          if (isWanted(id, exitCode)) {
            ofPod.put(container, new Attempt(System.nanoTime(), pause));
            restart(id, container);
          }
        },
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private boolean isWanted(PodId id, int exitCode) {
    RestartPolicy policy = policies.get(id);
    return policy != null && policy.restartsAfter(exitCode);
  }

  private static Duration pauseAfter(@Nullable Attempt last) {
    if (last == null || System.nanoTime() - last.atNanos() > LASTING.toNanos()) {
      return FIRST_PAUSE;
    }
    Duration longer = last.pause().multipliedBy(2);
    return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
  }

  private void restart(PodId id, String container) {
    api.startContainer(PodInfo.containerPrefix(id) + container)
        .whenComplete(
            (reply, failure) -> {
              if (failure != null || !reply.isSuccess()) {
                log.warn(
                    "container not started again pod={} container={} reason={}",
                    id,
                    container,
                    failure == null ? reply.body().strip() : failure.toString());
              }
            });
  }
}
