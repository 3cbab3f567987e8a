package org.codius.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Sees to it that what reads a stranger's bytes allocates no more than they account for. */
public final class Allocation {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** An exception with its stack trace, and buffers. */
  private static final long BASE = 256 * 1024;

  /** Bytes on the heap for a byte of input: objects for the shortest of entries. */
  private static final long PER_BYTE = 64;

  /** The first time classes are loaded, which costs megabytes and is nobody's fault. */
  private static final int TIMES = 3;

  private Allocation() {}

  /** Runs {@code reading} of so many bytes on this thread. */
  public static void isBounded(int bytes, Runnable reading) {
    long maximum = BASE + PER_BYTE * bytes;
    long allocated = Long.MAX_VALUE;
    for (int i = 0; i < TIMES && allocated > maximum; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      reading.run();
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).as("bytes allocated to read %d", bytes).isLessThan(maximum);
  }
}
