package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodPolicyTest {

  @Test
  void letsPodsPayAndTakesImagesOfTheUsualSizesByDefault() {
    assertThat(PodPolicy.from(Given.nothing(), true))
        .isEqualTo(
            new PodPolicy(Isolation.NAMESPACE, true, ImageLimits.DEFAULT, 20L << 30, 16L << 20));
  }

  @Test
  void demandsAKernelOfThePodsOwnWhereOthersCanReachTheHost() {
    assertThat(PodPolicy.from(Given.nothing(), false).leastIsolation()).isEqualTo(Isolation.KERNEL);
  }

  @Test
  void takesEveryKey() {
    assertThat(
            PodPolicy.from(
                Given.environment(
                    Map.of(
                        "CODIUS_MIN_ISOLATION", "vm",
                        "CODIUS_POD_PAYMENTS", "false",
                        "CODIUS_IMAGE_MIB", "2",
                        "CODIUS_IMAGE_UNPACKED_MIB", "3",
                        "CODIUS_IMAGE_LAYERS", "4",
                        "CODIUS_IMAGE_CACHE_MIB", "5",
                        "CODIUS_LOG_MIB", "6")),
                true))
        .isEqualTo(
            new PodPolicy(
                Isolation.VM, false, new ImageLimits(2 << 20, 3 << 20, 4), 5 << 20, 6 << 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_MIN_ISOLATION | gvisor | vm, kernel or namespace",
        "CODIUS_POD_PAYMENTS | yes | true or false",
        "CODIUS_IMAGE_MIB | 0 | a whole number from 1 to 1048576",
        "CODIUS_IMAGE_UNPACKED_MIB | 1.5 | a whole number from 1 to 1048576",
        "CODIUS_IMAGE_LAYERS | 1001 | a whole number from 1 to 1000",
        "CODIUS_IMAGE_CACHE_MIB | all | a whole number from 1 to 1048576",
        "CODIUS_LOG_MIB | -1 | a whole number from 1 to 1048576",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
