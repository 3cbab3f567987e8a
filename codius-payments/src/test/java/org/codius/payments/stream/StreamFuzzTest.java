package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.codius.payments.Allocation;
import org.codius.payments.ilp.OerException;

/**
 * Whatever the bytes, there is a STREAM packet or an {@link OerException}; nothing is decrypted
 * that was not encrypted.
 *
 * <p>To look for new inputs: {@code JAZZER_FUZZ=1 mvn -pl codius-payments test
 * -Dtest=StreamFuzzTest#readsPackets}, and the same with {@code #decryptsNothing}.
 */
class StreamFuzzTest {

  private static final StreamKeys KEYS = StreamKeys.of(new byte[32]);

  @FuzzTest(maxDuration = "2m")
  void readsPackets(byte[] bytes) {
    Allocation.isBounded(bytes.length, () -> readPacket(bytes));
  }

  private static void readPacket(byte[] bytes) {
    byte[] written;
    try {
      written = StreamCodec.encode(StreamCodec.decode(bytes));
    } catch (OerException e) {
      assertThat(e).hasMessageContaining(": ");
      return;
    }
    assertThat(StreamCodec.encode(StreamCodec.decode(written))).isEqualTo(written);
  }

  @FuzzTest(maxDuration = "1m")
  void decryptsNothing(byte[] bytes) {
    Allocation.isBounded(
        bytes.length, () -> assertThat(KEYS.decrypt(bytes)).as("a guess at a tag").isEmpty());
  }
}
