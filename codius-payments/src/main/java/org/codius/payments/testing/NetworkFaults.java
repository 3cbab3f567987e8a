package org.codius.payments.testing;

import com.google.common.primitives.UnsignedLong;
import java.time.Duration;

/**
 * What a {@link SimulatedNetwork} does to packets.
 *
 * @param lostPercent of Prepares, and of answers, that never arrive
 * @param copiedPercent of Prepares that arrive once more
 * @param latePercent of answers that arrive when it is too late
 * @param busyPercent of Prepares that are refused with T02, T03, T04 or T05
 * @param maximumDelay each way; what is delayed differently is reordered
 * @param largestPacket in the sender's base units; larger ones are refused with F08
 */
public record NetworkFaults(
    int lostPercent,
    int copiedPercent,
    int latePercent,
    int busyPercent,
    Duration maximumDelay,
    UnsignedLong largestPacket) {

  public static final NetworkFaults NONE =
      new NetworkFaults(0, 0, 0, 0, Duration.ZERO, UnsignedLong.MAX_VALUE);

  /** Returns none of them, but the largest packet, which is no fault. */
  public NetworkFaults without() {
    return new NetworkFaults(0, 0, 0, 0, Duration.ofMillis(20), largestPacket);
  }
}
