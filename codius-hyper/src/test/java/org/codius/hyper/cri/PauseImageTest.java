package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseImageTest {

  @Test
  void theProgramWaitsWithoutUsingTime(@TempDir Path folder) throws Exception {
    PauseImage.Machine machine =
        PauseImage.Machine.of(Files.readAllBytes(Path.of("/proc/self/exe").toRealPath()));
    Path program = folder.resolve("pause");
    Files.write(program, PauseImage.program(machine));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));

    Process process = new ProcessBuilder(program.toString()).start();
    try {
      assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(process.info().totalCpuDuration().orElseThrow()).isLessThan(Duration.ofMillis(50));
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void itIsTiny() {
    assertThat(PauseImage.program(PauseImage.Machine.X86_64)).hasSize(129);
  }

  @Test
  void theMachineIsReadFromAnElfHeader() throws Exception {
    Path runc = Path.of("/usr/sbin/runc");
    assumeTrue(Files.exists(runc), "needs the Debian package runc");

    assertThat(PauseImage.Machine.of(Files.readAllBytes(runc))).isNotNull();
    assertThatThrownBy(
            () ->
                PauseImage.Machine.of(
                    "#!/bin/sh and more than that".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("expected: x86-64 or AArch64");
  }
}
