package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  @TempDir private Path folder;

  @Test
  void comesAfterTheEnvironment() throws IOException {
    Path file = file("rw-r--r--", "# a host", "CODIUS_PORT = 8080", "CODIUS_PURCHASES=5");

    List<ConfigSource> sources =
        DaemonConfig.sources(
            Map.of(), Map.of("CODIUS_CONFIG", file.toString(), "CODIUS_PORT", "9090"));

    assertThat(DaemonConfig.from(sources).frontDoor().bind().getPort()).isEqualTo(9090);
    assertThat(DaemonConfig.show(sources))
        .contains(
            new Setting("CODIUS_PORT", "9090", "environment"),
            new Setting("CODIUS_PURCHASES", "5", file.toString()));
  }

  @Test
  void mayBeNamedByAFlag() throws IOException {
    Path file = file("rw-------", "CODIUS_UPLINK=btp+ws://:secret@localhost:7768");

    DaemonConfig config =
        DaemonConfig.from(DaemonConfig.sources(Map.of("CODIUS_CONFIG", file.toString()), Map.of()));

    assertThat(config.isLocal()).isFalse();
  }

  @Test
  void holdsNoSecretThatEverybodyCanRead() throws IOException {
    Path file = file("rw-r--r--", "CODIUS_UPLINK=btp+ws://:secret@localhost:7768");

    assertThatThrownBy(() -> from(file))
        .hasMessage(
            "configuration: CODIUS_UPLINK: is secret, and everybody can read %s (expected: chmod"
                + " 600 %s)",
            file, file);
  }

  @Test
  void isNotTakenIfEverybodyCanWriteToIt() throws IOException {
    Path file = file("rw-rw-rw-", "CODIUS_PORT=8080");

    assertThatThrownBy(() -> from(file))
        .hasMessage("configuration: " + file + ": everybody can write to it");
  }

  @Test
  void hasNothingButSettingsAndEachOnce() throws IOException {
    Path unknown = file("rw-r--r--", "PORT=8080");
    assertThatThrownBy(() -> from(unknown))
        .hasMessageStartingWith("configuration: PORT: no such setting (did you mean ");

    Path twice = file("rw-r--r--", "CODIUS_PORT=1", "CODIUS_PORT=2");
    assertThatThrownBy(() -> from(twice))
        .hasMessage("configuration: " + twice + ": CODIUS_PORT is there twice");
  }

  @Test
  void isMissedIfItIsNotThere() {
    assertThatThrownBy(() -> from(folder.resolve("none")))
        .hasMessage("configuration: " + folder.resolve("none") + ": no such file");
  }

  private static DaemonConfig from(Path file) {
    return DaemonConfig.from(Map.of("CODIUS_CONFIG", file.toString()));
  }

  private Path file(String permissions, String... lines) throws IOException {
    Path file = Files.createTempFile(folder, "codiusd", ".properties");
    Files.write(file, List.of(lines));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
