package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRuntimeTest {

  @Test
  void isTheStrongestThereIsByDefault() {
    assertThat(PodRuntime.from(Given.nothing()))
        .isEqualTo(
            new PodRuntime.Auto(
                null, new PodRuntime.Hyperd(Path.of("/var/run/hyper.sock"), false)));
  }

  @Test
  void countsARuntimeThatIsNamedAndIsolatesNoBetter() {
    PodRuntime.Choice choice =
        (PodRuntime.Choice)
            PodRuntime.from(Given.environment(Map.of("CODIUS_CRI_SOCKET", "/run/crio/crio.sock")));

    assertThat(
            choice.among("i", Path.of("/r"), PodSources.from(Given.nothing(), false)).configured())
        .isEqualTo(Path.of("/run/crio/crio.sock"));
  }

  @Test
  void takesEveryKeyOfCri() {
    assertThat(
            PodRuntime.from(
                Given.environment(
                    Map.of(
                        "CODIUS_DRIVER", "cri",
                        "CODIUS_CRI_SOCKET", "/run/crio/crio.sock",
                        "CODIUS_CRI_HANDLER", "kata"))))
        .isEqualTo(new PodRuntime.Cri(Path.of("/run/crio/crio.sock"), "kata"));
  }

  @Test
  void takesEveryKeyOfHyperd() {
    assertThat(
            PodRuntime.from(
                Given.environment(
                    Map.of(
                        "CODIUS_DRIVER", "hyperd",
                        "CODIUS_HYPER_SOCKET", "/run/h.sock",
                        "CODIUS_HYPER_OPEN_NETWORK", "true"))))
        .isEqualTo(new PodRuntime.Hyperd(Path.of("/run/h.sock"), true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_DRIVER | docker | auto, containerd, cri or hyperd",
        "CODIUS_CRI_SOCKET | containerd.sock | an absolute path",
        "CODIUS_HYPER_SOCKET | hyper.sock | an absolute path",
        "CODIUS_HYPER_OPEN_NETWORK | 1 | true or false",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
