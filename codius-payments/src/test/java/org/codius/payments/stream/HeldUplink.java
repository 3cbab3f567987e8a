package org.codius.payments.stream;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Uplink;
import org.codius.payments.ilp.Answerer;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/** An uplink whose far end is the test: it hands packets in, and answers those that go out. */
final class HeldUplink implements Uplink {

  private static final int CAPACITY = 100;

  /** A Prepare that went out, waiting for its answer. */
  record Sent(
      InterledgerPreparePacket prepare, CompletableFuture<InterledgerResponsePacket> answer) {

    void reject(InterledgerErrorCode code) {
      answer.complete(InterledgerRejectPacket.builder().code(code).message("").build());
    }
  }

  private final InterledgerAddress address;
  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>(CAPACITY);
  private final Answerer answerer = new Answerer();
  private volatile boolean isClosed;

  HeldUplink(InterledgerAddress address) {
    this.address = address;
  }

  /** Hands a Prepare in. */
  CompletionStage<InterledgerResponsePacket> arrive(InterledgerPreparePacket prepare) {
    return answerer.handle(prepare);
  }

  /** Returns the next Prepare that goes out, and waits for it. */
  Sent next() throws InterruptedException {
    Sent next = sent.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was sent");
    }
    return next;
  }

  boolean isQuiet() {
    return sent.isEmpty();
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    Sent now = new Sent(prepare, new CompletableFuture<>());
    sent.add(now);
    if (isClosed) {
      rejectAll();
    }
    return now.answer();
  }

  @Override
  public InterledgerAddress address() {
    return address;
  }

  @Override
  public Asset asset() {
    return FakePath.XRP;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public void onPrepare(PacketHandler handler) {
    answerer.set(handler);
  }

  @Override
  public void offPrepare(PacketHandler handler) {
    answerer.remove(handler);
  }

  /** Rejects what waits for an answer, and what will. */
  @Override
  public void close() {
    isClosed = true;
    rejectAll();
  }

  private void rejectAll() {
    for (Sent held = sent.poll(); held != null; held = sent.poll()) {
      held.reject(InterledgerErrorCode.T01_PEER_UNREACHABLE);
    }
  }
}
