package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminConfigTest {

  private static final Path ROOT = Path.of("/srv/codius");

  @Test
  void isASocketInTheDataFolderByDefault() {
    assertThat(AdminConfig.from(Given.nothing(), ROOT))
        .isEqualTo(new AdminConfig(UnixDomainSocketAddress.of("/srv/codius/admin.sock"), false));
  }

  @Test
  void takesEveryKey() {
    assertThat(
            AdminConfig.from(
                Given.environment(
                    Map.of("CODIUS_ADMIN", "[::1]:3001", "CODIUS_ADMIN_COMPAT", "true")),
                ROOT))
        .isEqualTo(
            new AdminConfig(new InetSocketAddress(InetAddresses.forString("::1"), 3001), true));
  }

  @ParameterizedTest
  @CsvSource({"'', 3001", "3005, 3005"})
  void takesTheOriginalsKeys(String port, int expected) {
    assertThat(
            AdminConfig.from(
                    Given.environment(
                        Map.of("CODIUS_ADMIN_API", "true", "CODIUS_ADMIN_PORT", port)),
                    ROOT)
                .address())
        .isEqualTo(new InetSocketAddress(InetAddresses.forString("127.0.0.1"), expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_ADMIN | 0.0.0.0:3001 | an absolute path for a Unix socket, or a loopback address"
            + " and a port",
        "CODIUS_ADMIN | 3001 | an absolute path for a Unix socket, or a loopback address and a port",
        "CODIUS_ADMIN_COMPAT | 1 | true or false",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
