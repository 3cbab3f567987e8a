package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.Optional;
import org.codius.daemon.disk.Disk;
import org.junit.jupiter.api.Test;
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

  @ParameterizedTest
  @CsvSource({"true, OK", "false, PROBLEM"})
  void aHostThatRunsIsAskedForItsUplink(boolean isConnected, Finding.Verdict verdict) {
    JsonNode info = JsonNodeFactory.instance.objectNode().put("connected", isConnected);

    assertThat(Checkup.runningUplink(Optional.of(info)).verdict()).isEqualTo(verdict);
  }

  @Test
  void aHostThatRunsAndIsNotReachedIsLeftItsUplink() {
    assertThat(Checkup.runningUplink(Optional.empty()).verdict())
        .isEqualTo(Finding.Verdict.WARNING);
  }
}
