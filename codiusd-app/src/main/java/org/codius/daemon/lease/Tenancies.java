package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.codius.manifest.ManifestHash;

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
    }
  }

  /** Those busy with one pod, and the lock under which they touch it. */
  final class Tenancy implements AutoCloseable {

    private final ManifestHash hash;
    private final ReentrantLock lock = new ReentrantLock(true);

    /** Guarded by the enclosing {@link Tenancies}. */
    private int members;

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
