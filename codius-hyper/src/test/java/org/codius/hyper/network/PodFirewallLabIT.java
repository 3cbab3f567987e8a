package org.codius.hyper.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The isolation table of {@code docs/network-policy.md}, with real packets. */
class PodFirewallLabIT {

  @Test
  void everyRowIsAsTheDocumentSays() throws Exception {
    Map<String, String> measured = lab();

    for (FirewallCase row : FirewallCase.ALL) {
      assertThat(measured.get(row.says()))
          .as(row.says() + " (" + row.target() + ")")
          .isEqualTo(row.expected());
    }
    assertThat(measured)
        .containsEntry("verified", "true")
        .containsEntry("repaired", "true")
        .containsEntry("removed", "true");
    assertThat(measured.get("obstacle"))
        .startsWith("table ip filter, chain FORWARD has the policy");
    assertThat(measured.get("leak")).matches(".*it does not hold here, a pod reached .* 53");
  }

  /** That what is blocked above is blocked by the firewall, and by nothing else. */
  @Test
  void withoutTheFirewallNothingIsBlocked() throws Exception {
    Map<String, String> measured = lab("--open");

    for (FirewallCase row : FirewallCase.ALL) {
      if (!FirewallCase.FORGERS.contains(row.who()) && !row.target().contains("224.0.0.251")) {
        assertThat(measured.get(row.says()))
            .as(row.says() + " (" + row.target() + ")")
            .isNotEqualTo(FirewallCase.BLOCKED);
      }
    }
  }

  private static Map<String, String> lab(String... arguments) throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "needs root");
    Process process =
        new ProcessBuilder(
                "/usr/bin/unshare",
                "--net",
                "--mount",
                "sh",
                "-c",
                "mount -t sysfs sysfs /sys && exec \"$@\"",
                "lab",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                FirewallLab.class.getName(),
                String.join(" ", List.of(arguments)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<String, String> measured = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        List<String> parts = Splitter.on('\t').splitToList(line);
        measured.put(parts.get(parts.size() - 2), parts.get(parts.size() - 1));
      }
    } finally {
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isZero();
    return measured;
  }
}
