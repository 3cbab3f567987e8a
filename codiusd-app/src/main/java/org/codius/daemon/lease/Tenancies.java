package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.codius.daemon.lease.StartQueue.Place;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;

/**
 * Who is busy with which pod.
 *
 * <p>A pod that several want to buy at once is started once, and outlives each of them but the
 * last. Safe for use by several threads.
 */
final class Tenancies {

  @GuardedBy("this")
  private final Map<ManifestHash, Tenancy> byHash = new HashMap<>();

  /** Joins those busy with the pod. Must be left again. */
  synchronized Tenancy join(ManifestHash hash) {
    Tenancy tenancy = byHash.computeIfAbsent(hash, Tenancy::new);
    tenancy.members++;
    return tenancy;
  }

  private synchronized void leave(Tenancy tenancy) {
    tenancy.members--;
    if (tenancy.members == 0) {
      byHash.remove(tenancy.hash);
      tenancy.leaveUnpaid();
    }
  }

  /** Those busy with one pod, and the lock under which they touch it. */
  final class Tenancy implements AutoCloseable {

    private final ManifestHash hash;
    private final ReentrantLock lock = new ReentrantLock(true);

    /** Guarded by the enclosing {@link Tenancies}. */
    private int members;

    /**
     * The pod's place among those nobody has paid for. Guarded by the lock, while it has members.
     */
    private @Nullable Place place;

    /** Until when somebody must have paid for the pod, if nobody has. */
    private volatile @Nullable Deadline patience;

    private Tenancy(ManifestHash hash) {
      this.hash = hash;
    }

    /** Waits for the pod's lock; returns whether it was had in time. */
    boolean lock(Duration patience) throws InterruptedException {
      return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    void lock() {
      lock.lock();
    }

    void unlock() {
      lock.unlock();
    }

    /**
     * Notes that nobody has paid for the pod, which goes if nobody does before {@code patience}.
     */
    void setUnpaid(Place place, Deadline patience) {
      this.place = place;
      this.patience = patience;
    }

    boolean hasPlace() {
      return place != null;
    }

    /** Notes that the pod's paid time is over, and how long those who pay for more have. */
    void setExpired(Deadline patience) {
      this.patience = patience;
    }

    /** Gives back the place of a pod that is paid for now, or gone. */
    void leaveUnpaid() {
      patience = null;
      if (place != null) {
        place.close();
        place = null;
      }
    }

    /** Returns until when the pod waits for a payer who would wait until {@code own}. */
    Deadline patience(Deadline own) {
      Deadline common = patience;
      return common == null ? own : own.within(common.remaining());
    }

    /** Returns whether somebody else is busy with the pod too. */
    boolean isShared() {
      synchronized (Tenancies.this) {
        return members > 1;
      }
    }

    @Override
    public void close() {
      leave(this);
    }
  }
}
