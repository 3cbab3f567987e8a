package org.codius.payments.btp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.codius.payments.Allocation;
import org.codius.payments.ilp.OerException;

/**
 * Whatever the bytes, there is a BTP packet or an {@link OerException}, and a packet that was read
 * is written and read again as the same.
 *
 * <p>To look for new inputs: {@code JAZZER_FUZZ=1 mvn -pl codius-payments test -Dtest=BtpFuzzTest}.
 */
class BtpFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void readsPackets(byte[] bytes) {
    Allocation.isBounded(bytes.length, () -> readPacket(bytes));
  }

  private static void readPacket(byte[] bytes) {
    String written;
    try {
      written = written(BtpCodec.read(Unpooled.wrappedBuffer(bytes)));
    } catch (OerException e) {
      assertThat(e).hasMessageContaining(": ");
      return;
    }
    ByteBuf again = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(written));
    assertThat(written(BtpCodec.read(again))).isEqualTo(written);
  }

  private static String written(BtpPacket packet) {
    ByteBuf out = Unpooled.buffer();
    BtpCodec.write(out, packet);
    return ByteBufUtil.hexDump(out);
  }
}
