package org.codius.daemon.selftest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.lease.SettingStore;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the self test when it is due, and remembers how it ended.
 *
 * <p>One that cost something is not repeated for a day; with play money it is at each start of the
 * host. One that failed before that is repeated every ten minutes. Safe for use by several threads.
 */
public final class SelfTests implements AdmissionRule {

  private static final Logger log = LoggerFactory.getLogger(SelfTests.class);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SETTING = "selftest.last";
  private static final Duration AFTER_PAID = Duration.ofDays(1);
  private static final Duration AFTER_UNPAID = Duration.ofMinutes(10);

  private final SelfTestMode mode;
  private final boolean isMoneyReal;
  private final SettingStore settings;
  private final Executor workers;
  private final InstantSource clock;

  @GuardedBy("this")
  private @Nullable SelfTestResult last;

  @GuardedBy("this")
  private boolean isFirst = true;

  @GuardedBy("this")
  private boolean isRunning;

  private volatile @Nullable ManifestHash own;

  /** A self test. */
  @FunctionalInterface
  public interface Trial {

    /**
     * Makes it. Blocks.
     *
     * @param bought is told which pod is about to be bought
     * @return what was seen, in a sentence
     * @throws SelfTestException if it failed
     */
    String run(Consumer<ManifestHash> bought) throws SelfTestException, InterruptedException;
  }

  /**
   * @param workers make the test, which takes a while
   */
  public SelfTests(
      SelfTestMode mode,
      boolean isMoneyReal,
      SettingStore settings,
      Executor workers,
      InstantSource clock) {
    this.mode = mode;
    this.isMoneyReal = isMoneyReal;
    this.settings = settings;
    this.workers = workers;
    this.clock = clock;
    this.last = settings.find(SETTING).map(SelfTests::parse).orElse(null);
  }

  /** Begins the test if it is due. To be called every minute or so. */
  public void tick(Trial trial) {
    synchronized (this) {
      if (mode == SelfTestMode.OFF || isRunning || !isDue()) {
        return;
      }
      isRunning = true;
      isFirst = false;
    }
    try {
      workers.execute(() -> run(trial));
    } catch (RejectedExecutionException e) {
      log.debug("self test put off, all workers are busy", e);
      end(null);
    }
  }

  @GuardedBy("this")
  private boolean isDue() {
    if (last == null || (isFirst && !(isMoneyReal && last.wasPaid()))) {
      return true;
    }
    Duration pause = last.wasPaid() ? AFTER_PAID : AFTER_UNPAID;
    return !clock.instant().isBefore(last.at().plus(pause));
  }

  private void run(Trial trial) {
    SelfTestResult result = null;
    try {
      String seen = trial.run(hash -> own = hash);
      result = new SelfTestResult(clock.instant(), true, true, seen, "");
      log.info("self test passed seen=\"{}\"", seen);
    } catch (SelfTestException e) {
      result = new SelfTestResult(clock.instant(), false, e.wasPaid(), e.getMessage(), e.help());
      log.warn("self test failed reason=\"{}\" help=\"{}\"", e.getMessage(), e.help());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // going down
    } catch (RuntimeException e) {
      log.error("self test broke off", e);
      result =
          new SelfTestResult(
              clock.instant(), false, true, "broke off: " + e, "The host's log has more.");
    } finally {
      own = null;
      end(result);
    }
  }

  private synchronized void end(@Nullable SelfTestResult result) {
    isRunning = false;
    if (result != null) {
      last = result;
      settings.put(SETTING, format(result));
    }
  }

  /** Returns how things stand. */
  public synchronized SelfTestStatus status() {
    if (mode == SelfTestMode.OFF) {
      return SelfTestStatus.OFF;
    }
    SelfTestStatus.State state =
        last == null
            ? SelfTestStatus.State.RUNNING
            : last.isPassed() ? SelfTestStatus.State.PASSED : SelfTestStatus.State.FAILED;
    return new SelfTestStatus(mode, state, Optional.ofNullable(last));
  }

  @Override
  public String name() {
    return "SELF_TEST";
  }

  @Override
  public void check(Order order) {
    SelfTestStatus status = status();
    if (status.isOpen() || order.upload().isEmpty() || order.manifestHash().equals(own)) {
      return;
    }
    throw new RefusedException(
        Reason.SELF_TEST_FAILED,
        status.state() == SelfTestStatus.State.RUNNING ? "Self Test Running" : "Self Test Failed",
        "Try again later, or another host. GET /info tells what the self test saw.");
  }

  private static String format(SelfTestResult result) {
    return JSON.createObjectNode()
        .put("at", result.at().toString())
        .put("passed", result.isPassed())
        .put("paid", result.wasPaid())
        .put("message", result.message())
        .put("help", result.help())
        .toString();
  }

  private static @Nullable SelfTestResult parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      return new SelfTestResult(
          Instant.parse(json.path("at").asText()),
          json.path("passed").asBoolean(),
          json.path("paid").asBoolean(),
          json.path("message").asText(),
          json.path("help").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("self test of the last run: " + e.getOriginalMessage(), e);
    }
  }
}
