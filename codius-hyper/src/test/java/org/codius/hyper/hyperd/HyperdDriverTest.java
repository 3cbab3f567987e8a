package org.codius.hyper.hyperd;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodId;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.PodDriverContract;
import org.codius.hyper.testing.SimulatedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What a driver promises, kept against a simulated hyperd. */
class HyperdDriverTest implements PodDriverContract {

  static final String DIGEST =
      "sha256:92c7c64fe06e7d26fc76582bc189e2f27fe68fb6662c9cb5f8d67b1e0d166a73";
  static final SimulatedImage BUSYBOX = SimulatedImage.of("127.0.0.1:5000/busybox", "1.35", DIGEST);
  static final HyperdConfig.Timeouts TIMEOUTS =
      new HyperdConfig.Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofMillis(100),
          Duration.ofMillis(50));

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private HyperdSimulator hyperd;
  private PodDriver driver;

  @BeforeEach
  void start() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    hyperd.publish(BUSYBOX);
    driver = connectAs(INSTANCE);
  }

  @AfterEach
  void stop() {
    driver.close();
    hyperd.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Override
  public PodDriver driver() {
    return driver;
  }

  @Override
  public PodDriver connectAs(String instance) {
    return HyperdDriver.connect(
        new HyperdConfig(
            folder.resolve("hyper.sock"), instance, null, TIMEOUTS, HyperdConfig.Limits.DEFAULT),
        group);
  }

  @Override
  public String image() {
    return "127.0.0.1:5000/busybox:1.35@" + DIGEST;
  }

  @Override
  public String missingImage() {
    return "127.0.0.1:5000/busybox@sha256:" + "0".repeat(64);
  }

  @Override
  public void write(PodId id, String container, String text) {
    hyperd.write(id + "__" + container, LogLine.Stream.STDOUT, text);
  }

  @Override
  public void publishMissingImage() {
    hyperd.publish(SimulatedImage.of("127.0.0.1:5000/busybox", "late", "sha256:" + "0".repeat(64)));
  }

  @Override
  public void answerExec(PodId id, ExecResult result) {
    hyperd.answerExec((command, input, isInputAtEnd) -> Optional.of(result));
  }

  @Override
  public String variableOf(PodId id, String container, String name) {
    return String.valueOf(hyperd.variablesOf(id + "__" + container).get(name));
  }

  @Override
  public List<String> commandOf(PodId id, String container) {
    return hyperd.commandOf(id + "__" + container);
  }

  @Override
  public void exit(PodId id, String container, int exitCode) {
    hyperd.exit(id + "__" + container, exitCode);
  }

  @Override
  public void missProgram() {
    hyperd.failStarts(container -> container.endsWith("__side"));
  }

  @Override
  public void findProgram() {
    hyperd.failStarts(container -> false);
  }
}
