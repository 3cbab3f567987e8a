package org.codius.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a socket as systemd has it. */
class SystemdNotifierTest {

  @TempDir private Path folder;

  private NotifySocket listen() {
    return NotifySocket.at(folder.resolve("notify").toString());
  }

  @Test
  void tellsWhenItIsReadyAndWhenItStops() throws Exception {
    try (NotifySocket socket = listen();
        SystemdNotifier systemd = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket.name()))) {
      systemd.ready("https://codius.example.com, 3 pods");
      systemd.stopping();

      assertThat(socket.hear()).isEqualTo("READY=1\nSTATUS=https://codius.example.com, 3 pods");
      assertThat(socket.hear()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void findsASocketThatIsNotInTheFileSystem() throws Exception {
    try (NotifySocket socket = NotifySocket.unnamed();
        SystemdNotifier systemd = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket.name()))) {
      systemd.alive();

      assertThat(socket.hear()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  @SuppressWarnings("try") // the watchdog only has to be closed
  void givesSignsOfLifeAsLongAsTheServiceIsResponsive() throws Exception {
    AtomicBoolean isResponsive = new AtomicBoolean(true);

    try (NotifySocket socket = listen();
        SystemdNotifier systemd =
            SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket.name(), "WATCHDOG_USEC", "30000"));
        Watchdog watchdog = Watchdog.start(systemd, within -> isResponsive.getAndSet(false))) {
      assertThat(socket.hear()).isEqualTo("WATCHDOG=1");
      isResponsive.set(true); // what came in between came silently
      assertThat(socket.hear()).isEqualTo("WATCHDOG=1");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 30000000", "'', 0", "'', x", "'', ''"})
  void isNotWatchedUnlessSystemdWatchesThisProcess(String pid, String microseconds)
      throws Exception {
    try (NotifySocket socket = listen();
        SystemdNotifier systemd = watched(socket, pid, microseconds)) {
      assertThat(systemd.watchdog()).isEmpty();
    }
  }

  @Test
  void isWatchedForTheTimeSystemdSays() throws Exception {
    try (NotifySocket socket = listen();
        SystemdNotifier systemd =
            watched(socket, Long.toString(ProcessHandle.current().pid()), "30000000")) {
      assertThat(systemd.watchdog()).contains(Duration.ofSeconds(30));
    }
  }

  private static SystemdNotifier watched(NotifySocket socket, String pid, String microseconds)
      throws IOException {
    return SystemdNotifier.open(
        Map.of("NOTIFY_SOCKET", socket.name(), "WATCHDOG_PID", pid, "WATCHDOG_USEC", microseconds));
  }

  @Test
  void saysNothingIfNobodyWantsToKnow() throws Exception {
    try (NotifySocket socket = listen();
        SystemdNotifier nobody = SystemdNotifier.open(Map.of());
        SystemdNotifier systemd = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket.name()))) {
      nobody.ready("up");
      systemd.alive();

      assertThat(socket.hear()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void failsIfSystemdIsNotThere() {
    String socket = folder.resolve("none").toString();

    assertThatThrownBy(() -> SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket)))
        .isInstanceOf(IOException.class)
        .hasMessage("NOTIFY_SOCKET " + socket);
  }
}
