package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.codius.daemon.lease.Doors.Death;
import org.codius.daemon.lease.Doors.Moment;
import org.codius.hyper.PodDriver;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;
import org.codius.hyper.testing.FakePodDriver;

/**
 * A process that is the host of a {@link SaleStory}. Its pods are a runtime's, which outlives it;
 * or those of a fake in this process, which die with it, as all do when the machine loses its
 * power.
 *
 * <p>Arguments: the story's folder, where its pods listen and what they run; hyperd's socket, the
 * folder of a private containerd, or {@link #FAKE}; at which step to die, 0 for never, and when. It
 * dies as by {@code kill -9}: no hook runs, nothing is flushed.
 */
final class CrashHost {

  static final int DIED = 137;

  /** In place of a runtime. */
  static final String FAKE = "fake";

  private static final Duration POLL = Duration.ofMillis(2);

  private CrashHost() {}

  public static void main(String[] arguments) throws Exception {
    SaleStory story =
        new SaleStory(Path.of(arguments[0]), Integer.parseInt(arguments[1]), arguments[2]);
    PodDriver driver = open(arguments[3]);
    Death death = new Death(Integer.parseInt(arguments[4]), Moment.valueOf(arguments[5]));
    story.tell(driver, death, () -> die(driver, death));
    if (!isHyperd(arguments[3])) {
      story.proveTheEnd(driver, death.step() == 0); // it is here that these pods are seen
    }
    Runtime.getRuntime().halt(0);
  }

  /** Dies; in the midst of a step only when the runtime has begun to do something about it. */
  private static void die(PodDriver driver, Death death) {
    while (death.moment() == Moment.DURING
        && driver.list().toCompletableFuture().join().isEmpty()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    Runtime.getRuntime().halt(DIED);
  }

  private static PodDriver open(String runtime) {
    if (runtime.equals(FAKE)) {
      return new FakePodDriver(SaleStory.INSTANCE);
    }
    return isHyperd(runtime)
        ? connect(Path.of(runtime), new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
        : CriDriver.connect(EmbeddedContainerd.start(containerd(Path.of(runtime))).criConfig());
  }

  private static boolean isHyperd(String runtime) {
    return !runtime.equals(FAKE) && !Files.isDirectory(Path.of(runtime));
  }

  static PodDriver connect(Path socket, EventLoopGroup group) {
    return HyperdDriver.connect(HyperdConfig.of(socket, SaleStory.INSTANCE).unguarded(), group);
  }

  /** Returns a containerd that pulls from registries on this machine too. */
  static EmbeddedContainerdConfig containerd(Path root) {
    EmbeddedContainerdConfig usual = EmbeddedContainerdConfig.of(SaleStory.INSTANCE, root);
    return usual.with(usual.images().withLoopback(), usual.nameServers());
  }

  /**
   * Runs one to its end.
   *
   * @return whether it died
   */
  static boolean run(SaleStory story, String runtime, Death death)
      throws IOException, InterruptedException {
    Path log = story.folder().resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(CrashHost.class.getName());
    command.addAll(story.arguments());
    command.addAll(List.of(runtime, Integer.toString(death.step()), death.moment().name()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isIn(0, DIED);
      return process.exitValue() == DIED;
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }
}
