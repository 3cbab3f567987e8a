package org.codius.payments.btp;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;

/** Decides who may connect. */
@FunctionalInterface
public interface BtpDoor {

  /**
   * Returns whether a peer that connects from there may speak at all. If not, the connection is
   * closed before a byte of it is read.
   */
  default boolean admits(SocketAddress peer) {
    return true;
  }

  /**
   * Returns who answers the Prepares of a peer that named itself, or empty to send it away. A stage
   * that fails sends it away, too, with a temporary error.
   *
   * <p>Called on the link's event loop; must not block. The link may be used from here on, and
   * {@link BtpLink#closed} tells when no longer.
   *
   * @param user what it calls itself, often empty
   * @param token what it proves it with, possibly empty
   */
  CompletionStage<Optional<PacketHandler>> open(BtpLink link, String user, String token);
}
