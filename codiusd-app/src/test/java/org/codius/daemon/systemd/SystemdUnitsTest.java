package org.codius.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the units say that a host and its pods rely on. */
class SystemdUnitsTest {

  private static final Path FOLDER = Path.of("src/main/systemd");
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  /** Each gives a service a mount namespace of its own (systemd.exec(5)). */
  private static final Set<String> OWN_MOUNTS =
      Set.of(
          "BindPaths",
          "BindReadOnlyPaths",
          "DynamicUser",
          "ExecPaths",
          "InaccessiblePaths",
          "LogNamespace",
          "MountFlags",
          "NoExecPaths",
          "PrivateDevices",
          "PrivateIPC",
          "PrivateMounts",
          "PrivateTmp",
          "PrivateUsers",
          "ProcSubset",
          "ProtectControlGroups",
          "ProtectHome",
          "ProtectKernelLogs",
          "ProtectKernelModules",
          "ProtectKernelTunables",
          "ProtectProc",
          "ProtectSystem",
          "ReadOnlyPaths",
          "ReadWritePaths",
          "RootDirectory",
          "RootImage",
          "TemporaryFileSystem");

  @TempDir private Path folder;

  @Test
  void aHostTellsHowItIsAndHasTheTimeToSellToWhoIsBuying() throws IOException {
    ListMultimap<String, String> host = read("codiusd.service");

    assertThat(host.get("Type")).containsExactly("notify");
    assertThat(host.get("NotifyAccess")).containsExactly("main");
    assertThat(seconds(host, "WatchdogSec")).isPositive();
    assertThat(seconds(host, "TimeoutStopSec")).isGreaterThan(55 + 10);
    assertThat(host.get("Restart")).containsExactly("on-failure");
    assertThat(host.get("Requires")).containsExactly("codius-containerd.service");
  }

  @Test
  void aHostMayDoNoMoreThanItMust() throws IOException {
    ListMultimap<String, String> host = read("codiusd.service");

    assertThat(WORDS.splitToList(host.get("CapabilityBoundingSet").get(0)))
        .contains("CAP_NET_ADMIN")
        .doesNotContain(
            "CAP_SYS_MODULE", "CAP_SYSLOG", "CAP_SYS_BOOT", "CAP_SYS_TIME", "CAP_MKNOD");
    assertThat(host.get("NoNewPrivileges")).containsExactly("yes");
    assertThat(host.get("RestrictSUIDSGID")).containsExactly("yes");
    assertThat(host.get("SystemCallArchitectures")).containsExactly("native");
    assertThat(host.get("SystemCallFilter"))
        .singleElement()
        .asString()
        .contains("@module", "@reboot");
    assertThat(host.get("StateDirectoryMode")).containsExactly("0700");
    assertThat(host.get("UMask")).containsExactly("0077");
  }

  @Test
  void podsOutliveTheirContainerd() throws IOException {
    ListMultimap<String, String> containerd = read("codius-containerd.service");

    assertThat(containerd.get("KillMode")).containsExactly("process");
    assertThat(containerd.get("Delegate")).containsExactly("yes");
    assertThat(containerd.get("Restart")).containsExactly("always");
  }

  @ParameterizedTest
  @ValueSource(strings = {"codiusd.service", "codius-containerd.service"})
  void podsAreSeenFromTheMachinesMountNamespace(String unit) throws IOException {
    assertThat(read(unit).keySet()).doesNotContainAnyElementsOf(OWN_MOUNTS);
  }

  /** With the programs they start replaced by one that is there. */
  @Test
  void systemdUnderstandsThem() throws Exception {
    Assumptions.assumeTrue(Files.exists(ANALYZE), "systemd is not installed");
    for (String unit : List.of("codiusd.service", "codius-containerd.service")) {
      String text = Files.readString(FOLDER.resolve(unit));
      Files.writeString(
          folder.resolve(unit), text.replaceAll("(?m)^(Exec[A-Za-z]+=-?)/\\S+", "$1/bin/true"));
    }

    Process process =
        new ProcessBuilder(
                ANALYZE.toString(),
                "verify",
                folder.resolve("codiusd.service").toString(),
                folder.resolve("codius-containerd.service").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said.lines().filter(line -> line.contains(folder.toString()))).isEmpty();
    assertThat(process.exitValue()).as(said).isZero();
  }

  private static long seconds(ListMultimap<String, String> unit, String key) {
    return Long.parseLong(unit.get(key).get(0));
  }

  private static ListMultimap<String, String> read(String unit) throws IOException {
    ListMultimap<String, String> directives = ArrayListMultimap.create();
    for (String line : Files.readAllLines(FOLDER.resolve(unit))) {
      if (!line.startsWith("#") && line.contains("=")) {
        List<String> parts = Arrays.asList(line.split("=", 2));
        directives.put(parts.get(0), parts.get(1));
      }
    }
    return directives;
  }
}
