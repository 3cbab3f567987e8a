package org.codius.payments.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * A clock that moves only when there is nothing left to do at the moment it shows, and then to the
 * next moment at which there is.
 *
 * <p>Everything happens on the thread that calls {@link #runUntil}, in an order that depends on
 * nothing but what was scheduled. Confined to that thread.
 */
public final class VirtualTime implements InstantSource {

  /** The moment it begins at. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  record Event(Instant at, long number, Runnable step) {}

  private final Queue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
  private Instant now = START;
  private long scheduled;

  @Override
  public Instant instant() {
    return now;
  }

  /** Has {@code step} run after {@code delay}, which may be zero: after what is already due. */
  public void after(Duration delay, Runnable step) {
    requireNonNull(step, "step");
    events.add(new Event(now.plus(delay.isNegative() ? Duration.ZERO : delay), ++scheduled, step));
  }

  /** Returns an executor whose tasks end with it: a process that can be killed. */
  public VirtualProcess startProcess() {
    return new VirtualProcess(this);
  }

  /**
   * Lets time pass until {@code condition} holds, and returns whether it does before {@code limit}
   * of virtual time has passed.
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    Instant end = now.plus(limit);
    while (!condition.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.at().isAfter(end)) {
        now = end;
        return condition.getAsBoolean();
      }
      events.remove();
      now = next.at();
      next.step().run();
    }
    return true;
  }

  /** Lets {@code time} pass. */
  public void pass(Duration time) {
    runUntil(() -> false, time);
  }
}
