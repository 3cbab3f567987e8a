package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codius.hyper.image.ImagePolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodSourcesTest {

  @Test
  void areLargePublicOnesByDefault() {
    assertThat(PodSources.from(Given.nothing(), false))
        .isEqualTo(new PodSources(ImagePolicy.DEFAULT, List.of("1.1.1.1", "9.9.9.9")));
  }

  @Test
  void haveARegistryOnThisMachineIfNobodyElseUploads() {
    assertThat(PodSources.from(Given.nothing(), true).images())
        .isEqualTo(ImagePolicy.DEFAULT.withLoopback());
  }

  @Test
  void takeEveryKey() {
    assertThat(
            PodSources.from(
                Given.environment(
                    Map.of(
                        "CODIUS_REGISTRIES", "ghcr.io, registry.example.com:5000",
                        "CODIUS_REGISTRY_LOGINS", "{\"ghcr.io\":\"me:a, b:c\"}",
                        "CODIUS_POD_DNS", "8.8.8.8,2606:4700:4700::1111")),
                false))
        .isEqualTo(
            new PodSources(
                ImagePolicy.DEFAULT
                    .withRegistries(Set.of("ghcr.io", "registry.example.com:5000"))
                    .withLogins(Map.of("ghcr.io", new ImagePolicy.Login("me", "a, b:c"))),
                List.of("8.8.8.8", "2606:4700:4700::1111")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_REGISTRIES | http://ghcr.io | a list of hosts, or * for any",
        "CODIUS_POD_DNS | dns.example.com | a list of IP addresses",
        "CODIUS_POD_DNS | , | a list of IP addresses",
      })
  void refuseAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"elsewhere.example.com\":\"me:hidden\"}",
        "{\"ghcr.io\":\":hidden\"}",
        "{\"ghcr.io\":null}",
        "{\"ghcr.io\":{\"hidden\":1}}",
        "ghcr.io=me:hidden",
        "null",
      })
  void refuseLoginsOfNoUseAndDoNotRepeatThem(String value) {
    assertThatThrownBy(
            () -> {
              Settings settings = Given.environment(Map.of("CODIUS_REGISTRY_LOGINS", value));
              PodSources unused = PodSources.from(settings, false);
              settings.failIfWrong();
            })
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("CODIUS_REGISTRY_LOGINS")
        .hasMessageNotContaining("hidden");
  }
}
