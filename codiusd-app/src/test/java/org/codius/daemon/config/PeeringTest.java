package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.codius.daemon.peers.PeerUri;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeeringTest {

  @Test
  void knowsNobodyByDefault() {
    assertThat(Peering.from(Given.nothing())).isEqualTo(new Peering(List.of(), false));
  }

  @Test
  void takesEveryKey() {
    assertThat(
            Peering.from(
                Given.environment(
                    Map.of(
                        "CODIUS_BOOTSTRAP_PEERS",
                        "[\"https://a.example\",\"https://b.example:8443/\"]",
                        "CODIUS_PRIVATE_PEERS",
                        "true"))))
        .isEqualTo(
            new Peering(
                List.of(
                    PeerUri.parse("https://a.example").orElseThrow(),
                    PeerUri.parse("https://b.example:8443").orElseThrow()),
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_BOOTSTRAP_PEERS | https://a.example | like [\"https://codius.example.com\"]",
        "CODIUS_PRIVATE_PEERS | 1 | true or false",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
