package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PathRateTest {

  private static final byte[] NO_DATA = {};

  private final PathRate rate =
      new PathRate(
          UnsignedLong.valueOf(3),
          UnsignedLong.valueOf(2),
          UnsignedLong.MAX_VALUE,
          new BigDecimal("0.01"));

  @Test
  void roundsUpWhatToSendAndDownWhatArrives() {
    assertThat(rate.toSend(units(1_000))).isEqualTo(units(1_500));
    assertThat(rate.toSend(units(1_001))).isEqualTo(units(1_502));
    assertThat(rate.toArrive(units(1_502))).isEqualTo(units(1_001));
    assertThat(rate.minimum(units(1_500))).isEqualTo(units(990));
  }

  @Test
  void takesFromF08HowLargeAPacketMayBe() {
    byte[] data = ByteBuffer.allocate(16).putLong(2_000).putLong(500).array();

    rate.tooLarge(units(3_000), data);

    assertThat(rate.largest()).isEqualTo(units(750));
  }

  @Test
  void halvesThePacketWhereF08DoesNotSay() {
    rate.tooLarge(units(3_000), NO_DATA);

    assertThat(rate.largest()).isEqualTo(units(1_500));
  }

  @Test
  void sendsLessAfterT04AndMoreAgainOnceThatWentThrough() {
    rate.tooMuchNow(units(3_000));
    assertThat(rate.largest()).isEqualTo(units(2_000));

    rate.passed(units(2_000));
    assertThat(rate.largest()).isEqualTo(units(4_000));
  }

  @Test
  void neverExceedsWhatThePathSaidItTakes() {
    rate.tooLarge(units(2_000), NO_DATA);
    rate.tooMuchNow(units(1_000));

    for (int i = 0; i < 20; i++) {
      rate.passed(rate.largest());
    }

    assertThat(rate.largest()).isEqualTo(units(1_000));
  }

  private static BigInteger units(long value) {
    return BigInteger.valueOf(value);
  }
}
