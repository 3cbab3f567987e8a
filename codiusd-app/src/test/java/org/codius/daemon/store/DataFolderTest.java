package org.codius.daemon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path parent;

  private final SecureRandom random = new SecureRandom();

  @Test
  void keepsItsInstanceAndItsSecret() throws IOException {
    String instance;
    byte[] key;
    try (DataFolder folder = DataFolder.open(parent.resolve("root"), random)) {
      instance = folder.instance();
      key = folder.secret().derive("stream");
    }

    try (DataFolder again = DataFolder.open(parent.resolve("root"), random)) {
      assertThat(again.instance()).isEqualTo(instance).matches("[a-z0-9]{8}");
      assertThat(again.secret().derive("stream")).isEqualTo(key);
      assertThat(again.secret().derive("other")).isNotEqualTo(key);
    }
  }

  @Test
  void isOneDaemonsAlone() throws IOException {
    try (DataFolder folder = DataFolder.open(parent.resolve("root"), random)) {
      assertThat(folder.instance()).isNotEmpty();
      assertThatThrownBy(() -> DataFolder.open(parent.resolve("root"), random))
          .hasMessage("in use by another codiusd");
    }
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    DataFolder.open(parent.resolve("root"), random).close();

    assertThat(permissions(parent.resolve("root"))).isEqualTo("rwx------");
    assertThat(permissions(parent.resolve("root/secret.key"))).isEqualTo("rw-------");
  }

  @Test
  void refusesAFolderThatOthersCanEnter() throws IOException {
    Path root = Files.createDirectory(parent.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(() -> DataFolder.open(root, random))
        .hasMessage("others can enter it (expected: chmod 700 " + root + ")");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void refusesASecretThatOthersCanRead() throws IOException {
    DataFolder.open(parent.resolve("root"), random).close();
    Path key = parent.resolve("root/secret.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> DataFolder.open(parent.resolve("root"), random))
        .hasMessage(key + ": others can read it (expected: chmod 600)");
  }

  @Test
  void refusesASecretThatWasCutShort() throws IOException {
    DataFolder.open(parent.resolve("root"), random).close();
    Files.write(parent.resolve("root/secret.key"), new byte[5]);

    assertThatThrownBy(() -> DataFolder.open(parent.resolve("root"), random))
        .hasMessageEndingWith("secret.key: 5 bytes (expected: 32); restore it from a backup");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
