package org.codius.payments;

import org.interledger.core.InterledgerAddress;

/**
 * A connection to the Interledger: it gives us an address and an asset, carries the Prepares we
 * send and hands us those sent to us.
 *
 * <p>While it is down, {@link #handle} answers with a temporary (T) reject, and it comes back by
 * itself. Safe for use by several threads.
 */
public interface Uplink extends PacketHandler, AutoCloseable {

  /** Returns our address, as the parent told it (IL-DCP, RFC 31). Stable over reconnects. */
  InterledgerAddress address();

  /** Returns the asset that amounts on this connection are counted in. */
  Asset asset();

  boolean isConnected();

  /** Returns how it is doing: what to show to those who watch the host. */
  default UplinkState state() {
    return isConnected() ? UplinkState.CONNECTED : UplinkState.down("use the uplink: it is down");
  }

  /**
   * Sets who answers the Prepares that arrive. Until then they are rejected with T00.
   *
   * @throws IllegalStateException if somebody does already: a STREAM sender and a receiver each
   *     need an uplink of their own
   */
  void onPrepare(PacketHandler handler);

  /** Ends what {@link #onPrepare} began. Changes nothing if it is another one that answers. */
  void offPrepare(PacketHandler handler);

  @Override
  void close();
}
