package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * What the way to the receiver does to a packet: the rate it is exchanged at, and how large it may
 * be.
 *
 * <p>The largest packet is found as the JavaScript implementation finds it: F08 says what is too
 * large, T04 what is too much just now, and what went through may be more the next time. Confined
 * to the connection's sequence.
 */
final class PathRate {

  private static final BigInteger UNLIMITED = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private static final BigInteger TEN = BigInteger.TEN;
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final BigInteger sent;
  private final BigInteger delivered;
  private final BigInteger keptDelivered; // with keptSent, the rate a packet has to fetch at least
  private final BigInteger keptSent;
  private BigInteger maximum; // what the path said it takes
  private BigInteger trial; // what we try, at most that

  /**
   * Takes the rate of a probe that was sent as {@code sent} and arrived as {@code delivered}.
   *
   * @param maximum the largest packet, unsigned
   * @param slippage how much worse the rate may become, as a part of it
   */
  PathRate(UnsignedLong sent, UnsignedLong delivered, UnsignedLong maximum, BigDecimal slippage) {
    this.sent = sent.bigIntegerValue();
    this.delivered = delivered.bigIntegerValue();
    this.maximum = maximum.bigIntegerValue();
    BigDecimal kept = BigDecimal.ONE.subtract(slippage);
    keptDelivered = this.delivered.multiply(kept.unscaledValue());
    keptSent = this.sent.multiply(BigInteger.TEN.pow(kept.scale()));
    trial = this.maximum;
  }

  /** Returns whether what is sent is what arrives. */
  boolean isOneToOne() {
    return sent.equals(delivered);
  }

  /** Returns the least to send so that {@code wanted} arrives. */
  BigInteger toSend(BigInteger wanted) {
    return ceiling(wanted.multiply(sent), delivered);
  }

  /** Returns what arrives of {@code amount}. */
  BigInteger toArrive(BigInteger amount) {
    return amount.multiply(delivered).divide(sent);
  }

  /** Returns the least of {@code amount} the receiver has to insist on. */
  BigInteger minimum(BigInteger amount) {
    return amount.multiply(keptDelivered).divide(keptSent);
  }

  /** Returns the largest packet to try. */
  BigInteger largest() {
    return trial;
  }

  /** A packet of {@code amount} went through. */
  void passed(BigInteger amount) {
    if (amount.compareTo(trial) < 0 || trial.compareTo(maximum) >= 0) {
      return;
    }
    BigInteger more =
        maximum.equals(UNLIMITED)
            ? trial.shiftLeft(1)
            : trial.add(maximum.divide(TEN)).add(BigInteger.ONE);
    trial = more.min(maximum);
  }

  /** A packet of {@code amount} was too large (F08); {@code data} may say by how much. */
  void tooLarge(BigInteger amount, byte[] data) {
    maximum = maximum.min(largestFrom(amount, data));
    trial = trial.min(maximum);
  }

  /** A packet of {@code amount} was more than there was money for just now (T04). */
  void tooMuchNow(BigInteger amount) {
    BigInteger tried = amount.min(trial);
    trial = tried.subtract(tried.divide(THREE)).max(BigInteger.ONE);
  }

  /**
   * Returns the largest packet according to an F08's data: what arrived at whoever refused it, and
   * what would have been taken there, each u64. Without, it is half of what was refused.
   */
  static BigInteger largestFrom(BigInteger amount, byte[] data) {
    if (data.length >= 2 * Long.BYTES) {
      ByteBuffer in = ByteBuffer.wrap(data);
      BigInteger arrived = UnsignedLong.fromLongBits(in.getLong()).bigIntegerValue();
      BigInteger taken = UnsignedLong.fromLongBits(in.getLong()).bigIntegerValue();
      if (arrived.compareTo(taken) > 0) {
        return amount.multiply(taken).divide(arrived);
      }
    }
    return amount.shiftRight(1);
  }

  private static BigInteger ceiling(BigInteger dividend, BigInteger divisor) {
    return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
  }
}
