package org.codius.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.daemon.DaemonConfig.Money;
import org.codius.daemon.DaemonConfig.PodRuntime;
import org.codius.daemon.DaemonConfig.PodSources;
import org.codius.daemon.DaemonConfig.Tls;
import org.codius.daemon.peers.PeerUri;
import org.codius.hyper.image.ImagePolicy;
import org.codius.proxy.tls.CertificateFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaemonConfigTest {

  @Test
  void hasDefaultsThatRunOnALaptop() {
    assertThat(DaemonConfig.from(Map.of()))
        .isEqualTo(
            new DaemonConfig(
                URI.create("http://localhost:3000"),
                new InetSocketAddress(InetAddresses.forString("127.0.0.1"), 3000),
                new Tls.Off(),
                Path.of("/var/lib/codius"),
                new PodRuntime.Auto(new PodRuntime.Hyperd(Path.of("/var/run/hyper.sock"), false)),
                new PodSources(ImagePolicy.DEFAULT.withLoopback(), List.of("1.1.1.1", "9.9.9.9")),
                new Money.Play(7768),
                new BigDecimal(10),
                0.75,
                Duration.ofSeconds(55),
                Duration.ofDays(365),
                4,
                64,
                new DaemonConfig.Peering(List.of(), false),
                false));
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
            Map.entry("CODIUS_ROOT", "/srv/codius"),
            Map.entry("CODIUS_DRIVER", "cri"),
            Map.entry("CODIUS_CRI_SOCKET", "/run/crio/crio.sock"),
            Map.entry("CODIUS_CRI_HANDLER", "kata"),
            Map.entry("CODIUS_HYPER_SOCKET", "/run/hyper.sock"),
            Map.entry("CODIUS_HYPER_OPEN_NETWORK", "true"),
            Map.entry("CODIUS_REGISTRIES", "ghcr.io, registry.example.com:5000"),
            Map.entry("CODIUS_POD_DNS", "8.8.8.8,2606:4700:4700::1111"),
            Map.entry("CODIUS_UPLINK", "btp+wss://me:secret@example.com:443"),
            Map.entry("CODIUS_CONNECTOR_PORT", "7769"),
            Map.entry("CODIUS_COST_PER_MONTH", "2.5"),
            Map.entry("CODIUS_MAX_MEMORY_FRACTION", "0.5"),
            Map.entry("CODIUS_PURCHASE_TIMEOUT", "40"),
            Map.entry("CODIUS_MAX_DURATION", "86400"),
            Map.entry("CODIUS_UNPAID_STARTS", "8"),
            Map.entry("CODIUS_PURCHASES", "16"),
            Map.entry(
                "CODIUS_BOOTSTRAP_PEERS", "[\"https://a.example\",\"https://b.example:8443/\"]"),
            Map.entry("CODIUS_PRIVATE_PEERS", "true"),
            Map.entry("CODIUS_I_KNOW", "true"));

    assertThat(DaemonConfig.from(environment))
        .isEqualTo(
            new DaemonConfig(
                URI.create("https://codius.example.com"),
                new InetSocketAddress(InetAddresses.forString("0.0.0.0"), 8080),
                new Tls.Files(
                    List.of(
                        new CertificateFiles(Path.of("/tls/a.pem"), Path.of("/tls/a.key")),
                        new CertificateFiles(Path.of("/tls/b.pem"), Path.of("/tls/b.key"))),
                    8081),
                Path.of("/srv/codius"),
                new PodRuntime.Cri(Path.of("/run/crio/crio.sock"), "kata"),
                new PodSources(
                    ImagePolicy.DEFAULT.withRegistries(
                        Set.of("ghcr.io", "registry.example.com:5000")),
                    List.of("8.8.8.8", "2606:4700:4700::1111")),
                new Money.Uplink(URI.create("btp+wss://me:secret@example.com:443")),
                new BigDecimal("2.5"),
                0.5,
                Duration.ofSeconds(40),
                Duration.ofDays(1),
                8,
                16,
                new DaemonConfig.Peering(
                    List.of(
                        PeerUri.parse("https://a.example").orElseThrow(),
                        PeerUri.parse("https://b.example:8443").orElseThrow()),
                    true),
                true));
  }

  @Test
  void encryptsWithACertificateOfItsOwnIfAsked() {
    DaemonConfig config = DaemonConfig.from(Map.of("CODIUS_TLS_CERTIFICATE", "self-signed"));

    assertThat(config.tls()).isEqualTo(new Tls.SelfSigned(0));
    assertThat(config.publicUri()).isEqualTo(URI.create("https://localhost:3000"));
  }

  @Test
  void takesHyperdIfAsked() {
    assertThat(
            DaemonConfig.from(
                    Map.of(
                        "CODIUS_DRIVER",
                        "hyperd",
                        "CODIUS_HYPER_SOCKET",
                        "/run/h.sock",
                        "CODIUS_HYPER_OPEN_NETWORK",
                        "true"))
                .runtime())
        .isEqualTo(new PodRuntime.Hyperd(Path.of("/run/h.sock"), true));
  }

  @Test
  void takesTheOriginalsOlderNamesOfThePrice() {
    assertThat(DaemonConfig.from(Map.of("CODIUS_XRP_PER_MONTH", "7")).costPerMonth())
        .isEqualByComparingTo("7");
    assertThat(
            DaemonConfig.from(Map.of("CODIUS_XRP_PER_MONTH", "7", "COST_PER_MONTH", "8"))
                .costPerMonth())
        .isEqualByComparingTo("8");
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
        "CODIUS_DRIVER | docker | auto, containerd, cri or hyperd",
        "CODIUS_HYPER_OPEN_NETWORK | 1 | true or false",
        "CODIUS_REGISTRIES | http://ghcr.io | a list of hosts, or * for any",
        "CODIUS_POD_DNS | dns.example.com | a list of IP addresses",
        "CODIUS_CONNECTOR_PORT | x | a whole number from 0 to 65535",
        "CODIUS_COST_PER_MONTH | -1 | a number above 0",
        "CODIUS_MAX_MEMORY_FRACTION | 1.5 | a number above 0, up to 1",
        "CODIUS_PURCHASE_TIMEOUT | 0 | a whole number from 1 to 2147483647",
        "CODIUS_MAX_DURATION | 1d | a whole number from 1 to 2147483647",
        "CODIUS_UNPAID_STARTS | 0 | a whole number from 1 to 1024",
        "CODIUS_PURCHASES | 1025 | a whole number from 1 to 1024",
        "CODIUS_BOOTSTRAP_PEERS | https://a.example | like [\"https://codius.example.com\"]",
        "CODIUS_PRIVATE_PEERS | 1 | true or false",
        "CODIUS_I_KNOW | yes | true or false",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    assertThatThrownBy(() -> DaemonConfig.from(Map.of(key, value)))
        .hasMessage("configuration: %s: \"%s\" (expected: %s)", key, value, expected);
  }

  @Test
  void doesNotShowASecretThatIsMisspelt() {
    assertThatThrownBy(() -> DaemonConfig.from(Map.of("CODIUS_UPLINK", "ws://:secret@localhost")))
        .hasMessage(
            "configuration: CODIUS_UPLINK: \"***\" (expected: btp+ws://user:token@host:port, or"
                + " btp+wss://…)");
    assertThat(DaemonConfig.from(Map.of("CODIUS_UPLINK", "btp+ws://:secret@localhost:7768")))
        .asString()
        .doesNotContain("secret");
  }

  @Test
  void namesEverythingWrongAtOnceWithTheNearestKey() {
    StartException wrong =
        catchThrowableOfType(
            StartException.class,
            () -> DaemonConfig.from(Map.of("CODIUS_PRT", "3000", "CODIUS_BIND_IP", "here")));

    assertThat(wrong)
        .hasMessage(
            "configuration: CODIUS_BIND_IP: \"here\" (expected: an IP address);"
                + " CODIUS_PRT: no such setting (did you mean CODIUS_PORT?)");
    assertThat(wrong.help()).isEqualTo("docs/configuration.md lists every setting.");
  }

  @Test
  void refusesPlayMoneyWhereOthersCanReachIt() {
    DaemonConfig open = DaemonConfig.from(Map.of("CODIUS_BIND_IP", "0.0.0.0"));

    assertThatThrownBy(open::failIfPublicPlayMoney)
        .hasMessage("bind address: 0.0.0.0 with play money");

    DaemonConfig.from(Map.of("CODIUS_BIND_IP", "0.0.0.0", "CODIUS_I_KNOW", "true"))
        .failIfPublicPlayMoney();
    DaemonConfig.from(
            Map.of("CODIUS_BIND_IP", "0.0.0.0", "CODIUS_UPLINK", "btp+ws://:x@localhost:7768"))
        .failIfPublicPlayMoney();
  }

  @Test
  void theDocumentListsEveryKey() throws IOException {
    Matcher rows =
        Pattern.compile("(?m)^\\| `(CODIUS_[A-Z_]+)`")
            .matcher(Files.readString(Path.of("../docs/configuration.md")));
    Set<String> documented = new TreeSet<>();
    while (rows.find()) {
      documented.add(rows.group(1));
    }

    assertThat(documented).isEqualTo(DaemonConfig.keys());
  }
}
