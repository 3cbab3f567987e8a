package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of orders that nobody waits for any more. */
@Timeout(60)
class WorkersTest {

  private final Workers workers = new Workers("test", 1);

  @AfterEach
  void stop() {
    workers.close();
  }

  @Test
  void aCallUnderWayIsBrokenOff() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch brokenOff = new CountDownLatch(1);
    CompletionStage<Void> order =
        workers.order(
            "wait",
            () -> {
              Context.current().addListener(context -> brokenOff.countDown(), Runnable::run);
              begun.countDown();
              brokenOff.await();
            });
    begun.await();

    order.toCompletableFuture().cancel(true);

    assertThat(brokenOff.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatWasNotBegunIsLeftOut() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    AtomicBoolean isDone = new AtomicBoolean();
    var first = workers.order("hold", open::await);
    CompletionStage<Void> second = workers.order("do", () -> isDone.set(true));

    second.toCompletableFuture().cancel(true);
    open.countDown();
    first.toCompletableFuture().get(30, TimeUnit.SECONDS);
    workers.order("be last", () -> {}).toCompletableFuture().get(30, TimeUnit.SECONDS);

    assertThat(isDone).isFalse();
  }
}
