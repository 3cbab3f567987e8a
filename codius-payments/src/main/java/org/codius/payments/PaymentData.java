package org.codius.payments;

import java.util.concurrent.CompletionStage;

/**
 * The bytes that travel beside a payment's money, both ways, in order and each once (STREAM data,
 * RFC 29 §4.4.3).
 *
 * <p>They are encrypted end to end, as all of STREAM is. Unlike money they do not survive a restart
 * of either end. Safe for use by several threads.
 */
public interface PaymentData {

  /** So many bytes may wait to be taken by the other end; a first write may be larger. */
  int MAXIMUM_WAITING = 65_536;

  /**
   * Sends {@code bytes}, after what was written before.
   *
   * <p>Completes once the other end has all of them. Fails with a {@link PaymentException} if more
   * than {@link #MAXIMUM_WAITING} bytes would wait, or if the connection ends first.
   */
  CompletionStage<Void> write(byte[] bytes);

  /**
   * Takes the next bytes that arrive.
   *
   * <p>Completes with at least one byte, or with none once the other end has closed the stream and
   * everything before was read. The other end may send as much as is read, and 16,384 bytes more.
   * Fails with an {@link IllegalStateException} while an earlier read waits.
   */
  CompletionStage<byte[]> read();
}
