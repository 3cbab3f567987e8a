package org.codius.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been opened, to be closed in reverse order; what is opened after that is closed at once.
 * Safe for use by several threads.
 */
final class Teardown implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Teardown.class);

  @GuardedBy("this")
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean isClosed;

  <T extends AutoCloseable> T add(T resource) {
    synchronized (this) {
      if (!isClosed) {
        opened.push(resource);
        return resource;
      }
    }
    close(resource);
    return resource;
  }

  /** Closes all, whatever some of them may throw. */
  @Override
  public void close() {
    for (Optional<AutoCloseable> last = pop(); last.isPresent(); last = pop()) {
      close(last.get());
    }
  }

  private synchronized Optional<AutoCloseable> pop() {
    isClosed = true;
    return Optional.ofNullable(opened.poll());
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.warn("close failed what={}", resource.getClass().getSimpleName(), e);
    }
  }
}
