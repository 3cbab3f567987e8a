package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {

  private final ReplayWindow window = new ReplayWindow();

  @Test
  void admitsEachNumberOnceInWhateverOrder() {
    Random random = new Random(1);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      long sequence = i / 4L + random.nextInt(1_000); // never further back than the window

      assertThat(window.admit(sequence)).isEqualTo(seen.add(sequence));
    }
  }

  @Test
  void countsWhatIsTooLongAgoAsUsed() {
    assertThat(window.admit(10_000)).isTrue();

    assertThat(window.admit(10_000 - ReplayWindow.SIZE)).isFalse();
    assertThat(window.admit(10_000 - ReplayWindow.SIZE + 1)).isTrue();
  }

  @Test
  void forgetsNothingInALeap() {
    window.admit(5);
    assertThat(window.admit(-1L)).isTrue(); // the largest there is

    assertThat(window.admit(5)).isFalse();
    assertThat(window.admit(-1L)).isFalse();
    assertThat(window.admit(-2L)).isTrue();
  }
}
