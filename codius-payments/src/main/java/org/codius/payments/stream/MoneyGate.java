package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;

/**
 * How much a stream takes: nothing, unless somebody waits for a payment.
 *
 * <p>Confined to the connection's sequence.
 */
final class MoneyGate {

  private static final BigInteger MAXIMUM = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private static final BigInteger HUNDRED = BigInteger.valueOf(100);
  private static final BigInteger HUNDRED_AND_ONE = BigInteger.valueOf(101);

  private final long streamId;
  private BigInteger limit = BigInteger.ZERO;
  private BigInteger received = BigInteger.ZERO;
  private BigInteger announced = BigInteger.ZERO;

  MoneyGate(long streamId) {
    this.streamId = streamId;
  }

  /** Takes {@code wanted} more than it has received so far. */
  void open(BigInteger wanted) {
    limit = received.add(wanted);
  }

  /** Takes nothing any more. */
  void close() {
    limit = received;
  }

  /**
   * Returns whether a packet may bring {@code amount}.
   *
   * <p>Across a rate it may go 1 % over, as with the JavaScript implementation, since the exact
   * amount often cannot be hit. Without one it may not: that implementation can have two packets
   * under way that each mean to be the last.
   *
   * @param shares what the payer calls the amount; in practice, what it sent
   */
  boolean admits(BigInteger amount, BigInteger shares) {
    BigInteger room = limit.subtract(received);
    return room.signum() > 0
        && amount.compareTo(amount.equals(shares) ? room : withOnePercent(room)) <= 0;
  }

  private static BigInteger withOnePercent(BigInteger room) {
    return room.multiply(HUNDRED_AND_ONE).add(HUNDRED).subtract(BigInteger.ONE).divide(HUNDRED);
  }

  void credit(BigInteger amount) {
    received = received.add(amount);
  }

  /** Returns whether the payer was told of a higher limit, which it cannot be made to forget. */
  boolean wasWider() {
    return announced.compareTo(limit) > 0;
  }

  /** Returns the frame that tells the payer. */
  Frame.StreamMaxMoney frame() {
    announced = announced.max(limit);
    return new Frame.StreamMaxMoney(
        streamId, limit.min(MAXIMUM).longValue(), received.min(MAXIMUM).longValue());
  }
}
