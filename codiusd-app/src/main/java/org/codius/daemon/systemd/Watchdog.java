package org.codius.daemon.systemd;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd again and again that the service is not stuck, as long as it is not: a service that
 * goes silent is started again.
 */
public final class Watchdog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

  /** Signs of life in the time systemd allows for one. */
  private static final int SIGNS = 3;

  private final ScheduledExecutorService timer;

  private Watchdog(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /**
   * Starts it, if systemd wants it.
   *
   * @param isResponsive whether the service does something within the time given
   */
  public static Watchdog start(SystemdNotifier systemd, Predicate<Duration> isResponsive) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("watchdog", true));
    systemd
        .watchdog()
        .map(time -> time.dividedBy(SIGNS))
        .ifPresent(
            interval ->
                timer.scheduleWithFixedDelay(
                    () -> {
                      if (isResponsive.test(interval)) {
                        systemd.alive();
                      } else {
                        log.error("no answer from within within={}", interval);
                      }
                    },
                    0,
                    interval.toMillis(),
                    TimeUnit.MILLISECONDS));
    return new Watchdog(timer);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
