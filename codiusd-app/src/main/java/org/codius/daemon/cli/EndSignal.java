package org.codius.daemon.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM, as an interrupt of the thread that made this. The program's end waits until
 * that thread has cleaned up and closed this.
 */
final class EndSignal implements AutoCloseable {

  /** The exit code shells give to a program that Ctrl-C ended. */
  static final int EXIT_CODE = 130;

  /** Longer than a purchase takes, and those who are answered then have to read it. */
  private static final Duration PATIENCE = Duration.ofSeconds(80);

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch signalled = new CountDownLatch(1);
  private final CountDownLatch cleanedUp = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onSignal, "end");
  private volatile boolean isThere;

  EndSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Returns once the signal is there, without its interrupt: what follows is cleaning up, which
   * blocks.
   */
  void await() {
    try {
      signalled.await();
    } catch (InterruptedException e) {
      // that was it
    }
    Thread.interrupted(); // or this
  }

  boolean isThere() {
    return isThere;
  }

  @Override
  public void close() {
    cleanedUp.countDown();
    if (!isThere()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came just now: the hook finds everything cleaned up.
      }
    }
  }

  /** What the JVM does when it is told to end. */
  void onSignal() {
    isThere = true;
    worker.interrupt();
    signalled.countDown(); // after the interrupt, so that who waited for this has both behind it
    try {
      if (!cleanedUp.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("codiusd: gave up cleaning up after " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
