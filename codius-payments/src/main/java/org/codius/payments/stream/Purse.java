package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a payer lets be seen of how much it would pay.
 *
 * <p>{@code StreamMoneyBlocked} says it in the payer's units, and a packet with money at which rate
 * those arrive: a stream's shares are, in practice, the amount its payer sent. As long as one of
 * the two is not known the payer may have any amount. Confined to the connection's sequence.
 */
final class Purse {

  private static final BigInteger MAXIMUM = UnsignedLong.MAX_VALUE.bigIntegerValue();

  private final long streamId;
  private @Nullable BigInteger left; // in the payer's units
  private BigInteger sent = BigInteger.ZERO;
  private BigInteger arrived = BigInteger.ZERO;

  Purse(long streamId) {
    this.streamId = streamId;
  }

  /** Takes what a packet says; {@code amount} arrived with it, whether or not it is taken. */
  void look(BigInteger amount, StreamPacket packet) {
    for (Frame.StreamMoney money : packet.frames(Frame.StreamMoney.class)) {
      if (money.streamId() == streamId && amount.signum() > 0 && money.shares() != 0) {
        sent = unsigned(money.shares());
        arrived = amount;
      }
    }
    for (Frame.StreamMoneyBlocked blocked : packet.frames(Frame.StreamMoneyBlocked.class)) {
      if (blocked.streamId() == streamId) {
        left =
            unsigned(blocked.sendMax())
                .subtract(unsigned(blocked.totalSent()))
                .max(BigInteger.ZERO);
      }
    }
  }

  /** Returns whether the payer may have {@code wanted}, as far as can be seen. */
  boolean mayHold(BigInteger wanted) {
    return offered().compareTo(wanted) >= 0;
  }

  /**
   * Returns the most that can arrive of it, in our units; the largest amount if it is not known.
   */
  BigInteger offered() {
    if (left == null || left.equals(MAXIMUM) || sent.signum() == 0) {
      return MAXIMUM;
    }
    BigInteger most = left.multiply(arrived).add(sent).subtract(BigInteger.ONE).divide(sent);
    return most.min(MAXIMUM);
  }

  private static BigInteger unsigned(long value) {
    return UnsignedLong.fromLongBits(value).bigIntegerValue();
  }
}
