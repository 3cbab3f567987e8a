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
    ProxyConfig.Limits limits = ProxyConfig.Limits.DEFAULT.withIdlePodConnections(0);

    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withTrusted(trusted)
            .withLimits(limits)
            .withBind(new InetSocketAddress(ProxyConfig.DEFAULT.bind().getAddress(), 1))
            .withAccessLog(access -> {})
            .withTimeouts(ProxyConfig.Timeouts.DEFAULT);

    assertThat(config.trusted()).isEqualTo(trusted);
    assertThat(config.limits()).isEqualTo(limits);
    assertThat(config.bind().getPort()).isEqualTo(1);
    assertThat(config.accessLog()).isNotSameAs(AccessLog.OFF);
    assertThat(config.timeouts()).isEqualTo(ProxyConfig.Timeouts.DEFAULT);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> ProxyConfig.Limits.DEFAULT.withConnections(0))
        .hasMessage("connections: 0 (expected: more than 0)");
    assertThatThrownBy(() -> ProxyConfig.Limits.DEFAULT.withIdlePodConnections(-1))
        .hasMessage("idlePodConnections: -1 (expected: 0 or more)");
    assertThatThrownBy(() -> ProxyConfig.Timeouts.DEFAULT.withDrain(Duration.ZERO))
        .hasMessage("drain: PT0S (expected: more than 0)");
    assertThatThrownBy(
            () ->
                ProxyConfig.DEFAULT.withBind(InetSocketAddress.createUnresolved("name.example", 1)))
        .hasMessageContaining("expected: an IP address and a port");
  }
}
