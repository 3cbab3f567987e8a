package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codius.daemon.lease.Doors.Death;
import org.codius.daemon.lease.Doors.Moment;
import org.codius.hyper.PodDriver;
import org.codius.hyper.testing.HyperdSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that sells pods, is killed at a step of its, and is started again. hyperd and its pods
 * live on, as they do; those of the fake driver end with the process.
 */
class CrashMatrixIT {

  /** More than any run takes; the steps that there are, are all that a host can die at. */
  private static final int MOST_STEPS = 45;

  /** Before and after run, the money's arrival, the commit, the settlement, and the removal. */
  private static final List<Death> SAMPLE =
      List.of(
          new Death(5, Moment.AFTER),
          new Death(6, Moment.AFTER),
          new Death(7, Moment.BEFORE),
          new Death(7, Moment.AFTER),
          new Death(8, Moment.AFTER));

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  @TempDir Path folder;

  private int stories;

  @BeforeEach
  void start() {
    stories = 0;
  }

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @TestFactory
  Stream<DynamicTest> aKilledProcessLosesNothing() {
    return SAMPLE.stream().map(death -> test(death, () -> survive(death)));
  }

  @TestFactory
  @Tag("long")
  Stream<DynamicTest> aProcessKilledAnywhereLosesNothing() {
    return all().map(death -> test(death, () -> survive(death)));
  }

  @TestFactory
  Stream<DynamicTest> aHostKilledWithItsPodsLosesNothing() {
    return SAMPLE.stream().map(death -> test(death, () -> surviveWithoutPods(death)));
  }

  @TestFactory
  @Tag("long")
  Stream<DynamicTest> aHostKilledAnywhereWithItsPodsLosesNothing() {
    return all().map(death -> test(death, () -> surviveWithoutPods(death)));
  }

  private static Stream<Death> all() {
    return IntStream.rangeClosed(1, MOST_STEPS)
        .boxed()
        .flatMap(step -> Stream.of(new Death(step, Moment.BEFORE), new Death(step, Moment.AFTER)));
  }

  private static DynamicTest test(Death death, Executable survival) {
    return DynamicTest.dynamicTest(death.toString(), survival);
  }

  private void surviveWithoutPods(Death death) throws Exception {
    Path here = newFolder();
    if (CrashHost.run(SaleStory.of(here, 0), CrashHost.FAKE, death)) {
      SaleStory rest = SaleStory.of(here, 0);
      rest.outage();
      assertThat(CrashHost.run(rest, CrashHost.FAKE, Death.NEVER)).isFalse();
    }
  }

  private Path newFolder() throws IOException {
    return Files.createDirectory(folder.resolve("s" + stories++));
  }

  private void survive(Death death) throws Exception {
    Path here = newFolder();
    Path socket = here.resolve("hyper.sock");
    try (HyperdSimulator hyperd = HyperdSimulator.start(socket, group)) {
      hyperd.publish(SaleStory.IMAGE);

      boolean hasDied = CrashHost.run(SaleStory.of(here, 0), socket.toString(), death);
      if (hasDied) {
        SaleStory rest = SaleStory.of(here, 0);
        rest.outage();
        assertThat(CrashHost.run(rest, socket.toString(), Death.NEVER)).isFalse();
      }

      try (PodDriver driver = CrashHost.connect(socket, group)) {
        SaleStory.of(here, 0).proveTheEnd(driver, hasDied);
      }
    }
  }
}
