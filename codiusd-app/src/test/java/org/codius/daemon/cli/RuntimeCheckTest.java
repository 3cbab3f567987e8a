package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.cli.Finding.Verdict;
import org.codius.daemon.config.DaemonConfig;
import org.codius.hyper.testing.HyperdSimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeCheckTest {

  @TempDir private Path folder;

  @Test
  void runsAPodOnHyperd() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    HyperdSimulator hyperd = HyperdSimulator.start(socket(), loops);
    hyperd.beforeNext("/exitcode", () -> hyperd.exit(hyperd.pods().get(0) + "__probe", 0));
    try {
      Finding finding = look("hyperd", "CODIUS_HYPER_SOCKET");

      assertThat(finding.verdict()).isEqualTo(Verdict.OK);
      assertThat(finding.evidence())
          .isEqualTo("hyperd 1.1.0 at " + socket() + ": a pod ran to its exit");
    } finally {
      hyperd.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void somethingElseAtItsSocketIsAProblem() throws Exception {
    CompletableFuture<Void> hangsUp;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()));
      hangsUp = CompletableFuture.runAsync(() -> hangUpOnAll(server));

      Finding finding = look("hyperd", "CODIUS_HYPER_SOCKET");

      assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
      assertThat(finding.evidence()).contains("without an answer").contains(socket().toString());
    }
    hangsUp.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aSocketThatIsNotThereIsAProblem() {
    for (Map.Entry<String, String> driver :
        Map.of("hyperd", "CODIUS_HYPER_SOCKET", "cri", "CODIUS_CRI_SOCKET").entrySet()) {
      Finding finding = look(driver.getKey(), driver.getValue());

      assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
      assertThat(finding.evidence()).contains("no socket at " + socket());
      assertThat(finding.next()).contains("CODIUS_DRIVER");
    }
  }

  private Path socket() {
    return folder.resolve("runtime.sock");
  }

  private Finding look(String driver, String socketKey) {
    List<Finding> findings =
        new RuntimeCheck(words -> {})
            .look(
                DaemonConfig.from(Map.of("CODIUS_DRIVER", driver, socketKey, socket().toString())));
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private static void hangUpOnAll(ServerSocketChannel server) {
    while (server.isOpen()) {
      try (SocketChannel caller = server.accept()) {
        caller.shutdownOutput();
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }
}
