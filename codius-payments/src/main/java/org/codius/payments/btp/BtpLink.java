package org.codius.payments.btp;

import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;

/**
 * One BTP connection on which both sides know each other.
 *
 * <p>{@link #handle} sends a Prepare to the peer. No answer in time is R00, a lost link T01, too
 * many packets under way T03. Safe for use by several threads.
 */
public interface BtpLink extends PacketHandler {

  SocketAddress peer();

  boolean isOpen();

  /** Completes once the connection is gone, whoever closed it. */
  CompletionStage<Void> closed();

  void close();
}
