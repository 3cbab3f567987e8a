package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codius.daemon.lease.Doors.Death;
import org.codius.daemon.lease.Doors.Moment;
import org.codius.hyper.testing.FakePodDriver;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that dies before and after each step it takes while it buys, extends, expires and removes,
 * and the one that comes after it.
 */
class CrashMatrixTest {

  @TempDir Path folder;

  /** The steps of buying, extending, expiring and removing that leave most behind. */
  private static final Set<String> SAMPLE =
      Set.of("LeaseStore.commit", "PodDriver.run", "Ledger.settle", "LeaseStore.end");

  @TestFactory
  Stream<DynamicTest> nothingIsLostWhereItHurts() throws Exception {
    List<String> steps = steps();
    return deaths(steps)
        .filter(
            death -> death.moment() == Moment.AFTER && SAMPLE.contains(steps.get(death.step() - 1)))
        .map(death -> test(death, steps));
  }

  @TestFactory
  @Tag("long")
  Stream<DynamicTest> nothingIsLostWhereverItDies() throws Exception {
    List<String> steps = steps();
    assertThat(steps).hasSizeGreaterThan(30);
    return Stream.concat(
        Stream.of(DynamicTest.dynamicTest("never", () -> survive(Death.NEVER))),
        deaths(steps).map(death -> test(death, steps)));
  }

  private static Stream<Death> deaths(List<String> steps) {
    return IntStream.rangeClosed(1, steps.size())
        .boxed()
        .flatMap(step -> Stream.of(new Death(step, Moment.BEFORE), new Death(step, Moment.AFTER)));
  }

  private DynamicTest test(Death death, List<String> steps) {
    return DynamicTest.dynamicTest(death + " " + steps.get(death.step() - 1), () -> survive(death));
  }

  private List<String> steps() throws Exception {
    try (ServerSocket program = SaleStory.program()) {
      Path here = Files.createDirectory(folder.resolve("dry"));
      FakePodDriver driver = new FakePodDriver(SaleStory.INSTANCE);
      return SaleStory.of(here, program.getLocalPort()).tell(driver, Death.NEVER, () -> {}).steps();
    }
  }

  private void survive(Death death) throws Exception {
    try (ServerSocket program = SaleStory.program()) {
      Path here = Files.createTempDirectory(folder, "run");
      FakePodDriver driver = new FakePodDriver(SaleStory.INSTANCE);
      SaleStory story = SaleStory.of(here, program.getLocalPort());

      boolean hasDied = story.tell(driver, death, () -> {}).hasDied();
      if (hasDied) {
        story.outage();
        assertThat(story.tell(driver.reconnect(), Death.NEVER, () -> {}).hasDied()).isFalse();
      }

      assertThat(hasDied).isEqualTo(death.step() != 0);
      story.proveTheEnd(driver.reconnect(), hasDied);
    }
  }
}
