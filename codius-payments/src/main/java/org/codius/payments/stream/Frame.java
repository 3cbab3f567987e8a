package org.codius.payments.stream;

/**
 * What STREAM packets are made of (RFC 29 §5.3). Integers are unsigned 64-bit.
 *
 * <p>Bytes are not copied: they are written or read once, and frames are not compared.
 *
 * <p>A frame of a type not listed here is skipped when it is read, as the RFC has it.
 */
@SuppressWarnings("ArrayRecordComponent")
sealed interface Frame {

  /** The connection is over. */
  record ConnectionClose(int code, String message) implements Frame {}

  /** Where the sender of this frame receives packets. */
  record ConnectionNewAddress(String address) implements Frame {}

  /** How much data the sender of this frame takes, all streams together. */
  record ConnectionMaxData(long maxOffset) implements Frame {}

  record ConnectionDataBlocked(long maxOffset) implements Frame {}

  /** The highest stream the other side may open. */
  record ConnectionMaxStreamId(long maxStreamId) implements Frame {}

  record ConnectionStreamIdBlocked(long maxStreamId) implements Frame {}

  /** What the sender of this frame counts its packets' amounts in. */
  record ConnectionAssetDetails(String code, int scale) implements Frame {}

  record StreamClose(long streamId, int code, String message) implements Frame {}

  /** The stream's part of the packet's amount, in shares of all shares in the packet. */
  record StreamMoney(long streamId, long shares) implements Frame {}

  /**
   * How much the sender of this frame takes on the stream.
   *
   * @param receiveMax in all, not in addition; the largest unsigned value if it was larger still
   */
  record StreamMaxMoney(long streamId, long receiveMax, long totalReceived) implements Frame {}

  record StreamMoneyBlocked(long streamId, long sendMax, long totalSent) implements Frame {}

  record StreamData(long streamId, long offset, byte[] data) implements Frame {}

  /** How much data the sender of this frame takes on the stream. */
  record StreamMaxData(long streamId, long maxOffset) implements Frame {}

  record StreamDataBlocked(long streamId, long maxOffset) implements Frame {}

  /** A proof of what the stream received (RFC 39). */
  record StreamReceipt(long streamId, byte[] receipt) implements Frame {}
}
