package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.codius.daemon.systemd.NotifySocket;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A host that is a service of systemd's: what it says, from its start to its end. */
final class SystemdServiceIT {

  @RegisterExtension
  @Order(1)
  static final SimulatedMachines MACHINES = new SimulatedMachines();

  @RegisterExtension
  @Order(2)
  static final NotifySocket SYSTEMD = NotifySocket.unnamed();

  @RegisterExtension
  @Order(3)
  static final HostProcess HOST = new HostProcess(settings());

  @TempDir private Path folder;

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(MACHINES.settings());
    settings.put("NOTIFY_SOCKET", SYSTEMD.name());
    settings.put("WATCHDOG_USEC", "2000000");
    return settings;
  }

  @Test
  void saysThatItIsReadyThatItLivesAndThatItStopsAndLeavesItsPodsRunning() throws Exception {
    String uri = "http://localhost:" + HOST.port();
    assertThat(SYSTEMD.hear(said -> said.startsWith("READY=1")))
        .isEqualTo("READY=1\nSTATUS=" + uri);
    SYSTEMD.hear(said -> said.equals("WATCHDOG=1"));
    SYSTEMD.hear(said -> said.equals("WATCHDOG=1"));

    Purchase.upload(HOST, SimulatedMachines.upload("outlives-its-host"), Duration.ofMinutes(10))
        .send(folder)
        .succeeded();
    assertThat(MACHINES.pods()).hasSize(1);

    HOST.stop();

    SYSTEMD.hear(said -> said.equals("STOPPING=1"));
    assertThat(MACHINES.pods()).hasSize(1);
  }
}
