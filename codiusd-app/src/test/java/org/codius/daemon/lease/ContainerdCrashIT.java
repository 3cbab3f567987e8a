package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.io.MoreFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.codius.daemon.demo.Busybox;
import org.codius.daemon.demo.DemoPod;
import org.codius.daemon.demo.LoopbackRegistry;
import org.codius.daemon.lease.Doors.Death;
import org.codius.daemon.lease.Doors.Moment;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The same as {@link CrashMatrixIT} with pods that are real: containers that listen, on a private
 * containerd of their own, which lives on as they do when the process that sells them is killed.
 */
class ContainerdCrashIT {

  private static LoopbackRegistry registry;
  private static String image;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "containers need root: run bin/verify as root");
    assertThat(EmbeddedContainerd.missingPackages()).as("packages to install").isEmpty();
    registry = LoopbackRegistry.start();
    image = registry.add("crash/site", "1", DemoPod.image(Busybox.find().orElseThrow()));
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> aKilledProcessLosesNothing() {
    return tests(
        new Death(5, Moment.DURING), // a pod is being started
        new Death(7, Moment.AFTER)); // it is sold, and its money is not booked
  }

  @TestFactory
  @Tag("long")
  Stream<DynamicTest> aProcessKilledElsewhereLosesNothing() {
    return tests(
        new Death(5, Moment.AFTER), // a pod is up that nobody has paid for
        new Death(6, Moment.AFTER), // its money is there, and it is not sold
        new Death(12, Moment.AFTER), // money for more time is there, and that is not sold
        new Death(13, Moment.AFTER), // more time is sold, and its money is not booked
        new Death(21, Moment.AFTER), // a second pod is up that nobody has paid for
        new Death(29, Moment.DURING), // its time is over, and it is being removed
        new Death(29, Moment.AFTER)); // its time is over, it is gone, and its lease is not
  }

  private static Stream<DynamicTest> tests(Death... deaths) {
    return Stream.of(deaths)
        .map(death -> DynamicTest.dynamicTest(death.toString(), () -> survive(death)));
  }

  private static void survive(Death death) throws Exception {
    Path here = Files.createTempDirectory("codius-crash");
    Path runtime = Files.createDirectory(here.resolve("runtime"));
    try {
      assertThat(CrashHost.run(story(here), runtime.toString(), death)).as("it died").isTrue();
      SaleStory rest = story(here);
      rest.outage();
      assertThat(CrashHost.run(rest, runtime.toString(), Death.NEVER)).isFalse();
    } finally {
      EmbeddedContainerd.start(CrashHost.containerd(runtime)).stop();
      MoreFiles.deleteRecursively(here);
    }
  }

  private static SaleStory story(Path here) throws Exception {
    return new SaleStory(here, DemoPod.PORT, image);
  }
}
