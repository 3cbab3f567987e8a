package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code codiusd doctor} as root, on this machine: beside a host that runs, and without one. */
class DoctorIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void seesThatAFreshMachineWouldWork() throws Exception {
    int port = freePort();
    JsonNode findings = doctor(port, "http://localhost:" + port);

    assertThat(ImmutableList.copyOf(findings.fieldNames()))
        .contains(
            "configuration",
            "runtime",
            "firewall",
            "port",
            "tls",
            "names",
            "reach",
            "self-test",
            "uplink",
            "data folder",
            "disk",
            "clock");
    assertThat(evidence(findings, "firewall")).startsWith("it holds");
    assertThat(verdict(findings, "port")).isEqualTo("OK");
    assertThat(evidence(findings, "reach"))
        .isEqualTo("we reach ourselves at http://localhost:%d and at names below it", port);
  }

  @Test
  void comesToTheHostThatRuns() throws Exception {
    JsonNode findings = doctor(HOST.port(), "http://localhost:" + HOST.port());

    assertThat(verdict(findings, "port")).isEqualTo("WARNING");
    assertThat(evidence(findings, "reach")).startsWith("the host that runs");
    assertThat(verdict(findings, "self-test")).isEqualTo("OK");
  }

  @Test
  void seesThatThePublicNameLeadsToNobody() throws Exception {
    JsonNode findings = doctor(freePort(), "http://localhost:" + freePort());

    assertThat(verdict(findings, "reach")).isEqualTo("PROBLEM");
    assertThat(evidence(findings, "reach")).contains("Connection refused");
  }

  @Test
  void seesThatSomebodyElseAnswersThere() throws Exception {
    JsonNode findings = doctor(freePort(), "http://localhost:" + HOST.port());

    assertThat(verdict(findings, "reach")).isEqualTo("PROBLEM");
  }

  private JsonNode doctor(int port, String publicUri) throws Exception {
    Map<String, String> settings = new TreeMap<>();
    settings.put("CODIUS_ROOT", folder.resolve("data").toString());
    settings.put("CODIUS_PORT", Integer.toString(port));
    settings.put("CODIUS_PUBLIC_URI", publicUri);
    Program.Ended doctor =
        new Program(folder, settings, Checkout.codiusd(List.of("doctor", "--json"))).run(TIMEOUT);
    ObjectNode findings = JSON.createObjectNode();
    JSON.readTree(doctor.stdout())
        .forEach(finding -> findings.set(finding.path("check").asText(), finding));
    return findings;
  }

  private static String evidence(JsonNode findings, String check) {
    return findings.path(check).path("evidence").asText();
  }

  private static String verdict(JsonNode findings, String check) {
    return findings.path(check).path("verdict").asText();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
