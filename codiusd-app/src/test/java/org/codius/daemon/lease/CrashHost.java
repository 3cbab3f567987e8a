package org.codius.daemon.lease;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import org.codius.daemon.lease.Doors.Death;
import org.codius.hyper.PodDriver;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;

/**
 * A process that is the host of a {@link SaleStory}, whose pods are hyperd's.
 *
 * <p>Arguments: the story's folder, hyperd's socket, at which step to die, 0 for never, and whether
 * after it. It dies as by {@code kill -9}: no hook runs, nothing is flushed.
 */
final class CrashHost {

  static final int DIED = 137;

  private CrashHost() {}

  public static void main(String[] arguments) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    PodDriver driver = connect(Path.of(arguments[1]), group);
    Death death = new Death(Integer.parseInt(arguments[2]), Boolean.parseBoolean(arguments[3]));
    new SaleStory(Path.of(arguments[0]), 0)
        .tell(driver, death, () -> Runtime.getRuntime().halt(DIED));
    Runtime.getRuntime().halt(0);
  }

  static PodDriver connect(Path socket, EventLoopGroup group) {
    return HyperdDriver.connect(HyperdConfig.of(socket, SaleStory.INSTANCE).unguarded(), group);
  }
}
