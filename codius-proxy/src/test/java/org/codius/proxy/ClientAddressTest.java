package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who a client is, whatever it says. */
class ClientAddressTest {

  private static final List<Subnet> PROXIES =
      List.of(Subnet.parse("10.0.0.0/8"), Subnet.parse("fd00::/8"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7 | 198.51.100.1 | 203.0.113.7", // it is believed by nobody
        "10.0.0.1 | 198.51.100.1 | 198.51.100.1",
        "10.0.0.1 | 192.0.2.66, 198.51.100.1 | 198.51.100.1", // what a client claimed before
        "10.0.0.1 | 198.51.100.1, 10.0.0.2 | 198.51.100.1",
        "10.0.0.1 | 2001:db8::1 | 2001:db8::1",
        "fd00::1 | 198.51.100.1 | 198.51.100.1",
        "10.0.0.1 | '' | 10.0.0.1",
        "10.0.0.1 | unknown | 10.0.0.1",
        "10.0.0.1 | 198.51.100.1, _hidden | 10.0.0.1",
        "10.0.0.1 | 10.0.0.3,10.0.0.2 | 10.0.0.3",
      })
  void believesTrustedProxiesOnly(String peer, String forwardedFor, String client)
      throws Exception {
    HttpHeaders headers = new DefaultHttpHeaders().add("X-Forwarded-For", forwardedFor);

    assertThat(ClientAddress.of(connectionFrom(peer), headers))
        .contains(InetAddress.getByName(client));
  }

  @Test
  void readsAFieldThatIsThereTwiceAsOneList() throws Exception {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .add("X-Forwarded-For", "192.0.2.66")
            .add("X-Forwarded-For", "198.51.100.1");

    assertThat(ClientAddress.of(connectionFrom("10.0.0.1"), headers))
        .contains(InetAddress.getByName("198.51.100.1"));
  }

  @Test
  void isNoneWhereNothingWasNoted() {
    assertThat(ClientAddress.of(new EmbeddedChannel(), new DefaultHttpHeaders())).isEmpty();
  }

  private static EmbeddedChannel connectionFrom(String peer) throws Exception {
    InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName(peer), 1024);
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            return remote;
          }
        };
    Client.of(channel, PROXIES, new Admission(ProxyConfig.DEFAULT.limits(), new Refusals()));
    return channel;
  }
}
