package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Payments over a network that loses, copies, delays, reorders and refuses packets, between
 * processes that are killed and started again. The same seed gives the same run, to the packet.
 */
class StreamFaultTest {

  @ParameterizedTest
  @MethodSource("seeds")
  void everyPaymentIsMadeInTheEndAndNobodyIsChargedTwice(long seed) {
    new FaultRun(seed).play();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @Test
  @Tag("long")
  void soItIsTenThousandTimes() {
    List<String> failed = new ArrayList<>();
    for (long seed = 1_000; seed < 11_000; seed++) {
      try {
        new FaultRun(seed).play();
      } catch (AssertionError e) {
        failed.add("seed " + seed + ": " + e.getMessage());
      }
    }
    assertThat(failed).isEmpty();
  }
}
