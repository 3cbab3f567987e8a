package org.codius.payments.btp;

import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerResponsePacket;

/** The Prepares a link waits for answers to. Confined to the channel's event loop. */
final class PendingRequests {

  private final EventLoop loop;
  private final int maximum;
  private final IntObjectMap<Pending> requests = new IntObjectHashMap<>();
  private int nextId;

  PendingRequests(EventLoop loop, int maximum, int firstId) {
    this.loop = loop;
    this.maximum = maximum;
    this.nextId = firstId;
  }

  boolean isFull() {
    return requests.size() >= maximum;
  }

  /** Adds a request, answered with R00 after {@code timeout}, and returns its id. */
  int add(CompletableFuture<InterledgerResponsePacket> answer, Duration timeout) {
    while (requests.containsKey(nextId)) {
      nextId++;
    }
    int id = nextId++;
    Future<?> timer = loop.schedule(() -> timeOut(id), timeout.toMillis(), TimeUnit.MILLISECONDS);
    requests.put(id, new Pending(answer, timer));
    return id;
  }

  /** Answers a request. Does nothing if it is unknown: answered, timed out, or never asked. */
  void answer(int id, InterledgerResponsePacket response) {
    Pending pending = requests.remove(id);
    if (pending != null) {
      pending.timer().cancel(false);
      pending.answer().complete(response);
    }
  }

  boolean contains(int id) {
    return requests.containsKey(id);
  }

  /** Answers everything with T01: the link is gone. */
  void fail() {
    List<Pending> lost = List.copyOf(requests.values());
    requests.clear();
    for (Pending pending : lost) {
      pending.timer().cancel(false);
      pending
          .answer()
          .complete(
              Rejects.of(InterledgerErrorCode.T01_PEER_UNREACHABLE, "the link to the peer broke"));
    }
  }

  private void timeOut(int id) {
    answer(id, Rejects.of(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "the peer did not answer"));
  }

  private record Pending(CompletableFuture<InterledgerResponsePacket> answer, Future<?> timer) {}
}
