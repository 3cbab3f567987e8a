package org.codius.daemon.lease;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import org.codius.daemon.lease.Doors.Death;
import org.codius.hyper.PodDriver;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;
import org.codius.hyper.testing.FakePodDriver;

/**
 * A process that is the host of a {@link SaleStory}. Its pods are hyperd's, which outlives it; or
 * those of a fake in this process, which die with it, as all do when the machine loses its power.
 *
 * <p>Arguments: the story's folder, hyperd's socket or {@link #FAKE}, at which step to die, 0 for
 * never, and whether after it. It dies as by {@code kill -9}: no hook runs, nothing is flushed.
 */
final class CrashHost {

  static final int DIED = 137;

  /** In place of hyperd's socket. */
  static final String FAKE = "fake";

  private CrashHost() {}

  public static void main(String[] arguments) throws Exception {
    boolean isFake = arguments[1].equals(FAKE);
    PodDriver driver = isFake ? new FakePodDriver(SaleStory.INSTANCE) : connect(arguments[1]);
    Death death = new Death(Integer.parseInt(arguments[2]), Boolean.parseBoolean(arguments[3]));
    SaleStory story = new SaleStory(Path.of(arguments[0]), 0);
    story.tell(driver, death, () -> Runtime.getRuntime().halt(DIED));
    if (isFake) {
      story.proveTheEnd(driver, death.step() == 0); // nobody else sees these pods
    }
    Runtime.getRuntime().halt(0);
  }

  private static PodDriver connect(String socket) {
    return connect(Path.of(socket), new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()));
  }

  static PodDriver connect(Path socket, EventLoopGroup group) {
    return HyperdDriver.connect(HyperdConfig.of(socket, SaleStory.INSTANCE).unguarded(), group);
  }
}
