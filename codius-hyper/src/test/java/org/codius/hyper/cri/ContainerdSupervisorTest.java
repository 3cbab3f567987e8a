package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that ends, and does not come back at once. */
class ContainerdSupervisorTest {

  private final AtomicInteger starts = new AtomicInteger();
  private final BlockingQueue<ProcessHandle> started = new LinkedBlockingQueue<>();
  private final ContainerdSupervisor supervisor = new ContainerdSupervisor("test", this::start);

  @AfterEach
  void stop() {
    supervisor.close();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void itIsTriedAgainWhateverTheLastTryFailedFor() throws Exception {
    supervisor.start();
    ProcessHandle first = started.take();

    first.destroyForcibly();

    ProcessHandle second = started.poll(30, TimeUnit.SECONDS);
    assertThat(second).isNotNull().isNotEqualTo(first);
    assertThat(starts).hasValue(4);
    second.destroyForcibly();
  }

  private ProcessHandle start() throws IOException {
    switch (starts.incrementAndGet()) {
      case 2 -> throw new IOException("no room");
      case 3 -> throw new IllegalStateException("not expected");
      default -> {
        ProcessHandle process = new ProcessBuilder("sleep", "600").start().toHandle();
        started.add(process);
        return process;
      }
    }
  }
}
