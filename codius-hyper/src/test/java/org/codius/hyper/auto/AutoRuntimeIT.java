package org.codius.hyper.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.cri.GvisorScripts;
import org.codius.hyper.cri.RuntimeHandler;
import org.codius.hyper.cri.TestHost;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.PodFirewall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of real runtimes is chosen. */
class AutoRuntimeIT {

  private static final String INSTANCE = "autotest";

  @TempDir Path folder;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private RuntimeHandler runc;
  private RuntimeHandler stockGvisor;

  @BeforeEach
  void needRoot() throws Exception {
    TestHost.assumeRunnable();
    runc = RuntimeHandler.likeRunc("runc", program("runc"), Isolation.NAMESPACE);
    stockGvisor = RuntimeHandler.likeRunc("runsc", program("runsc"), Isolation.KERNEL);
  }

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aGvisorThatHangsIsPassedOverForRuncAndTheNextStartKnows() throws Exception {
    AutoConfig config = config(List.of(stockGvisor, runc), List.of());

    List<Finding> first = openAndStop(config, Isolation.NAMESPACE);
    List<Finding> second = openAndStop(config, Isolation.NAMESPACE);

    assertThat(first).extracting(Finding::isChosen).containsExactly(false, true);
    assertThat(first.get(0).candidate()).isEqualTo("private containerd with runsc");
    assertThat(first.get(1).words()).isEqualTo("a pod ran to its exit, without a user namespace");
    assertThat(second.get(0).words()).startsWith(first.get(0).words()).contains("(seen 20");
  }

  @Test
  void aGvisorThatWorksIsChosenBeforeRunc() throws Exception {
    RuntimeHandler gvisor = GvisorScripts.install(Files.createDirectory(folder.resolve("bin")));

    List<Finding> findings =
        openAndStop(config(List.of(runc, gvisor), List.of()), Isolation.KERNEL);

    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "private containerd with runsc: chosen, a pod ran to its exit, without a user namespace",
            "private containerd with runc: not chosen, not needed");
  }

  @Test
  void aContainerdOfTheMachineCountsOnlyIfItIsolatesBetter() throws Exception {
    RuntimeHandler gvisor = GvisorScripts.install(Files.createDirectory(folder.resolve("bin")));
    try (Machines machines = new Machines()) {
      Path plain = machines.start("plain", runc);
      Path strong = machines.start("strong", gvisor);

      List<Finding> findings =
          openAndStop(config(List.of(runc), List.of(plain, strong)), Isolation.KERNEL);

      assertThat(findings)
          .extracting(Finding::toString)
          .containsExactly(
              plain
                  + " with runc: not chosen, it isolates no better than a containerd of our own would",
              strong + " with runsc: chosen, a pod ran to its exit, without a user namespace",
              "private containerd with runc: not chosen, not needed");
    }
  }

  @Test
  void whereNothingWorksItSaysWhyOfEach() {
    RuntimeHandler none = RuntimeHandler.likeRunc("none", program("false"), Isolation.VM);
    Path nobody = folder.resolve("nobody.sock");

    assertThatThrownBy(() -> AutoRuntime.open(config(List.of(none), List.of(nobody)), loops))
        .isInstanceOf(PodDriverException.class)
        .hasMessageStartingWith("find a runtime: none works; private containerd with none: not");
  }

  /** Returns what was found; what was chosen is to isolate so well. */
  private List<Finding> openAndStop(AutoConfig config, Isolation expected) throws Exception {
    AutoRuntime runtime = AutoRuntime.open(config, loops);
    try {
      assertThat(runtime.driver().runtime().toCompletableFuture().get().isolation())
          .isEqualTo(expected);
      return runtime.findings();
    } finally {
      runtime.driver().close();
      if (runtime.containerd() != null) {
        runtime.containerd().stop();
      } else {
        PodFirewall.of(INSTANCE, List.of(), List.of()).remove(); // the driver leaves it to its pods
      }
    }
  }

  private AutoConfig config(List<RuntimeHandler> handlers, List<Path> sockets) {
    return new AutoConfig(
        EmbeddedContainerdConfig.of(INSTANCE, folder.resolve("own")),
        handlers,
        sockets,
        null,
        null,
        folder.resolve("notes"));
  }

  private static Path program(String name) {
    return HostProgram.find(name).orElseThrow().path();
  }

  /** Stands for containerds that somebody else set up. */
  private final class Machines implements AutoCloseable {

    private final List<EmbeddedContainerd> started = new ArrayList<>();

    Path start(String name, RuntimeHandler handler) {
      EmbeddedContainerd containerd =
          EmbeddedContainerd.start(
              EmbeddedContainerdConfig.of(name, folder.resolve(name)).with(handler, false));
      started.add(containerd);
      return containerd.criConfig().socket();
    }

    @Override
    public void close() {
      started.forEach(EmbeddedContainerd::stop);
    }
  }
}
