package org.codius.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.codius.hyper.PodDriverException.Reason;
import org.junit.jupiter.api.Test;

class PodLanesTest {

  private static final int LIMIT = 1024;
  private static final PodId ONE = new PodId("main", "one");
  private static final PodId OTHER = new PodId("main", "other");

  private final PodLanes lanes = new PodLanes(LIMIT);
  private final CompletableFuture<String> first = new CompletableFuture<>();

  @Test
  void makesTheCallsForOnePodInTheOrderTheyCameIn() {
    List<Integer> made = new ArrayList<>();
    lanes.enter(ONE, isCancelled -> first);
    for (int i = 0; i < 5; i++) {
      int number = i;
      lanes.enter(ONE, isCancelled -> CompletableFuture.completedFuture(made.add(number)));
    }
    assertThat(made).isEmpty();

    first.complete("done");

    assertThat(made).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void callsForAnotherPodDoNotWait() {
    lanes.enter(ONE, isCancelled -> first);

    assertThat(lanes.enter(OTHER, isCancelled -> CompletableFuture.completedFuture("done")))
        .isCompletedWithValue("done");
  }

  @Test
  void aCallIsToldThatNobodyWaitsForItAnyMore() {
    lanes.enter(ONE, isCancelled -> first);
    CompletableFuture<Boolean> told = new CompletableFuture<>();

    lanes
        .enter(
            ONE,
            isCancelled ->
                CompletableFuture.completedFuture(told.complete(isCancelled.getAsBoolean())))
        .cancel(false);
    first.complete("done");

    assertThat(told).isCompletedWithValue(true);
  }

  @Test
  void refusesMoreThanTheLimit() {
    for (int i = 0; i < LIMIT; i++) {
      lanes.enter(ONE, isCancelled -> first);
    }

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> lanes.enter(OTHER, isCancelled -> first).get())
        .withCauseInstanceOf(PodDriverException.class)
        .withMessageContaining("too many calls wait already");
  }

  @Test
  void aCallThatThrowsFailsAndLeavesTheLane() {
    CompletableFuture<String> thrown =
        lanes.enter(
            ONE,
            isCancelled -> {
              throw new IllegalStateException("a mistake");
            });

    assertThat(thrown).isCompletedExceptionally();
    assertThat(lanes.enter(ONE, isCancelled -> CompletableFuture.completedFuture("done")))
        .isCompletedWithValue("done");
  }

  /** As they do when the driver is closed: each ends the wait of the next. */
  @Test
  void asManyAsMayWaitCanFailAtOnce() {
    lanes.enter(ONE, isCancelled -> first);
    List<CompletableFuture<String>> waiting =
        IntStream.range(1, LIMIT)
            .mapToObj(
                i ->
                    lanes.<String>enter(
                        ONE,
                        isCancelled ->
                            CompletableFuture.failedFuture(
                                new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "closed"))))
            .toList();

    first.complete("done");

    assertThat(waiting).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    assertThat(lanes.enter(ONE, isCancelled -> CompletableFuture.completedFuture("done")))
        .isCompletedWithValue("done");
  }
}
