package org.codius.payments.connector;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.codius.payments.PacketHandler;
import org.codius.payments.btp.BtpLink;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * The connections one child has open.
 *
 * <p>A Prepare goes to the one that connected last, where the original's mini-accounts sends it to
 * all: after a restart or a lost network the newest is the one that works, and no packet is
 * answered twice. With none open it is T01, since a child that was here once may come back. Safe
 * for use by several threads.
 */
final class Sockets implements PacketHandler {

  private final List<BtpLink> links = new CopyOnWriteArrayList<>();
  private final Refusals refusals;

  Sockets(Refusals refusals) {
    this.refusals = refusals;
  }

  void add(BtpLink link) {
    links.add(link);
  }

  void remove(BtpLink link) {
    links.remove(link);
  }

  int count() {
    return links.size();
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    BtpLink newest = null;
    for (BtpLink link : links) {
      if (link.isOpen()) {
        newest = link;
      }
    }
    if (newest == null) {
      return refusals.answer(
          InterledgerErrorCode.T01_PEER_UNREACHABLE, "the account is not connected");
    }
    return newest.handle(prepare);
  }
}
