package org.codius.payments.btp;

import java.util.Optional;
import org.codius.payments.PacketHandler;

/** Decides who may connect. */
@FunctionalInterface
public interface BtpDoor {

  /**
   * Returns who answers the Prepares of a peer that named itself, or empty to send it away.
   *
   * <p>Called on the link's event loop; must not block. The link may be used from here on, and
   * {@link BtpLink#closed} tells when no longer.
   *
   * @param user what it calls itself, often empty
   * @param token what it proves it with, possibly empty
   */
  Optional<PacketHandler> open(BtpLink link, String user, String token);
}
