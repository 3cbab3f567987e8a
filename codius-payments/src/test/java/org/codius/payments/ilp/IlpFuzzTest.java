package org.codius.payments.ilp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.codius.payments.Allocation;
import org.codius.payments.Packets;
import org.interledger.core.InterledgerPacket;

/**
 * Whatever the bytes, there is a value or an {@link OerException}, and what was read is written and
 * read again as the same.
 *
 * <p>A build runs the recorded inputs only. To look for new ones: {@code JAZZER_FUZZ=1 mvn -pl
 * codius-payments test -Dtest=IlpFuzzTest#readsPackets}, and so on.
 */
class IlpFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void readsPackets(byte[] bytes) {
    Allocation.isBounded(bytes.length, () -> readPacket(bytes));
  }

  private static void readPacket(byte[] bytes) {
    InterledgerPacket packet;
    try {
      packet = IlpCodec.decode(bytes);
    } catch (OerException e) {
      assertThat(e).hasMessageContaining(": ");
      return;
    }
    assertThat(IlpCodec.decode(IlpCodec.encode(packet))).isEqualTo(packet);
  }

  @FuzzTest(maxDuration = "1m")
  void readsNumbersAndStrings(byte[] bytes) {
    Allocation.isBounded(bytes.length, () -> readOer(bytes));
  }

  private static void readOer(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      while (in.isReadable()) {
        long number = Oer.readVarUInt(in);
        byte[] octets = Oer.readVarOctets(in, in.readableBytes());
        ByteBuf out = Unpooled.buffer();
        Oer.writeVarUInt(out, number);
        Oer.writeVarOctets(out, octets);
        assertThat(Oer.readVarUInt(out)).isEqualTo(number);
        assertThat(Oer.readVarOctets(out, octets.length)).isEqualTo(octets);
      }
    } catch (OerException e) {
      assertThat(e).hasMessageContaining(": ");
    }
  }

  @FuzzTest(maxDuration = "1m")
  void readsWhatAParentSays(byte[] bytes) {
    Allocation.isBounded(bytes.length, () -> readDetails(bytes));
  }

  private static void readDetails(byte[] bytes) {
    try {
      Ildcp.Details details = Ildcp.parse(Packets.fulfill(bytes));
      assertThat(Ildcp.parse(Ildcp.response(details))).isEqualTo(details);
    } catch (OerException e) {
      assertThat(e).hasMessageContaining(": ");
    }
  }
}
