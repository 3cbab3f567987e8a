package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyConfigTest {

  @Test
  void listensOnLoopbackAndTrustsNobody() {
    assertThat(ProxyConfig.DEFAULT.bind().getAddress().isLoopbackAddress()).isTrue();
    assertThat(ProxyConfig.DEFAULT.bind().getPort()).isEqualTo(3000);
    assertThat(ProxyConfig.DEFAULT.trusted()).isEmpty();
    assertThat(ProxyConfig.DEFAULT.accessLog()).isSameAs(AccessLog.OFF);
  }

  @Test
  void changesOneThingAndKeepsTheRest() {
    List<Subnet> trusted = List.of(Subnet.parse("10.0.0.0/8"));
    Limits limits = Limits.DEFAULT.withFields(1);
    PodLimits podLimits = PodLimits.DEFAULT.withIdleConnections(0);
    PodTimeouts podTimeouts = PodTimeouts.DEFAULT.withAge(Duration.ofDays(1));
    Http2Limits http2 = Http2Limits.DEFAULT.withStreams(1);

    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withTrusted(trusted)
            .withLimits(limits)
            .withPodLimits(podLimits)
            .withPodTimeouts(podTimeouts)
            .withHttp2(http2)
            .withBind(new InetSocketAddress(ProxyConfig.DEFAULT.bind().getAddress(), 1))
            .withAccessLog(access -> {})
            .withTimeouts(Timeouts.DEFAULT)
            .withTransport(Transport.NIO);

    assertThat(config.trusted()).isEqualTo(trusted);
    assertThat(config.limits()).isEqualTo(limits);
    assertThat(config.podLimits()).isEqualTo(podLimits);
    assertThat(config.podTimeouts()).isEqualTo(podTimeouts);
    assertThat(config.http2()).isEqualTo(http2);
    assertThat(config.bind().getPort()).isEqualTo(1);
    assertThat(config.accessLog()).isNotSameAs(AccessLog.OFF);
    assertThat(config.timeouts()).isEqualTo(Timeouts.DEFAULT);
    assertThat(config.transport()).isEqualTo(Transport.NIO);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Limits.DEFAULT.withConnections(0))
        .hasMessage("connections: 0 (expected: more than 0)");
    assertThatThrownBy(() -> PodLimits.DEFAULT.withIdleConnections(-1))
        .hasMessage("idleConnections: -1 (expected: 0 or more)");
    assertThatThrownBy(() -> Http2Limits.DEFAULT.withConnectionWindow(65_535))
        .hasMessage("connectionWindow: 65535 (expected: more than 65535)");
    assertThatThrownBy(() -> Timeouts.DEFAULT.withDrain(Duration.ZERO))
        .hasMessage("drain: PT0S (expected: more than 0)");
    assertThatThrownBy(
            () ->
                ProxyConfig.DEFAULT.withBind(InetSocketAddress.createUnresolved("name.example", 1)))
        .hasMessageContaining("expected: an IP address and a port");
  }
}
