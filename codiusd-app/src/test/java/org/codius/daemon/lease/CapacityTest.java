package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.codius.hyper.PodSpec;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.junit.jupiter.api.Test;

class CapacityTest {

  private static final PodClass LARGE =
      new PodClass("large", new PodSpec.Resources(2, 2048, 1024, 4096));

  @Test
  void d14ReservesWhatTheClassMayUseAndWhatTheRuntimeTakes() {
    Capacity capacity = Capacity.of(4096, 0.75, () -> Isolation.KERNEL);

    assertThat(capacity.need(PodClass.SMALL)).isEqualTo(512 + 40);
    assertThat(capacity.need(LARGE)).isEqualTo(2048 + 40);
    assertThat(capacity.isRoomFor(LARGE, 3072 - 2088)).isTrue();
    assertThat(capacity.isRoomFor(LARGE, 3072 - 2087)).isFalse();
  }

  @Test
  void whatNobodyHasPaidForHoldsATenth() {
    assertThat(Capacity.of(10_000, 1, () -> Isolation.NAMESPACE).unpaidMib()).isEqualTo(1000);
  }
}
