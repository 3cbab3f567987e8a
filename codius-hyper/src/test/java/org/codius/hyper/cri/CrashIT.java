package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Twenty pods, whose runtime or whose daemon is killed, or both. */
class CrashIT {

  private static final int PODS = 20;

  private static final Duration SLOW = Duration.ofSeconds(8);

  private TestHost host;

  /** The line of the process that was killed: runtime's pid, and each pod with its address. */
  private String told = "";

  @BeforeEach
  void prepare() throws Exception {
    host = TestHost.prepare();
  }

  @AfterEach
  void stop() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void theRuntimeIsKilledUnderThem() throws Exception {
    host.restart();
    host.get(host.driver().pull(host.registry().image()));
    Map<String, InetAddress> before = runAll();
    EventCollector events = new EventCollector();
    host.driver().events().subscribe(events);
    long pid = host.containerd().pid();

    kill(pid);

    events.next(PodEvent.RuntimeLost.class);
    events.next(PodEvent.RuntimeBack.class);
    host.await(() -> host.containerd().pid(), now -> now != pid);
    assertAllThere(before);
  }

  @Test
  void theRuntimeIsKilledWhileTheMachineIsSlow() throws Exception {
    host.restart();
    host.get(host.driver().pull(host.registry().image()));
    PodSpec pod = host.pod("slow", host.container("main", ShortLivedDaemon.SERVE));
    PodStatus before = host.run(pod);
    long shim = shim(pod.id());
    EventCollector events = new EventCollector();
    host.driver().events().subscribe(events);
    long pid = host.containerd().pid();

    signal("STOP", shim);
    kill(pid);
    TimeUnit.SECONDS.sleep(SLOW.toSeconds()); // longer than containerd waits by itself
    signal("CONT", shim);

    events.next(PodEvent.RuntimeBack.class);
    PodStatus after = host.awaitStatus(pod.id(), PodStatus::isRunning);
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(host.http(after, 80, "name")).isEqualTo("slow\n");
  }

  @Test
  @Tag("long")
  void theirDaemonIsKilled() throws Exception {
    long runtime = killDaemon(false);

    host.restart();

    assertThat(host.containerd().pid()).isEqualTo(runtime);
    assertAllThere(addresses());
  }

  @Test
  @Tag("long")
  void bothAreKilledAtOnce() throws Exception {
    killDaemon(true);

    host.restart();

    assertAllThere(addresses());
  }

  @Test
  void bothAreKilledAndTheDaemonComesBackInAnotherMountNamespace() throws Exception {
    killDaemon(true, "unshare", "--mount", "--propagation", "private");

    host.restart();

    assertAllThere(addresses());
  }

  /** Lets a process of its own make the host, run the pods there, and kills it. */
  private long killDaemon(boolean withRuntime, String... wrapper) throws Exception {
    List<String> command = new ArrayList<>(List.of(wrapper));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ShortLivedDaemon.class.getName(),
            host.instance(),
            host.root().toString(),
            host.registry().image(),
            Integer.toString(PODS)));
    Process daemon = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    String line;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8))) {
      line = reader.readLine();
      if (withRuntime) {
        kill(Long.parseLong(Splitter.on(' ').splitToList(line).get(0)));
      }
    } finally {
      daemon.destroyForcibly();
    }
    assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
    told = line;
    return Long.parseLong(Splitter.on(' ').splitToList(line).get(0));
  }

  /** Returns the addresses that the killed process told of. */
  private Map<String, InetAddress> addresses() throws Exception {
    Map<String, InetAddress> addresses = new TreeMap<>();
    String entries = told.substring(told.indexOf(' ') + 1);
    for (Map.Entry<String, String> entry :
        Splitter.on(' ').withKeyValueSeparator('=').split(entries).entrySet()) {
      addresses.put(entry.getKey(), InetAddress.getByName(entry.getValue()));
    }
    return addresses;
  }

  private Map<String, InetAddress> runAll() throws Exception {
    List<CompletionStage<PodStatus>> runs = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      runs.add(
          host.driver().run(host.pod("many" + i, host.container("main", ShortLivedDaemon.SERVE))));
    }
    Map<String, InetAddress> addresses = new TreeMap<>();
    for (CompletionStage<PodStatus> run : runs) {
      PodStatus status = run.toCompletableFuture().get(120, TimeUnit.SECONDS);
      addresses.put(status.id().name(), status.address().orElseThrow());
    }
    return addresses;
  }

  /** Every pod is there, where it was, and it is it that answers. */
  private void assertAllThere(Map<String, InetAddress> before) throws Exception {
    assertThat(before).hasSize(PODS);
    Map<String, InetAddress> after = new TreeMap<>();
    for (PodStatus status : host.get(host.driver().list())) {
      assertThat(status.isRunning()).as("%s", status).isTrue();
      after.put(status.id().name(), status.address().orElseThrow());
      assertThat(host.await(() -> host.http(status, 80, "name"), body -> !body.isEmpty()))
          .isEqualTo(status.id().name() + "\n");
    }
    assertThat(after).isEqualTo(before);
    assertThat(host.output("newcomer", "echo runs")).containsExactly("runs");
  }

  /** Returns the process that stands between a pod's own and containerd. */
  private long shim(PodId id) throws IOException {
    return ProcessHandle.of(host.processes(id).get(0)).orElseThrow().parent().orElseThrow().pid();
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }
}
