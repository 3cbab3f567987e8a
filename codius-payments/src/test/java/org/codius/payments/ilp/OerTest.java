package org.codius.payments.ilp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OerTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0100",
    "1, 0101",
    "255, 01ff",
    "256, 020100",
    "65536, 03010000",
    "9223372036854775808, 088000000000000000",
    "18446744073709551615, 08ffffffffffffffff"
  })
  void writesIntegersInAsFewBytesAsHoldThemAndReadsThemBack(String value, String hex) {
    ByteBuf out = Unpooled.buffer();

    Oer.writeVarUInt(out, Long.parseUnsignedLong(value));

    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(hex);
    assertThat(Long.toUnsignedString(Oer.readVarUInt(out))).isEqualTo(value);
    assertThat(out.isReadable()).isFalse();
  }

  @Test
  void takesLeadingZeros() {
    assertThat(Oer.readVarUInt(bytes("0300007f"))).isEqualTo(127);
    assertThat(Oer.readVarUInt(bytes("0900ffffffffffffffff"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "00", // no bytes
        "80", // an indefinite length
        "020f", // cut short
        "09010000000000000000", // 2^64
        "8102ffff", // a length that fits one byte, in two
        "84ffffffff00", // Quilt reads this length as 0
        "85000000000100" // a length of five bytes
      })
  void refusesIntegersThatAreNone(String hex) {
    assertThatThrownBy(() -> Oer.readVarUInt(bytes(hex))).isInstanceOf(OerException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535, 65536})
  void readsBackOctetsOfEachLengthForm(int length) {
    ByteBuf out = Unpooled.buffer();

    Oer.writeVarOctets(out, new byte[length]);

    assertThat(Oer.readVarOctets(out, length)).hasSize(length);
    assertThat(out.isReadable()).isFalse();
  }

  @Test
  void refusesOctetsBeyondTheMaximumBeforeItAllocatesThem() {
    ByteBuf out = Unpooled.buffer();
    Oer.writeVarOctets(out, new byte[11]);

    assertThatThrownBy(() -> Oer.readVarOctets(out, 10))
        .isInstanceOf(OerException.class)
        .hasMessage("length: 11 (expected: at most 10)");
    assertThatThrownBy(() -> Oer.readVarOctets(bytes("847fffffff"), Integer.MAX_VALUE))
        .isInstanceOf(OerException.class);
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }
}
