package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.lease.StartQueue.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartQueueTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final BlockingQueue<String> entered = new LinkedBlockingQueue<>();
  private final BlockingQueue<Place> places = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void givesOutAsManyPlacesAsThereAre() throws Exception {
    StartQueue queue = new StartQueue(2, 1000);
    Place first = enter(queue, "a", 10);
    enter(queue, "b", 10);

    assertThat(refusal(queue, "c", 10)).isEqualTo(Reason.HOST_BUSY);

    first.close();
    first.close();

    enter(queue, "c", 10);
    assertThat(refusal(queue, "d", 10)).isEqualTo(Reason.HOST_BUSY);
  }

  @Test
  void givesOutNoMoreMemoryThanThereIs() throws Exception {
    StartQueue queue = new StartQueue(8, 100);
    enter(queue, "a", 60);

    assertThat(refusal(queue, "b", 60)).isEqualTo(Reason.HOST_BUSY);

    enter(queue, "b", 40);
  }

  @Test
  void letsOneInThatNeedsMoreThanAll() throws Exception {
    enter(new StartQueue(8, 100), "a", 600);
  }

  @Test
  void unpaidStartsHoardedByOneAddressLeaveOneToOthers() throws Exception {
    StartQueue queue = new StartQueue(4, 1000);
    for (int i = 0; i < 3; i++) {
      enter(queue, "192.0.2.66", 10);
    }
    assertThat(refusal(queue, "192.0.2.66", 10)).isEqualTo(Reason.HOST_BUSY);

    enter(queue, "192.0.2.1", 10);
  }

  @Test
  void addressesOfOneNetworkAreOneInIpv6() throws Exception {
    StartQueue queue = new StartQueue(2, 1000);
    enter(queue, "2001:db8::1", 10);

    assertThat(refusal(queue, "2001:db8::2", 10)).isEqualTo(Reason.HOST_BUSY);

    enter(queue, "2001:db8:0:1::2", 10);
  }

  @Test
  void addressesTakeTurnsHoweverManyOneOfThemSends() throws Exception {
    StartQueue queue = new StartQueue(1, 1000);
    Place held = enter(queue, "z", 10);
    for (String address : List.of("a", "a", "a", "b", "b", "c")) {
      int before = queue.waiting();
      callers.execute(() -> enterLater(queue, address));
      while (queue.waiting() == before) {
        Thread.onSpinWait();
      }
    }

    held.close();

    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      order.append(entered.poll(20, TimeUnit.SECONDS));
      places.take().close();
    }
    assertThat(order).hasToString("abcaba");
  }

  @Test
  void whoeverGaveUpStandsInNobodysWay() throws Exception {
    StartQueue queue = new StartQueue(1, 1000);
    Place held = enter(queue, "a", 10);
    assertThat(refusal(queue, "b", 10)).isEqualTo(Reason.HOST_BUSY);

    held.close();

    enter(queue, "c", 10);
    assertThat(queue.waiting()).isZero();
  }

  private void enterLater(StartQueue queue, String address) {
    try {
      Place place = enter(queue, address, 10);
      places.add(place);
      entered.add(address);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Place enter(StartQueue queue, String address, long mib)
      throws InterruptedException {
    return queue.enter(address, mib, Deadline.after(LONG));
  }

  private static Reason refusal(StartQueue queue, String address, long mib) {
    return catchThrowableOfType(
            RefusedException.class, () -> queue.enter(address, mib, Deadline.after(SHORT)))
        .reason();
  }
}
