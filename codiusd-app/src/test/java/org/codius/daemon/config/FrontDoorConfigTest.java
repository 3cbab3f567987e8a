package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codius.proxy.Transport;
import org.codius.proxy.tls.CertificateFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrontDoorConfigTest {

  @Test
  void isOnLoopbackByDefault() {
    assertThat(FrontDoorConfig.from(Given.nothing()))
        .isEqualTo(
            new FrontDoorConfig(
                URI.create("http://localhost:3000"),
                new InetSocketAddress(InetAddresses.forString("127.0.0.1"), 3000),
                new Tls.Off(),
                null));
  }

  @Test
  void takesEveryKey() {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("CODIUS_PUBLIC_URI", "https://codius.example.com/"),
            Map.entry("CODIUS_PORT", "8080"),
            Map.entry("CODIUS_BIND_IP", "0.0.0.0"),
            Map.entry("CODIUS_TLS_CERTIFICATE", "/tls/a.pem, /tls/b.pem"),
            Map.entry("CODIUS_TLS_KEY", "/tls/a.key,/tls/b.key"),
            Map.entry("CODIUS_REDIRECT_PORT", "8081"),
            Map.entry("CODIUS_TRANSPORT", "nio"));

    assertThat(FrontDoorConfig.from(Given.environment(environment)))
        .isEqualTo(
            new FrontDoorConfig(
                URI.create("https://codius.example.com"),
                new InetSocketAddress(InetAddresses.forString("0.0.0.0"), 8080),
                new Tls.Files(
                    List.of(
                        new CertificateFiles(Path.of("/tls/a.pem"), Path.of("/tls/a.key")),
                        new CertificateFiles(Path.of("/tls/b.pem"), Path.of("/tls/b.key"))),
                    8081),
                Transport.NIO));
  }

  @Test
  void encryptsWithACertificateOfItsOwnIfAsked() {
    FrontDoorConfig config =
        FrontDoorConfig.from(Given.environment(Map.of("CODIUS_TLS_CERTIFICATE", "self-signed")));

    assertThat(config.tls()).isEqualTo(new Tls.SelfSigned(0));
    assertThat(config.publicUri()).isEqualTo(URI.create("https://localhost:3000"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_PUBLIC_URI | ftp://x | http:// or https://, a host name, and nothing after it but a"
            + " port",
        "CODIUS_PORT | 0 | a whole number from 1 to 65535",
        "CODIUS_BIND_IP | localhost | an IP address",
        "CODIUS_REDIRECT_PORT | 80 | nothing without CODIUS_TLS_CERTIFICATE",
        "CODIUS_TRANSPORT | kqueue | auto, io_uring, epoll or nio",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
