package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.codius.daemon.store.DataFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoFolderTest {

  @Test
  void aHostTakesItForItsData(@TempDir Path temporary) throws Exception {
    Path root = temporary.resolve("codius");
    try (DemoFolder folder = DemoFolder.open(root);
        DataFolder data = DataFolder.open(folder.path(), new SecureRandom())) {
      assertThat(data.leases()).startsWithRaw(root);
    }
    assertThat(Files.exists(root)).isFalse();
  }
}
