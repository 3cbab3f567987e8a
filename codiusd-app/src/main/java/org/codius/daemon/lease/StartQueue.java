package org.codius.daemon.lease;

import com.google.common.net.InetAddresses;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Gives out the few places there are for what nobody has paid for yet.
 *
 * <p>Addresses take turns, however much each of them asks for, and none that has a place is given
 * the last one: whoever hoards places from one address leaves one to the others. The networks of
 * IPv6 count as one address each (/64). Who waits is bounded. Safe for use by several threads.
 */
final class StartQueue {

  private static final int MOST_WAITING = 1024;
  private static final int NETWORK_BYTES = 8;

  private final int places;
  private final long memoryMib;

  @GuardedBy("this")
  private final Map<String, Deque<Place>> waiting = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<String, Integer> held = new HashMap<>();

  @GuardedBy("this")
  private int taken;

  @GuardedBy("this")
  private long takenMib;

  /**
   * @param memoryMib what those in the places may hold together; one may hold more than that
   */
  StartQueue(int places, long memoryMib) {
    this.places = places;
    this.memoryMib = memoryMib;
  }

  /**
   * Waits for a place. It must be closed.
   *
   * @throws RefusedException if none came free in time, or too many wait
   */
  Place enter(String address, long needMib, Deadline deadline) throws InterruptedException {
    Place place = new Place(network(address), needMib);
    synchronized (this) {
      if (waiting() >= MOST_WAITING) {
        throw Refusals.busy("too many others are starting");
      }
      waiting.computeIfAbsent(place.address, any -> new ArrayDeque<>()).add(place);
      giveOut();
    }
    boolean isIn = false;
    try {
      deadline.await(place.given);
      isIn = true;
      return place;
    } catch (TimeoutException e) {
      throw Refusals.busy("too many others are starting");
    } finally {
      if (!isIn) {
        place.close();
      }
    }
  }

  /** Returns how many wait. */
  synchronized int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  @GuardedBy("this")
  private void giveOut() {
    boolean isGiven = true;
    while (isGiven) {
      isGiven = giveOne();
    }
  }

  /** Gives a place to the address whose turn it is, and lets it line up again. */
  @GuardedBy("this")
  private boolean giveOne() {
    for (Iterator<Map.Entry<String, Deque<Place>>> turns = waiting.entrySet().iterator();
        turns.hasNext(); ) {
      Map.Entry<String, Deque<Place>> turn = turns.next();
      Place next = turn.getValue().element();
      if (!isRoomFor(next)) {
        continue;
      }
      turns.remove();
      turn.getValue().remove();
      if (!turn.getValue().isEmpty()) {
        waiting.put(turn.getKey(), turn.getValue());
      }
      taken++;
      takenMib += next.needMib;
      held.merge(next.address, 1, Integer::sum);
      next.given.complete(null);
      return true;
    }
    return false;
  }

  @GuardedBy("this")
  private boolean isRoomFor(Place place) {
    boolean isLast = taken == places - 1 && places > 1;
    return taken < places
        && !(isLast && held.containsKey(place.address))
        && (taken == 0 || takenMib + place.needMib <= memoryMib);
  }

  private synchronized void leave(Place place) {
    if (place.given.complete(null)) {
      waiting.computeIfPresent(
          place.address, (any, line) -> line.remove(place) && line.isEmpty() ? null : line);
      return;
    }
    taken--;
    takenMib -= place.needMib;
    held.computeIfPresent(place.address, (any, count) -> count == 1 ? null : count - 1);
    giveOut();
  }

  private static String network(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return address;
    }
    InetAddress parsed = InetAddresses.forString(address);
    return parsed instanceof Inet6Address
        ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
        : address;
  }

  /** A place, or the wait for one. */
  final class Place implements AutoCloseable {

    private final String address;
    private final long needMib;
    private final CompletableFuture<Void> given = new CompletableFuture<>();
    private boolean isClosed;

    private Place(String address, long needMib) {
      this.address = address;
      this.needMib = needMib;
    }

    /** Gives the place back. Once is enough. */
    @Override
    public void close() {
      synchronized (StartQueue.this) {
        if (isClosed) {
          return;
        }
        isClosed = true;
        leave(this);
      }
    }
  }
}
