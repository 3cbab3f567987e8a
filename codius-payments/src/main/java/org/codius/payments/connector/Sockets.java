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

  /** How many connections one account may have open. */
  private static final int MAXIMUM = 16;

  private final List<BtpLink> links = new CopyOnWriteArrayList<>();
  private final Refusals refusals;

  Sockets(Refusals refusals) {
    this.refusals = refusals;
  }

  /** Adds a link until it is closed, and returns true, or false if there are too many. */
  synchronized boolean add(BtpLink link) {
    if (links.size() >= MAXIMUM) {
      return false;
    }
    links.add(link);
    link.closed().thenRun(() -> links.remove(link));
    return true;
  }

  boolean isEmpty() {
    return links.isEmpty();
  }

  void close() {
    links.forEach(BtpLink::close);
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
