package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

  @Test
  void isPlayMoneyByDefault() {
    assertThat(Money.from(Given.nothing())).isEqualTo(new Money.Play(7768, false));
  }

  @Test
  void takesEveryKeyOfPlayMoney() {
    assertThat(
            Money.from(
                Given.environment(
                    Map.of("CODIUS_CONNECTOR_PORT", "7769", "CODIUS_I_KNOW", "true"))))
        .isEqualTo(new Money.Play(7769, true));
  }

  @Test
  void takesAnUplink() {
    assertThat(
            Money.from(
                Given.environment(Map.of("CODIUS_UPLINK", "btp+wss://me:secret@example.com:443"))))
        .isEqualTo(new Money.Uplink(URI.create("btp+wss://me:secret@example.com:443")));
  }

  @Test
  void takesAnUplinkAsTheOriginalHasIt() {
    assertThat(
            Money.from(
                Given.environment(
                    Map.of(
                        "ILP_PLUGIN", "ilp-plugin-btp",
                        "ILP_CREDENTIALS", "{\"server\":\"btp+ws://:secret@localhost:7768\"}"))))
        .isEqualTo(new Money.Uplink(URI.create("btp+ws://:secret@localhost:7768")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_CONNECTOR_PORT | x | a whole number from 0 to 65535",
        "CODIUS_I_KNOW | yes | true or false",
        "ILP_PLUGIN | ilp-plugin-xrp-paychan | ilp-plugin-btp, or in its stead"
            + " CODIUS_UPLINK=btp+ws://…",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_UPLINK | ws://:secret@localhost | btp+ws://user:token@host:port, or btp+wss://…",
        "CODIUS_UPLINK | :secret@local host | btp+ws://user:token@host:port, or btp+wss://…",
        "ILP_CREDENTIALS | {secret | {\"server\":\"btp+ws://user:token@host:port\"}",
      })
  void doesNotShowASecretThatIsMisspelt(String key, String value, String expected) {
    assertThatThrownBy(() -> DaemonConfig.from(Map.of(key, value)))
        .hasMessage("configuration: %s: \"***\" (expected: %s)", key, expected)
        .hasNoCause();
  }

  @Test
  void doesNotShowItsSecret() {
    Map<String, String> environment =
        Map.of("CODIUS_UPLINK", "btp+ws://me:se/c@ret@localhost:7768");

    assertThat(DaemonConfig.show(List.of(ConfigSource.environment(environment))))
        .contains(new Setting("CODIUS_UPLINK", "btp+ws://***@localhost:7768", "environment"));
    assertThat(DaemonConfig.from(Map.of("CODIUS_UPLINK", "btp+ws://:secret@localhost:7768")))
        .asString()
        .doesNotContain("secret");
  }
}
