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
  private BigInteger reserved = BigInteger.ZERO; // admitted, and not on the books yet
  private BigInteger opened = BigInteger.ZERO; // at how much
  private BigInteger announced = BigInteger.ZERO;

  MoneyGate(long streamId) {
    this.streamId = streamId;
  }

  /** Takes {@code wanted} more than it has received so far. */
  void open(BigInteger wanted) {
    opened = received.add(reserved);
    limit = opened.add(wanted);
  }

  /** Takes nothing any more but what was admitted. */
  void close() {
    limit = received.add(reserved);
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
    BigInteger room = room();
    return room.signum() > 0
        && amount.compareTo(amount.equals(shares) ? room : withOnePercent(room)) <= 0;
  }

  private static BigInteger withOnePercent(BigInteger room) {
    return room.multiply(HUNDRED_AND_ONE).add(HUNDRED).subtract(BigInteger.ONE).divide(HUNDRED);
  }

  /** Returns how much more it takes. */
  BigInteger room() {
    return limit.subtract(received).subtract(reserved);
  }

  /** Returns whether it took nothing since it was opened. */
  boolean isUntouched() {
    return received.add(reserved).equals(opened);
  }

  /** Keeps room for {@code amount}, which was admitted and goes on the books now. */
  void reserve(BigInteger amount) {
    reserved = reserved.add(amount);
  }

  /** Counts what room was kept for: it is on the books. */
  void credit(BigInteger amount) {
    reserved = reserved.subtract(amount);
    received = received.add(amount);
  }

  /** Gives the room back: it did not get on the books. */
  void release(BigInteger amount) {
    reserved = reserved.subtract(amount);
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
