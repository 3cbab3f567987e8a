package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.codius.daemon.disk.Disk;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckupTest {

  @ParameterizedTest
  @CsvSource({"5, 100, PROBLEM", "9, 100, PROBLEM", "4, 20, WARNING", "10, 100, OK"})
  void aDiskIsAsFullAsAHostTakesItFor(long freeGib, long gib, Finding.Verdict verdict) {
    Finding finding =
        Checkup.disk(new Disk.Room(Path.of("/var/lib/codius"), freeGib << 30, gib << 30));

    assertThat(finding.verdict()).isEqualTo(verdict);
    assertThat(finding.evidence()).contains("/var/lib/codius");
    assertThat(finding.next().isEmpty()).isEqualTo(verdict == Finding.Verdict.OK);
  }
}
