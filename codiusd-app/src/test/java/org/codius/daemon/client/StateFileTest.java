package org.codius.daemon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFileTest {

  @TempDir private Path folder;

  @Test
  void isBesideTheFileItIsAbout() {
    assertThat(StateFile.pathFor(Path.of("a/codius.json")))
        .isEqualTo(Path.of("a/codius.codiusstate.json"));
  }

  @Test
  void onlyItsOwnerCanReadItAndNothingElseIsLeftBehind() throws Exception {
    Path path = folder.resolve("a.codiusstate.json");

    try (StateFile state = StateFile.open(path)) {
      state.root().put("manifestHash", "x");
      state.save();
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryContaining(path::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void fieldsOfTheOriginalsAreKept() throws Exception {
    Path path = folder.resolve("a.codiusstate.json");
    Files.writeString(path, "{\"options\":{\"units\":\"XRP\"},\"hostList\":[\"https://h\"]}");

    try (StateFile state = StateFile.open(path)) {
      state.root().put("manifestHash", "x");
      state.save();
    }

    assertThat(StateFile.peek(path).path("options").path("units").asText()).isEqualTo("XRP");
    assertThat(StateFile.peek(path).path("hostList").path(0).asText()).isEqualTo("https://h");
  }

  @Test
  void noTwoCanHaveItOpen() {
    Path path = folder.resolve("a.codiusstate.json");

    try (StateFile state = StateFile.open(path)) {
      assertThatThrownBy(() -> StateFile.open(path))
          .hasMessage("another codiusd works with " + state.path() + " right now");
    }

    StateFile.open(path).close();
  }

  @Test
  void aDamagedOneIsNotTakenForEmpty() throws Exception {
    Path path = folder.resolve("a.codiusstate.json");
    Files.writeString(path, "{\"pendingPurchase\":");

    assertThatThrownBy(() -> StateFile.open(path))
        .hasMessageStartingWith("the state file " + path + " is damaged: ");

    assertThat(folder.toFile().list()).hasSize(1);
  }
}
