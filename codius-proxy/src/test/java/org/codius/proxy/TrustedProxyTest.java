package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in front of ours, which is on loopback here: what it says of its client is believed. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class TrustedProxyTest {

  private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  private final ProxyUnderTest proxy =
      new ProxyUnderTest(ProxyConfig.DEFAULT.withTrusted(List.of(Subnet.parse("127.0.0.0/8"))));

  @AfterEach
  void stop() {
    proxy.close();
  }

  private RawPod pod() throws IOException {
    RawPod pod = RawPod.answering(ok("hi"));
    proxy.routes.put(ONE, pod.address());
    return pod;
  }

  @Test
  void isAddedToThoseItForwardsFor() throws IOException {
    try (RawPod pod = pod();
        Wire client = proxy.client()) {
      client
          .send(
              "GET / HTTP/1.1\r\nHost: "
                  + ONE
                  + "\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n"
                  + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n\r\n")
          .answer();

      assertThat(pod.requests().get(0))
          .endsWith(
              "\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n"
                  + "X-Forwarded-For: 192.0.2.1, 192.0.2.2, 127.0.0.1\r\nVia: 1.1 codius\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.7 127.0.0.1 51234 443\r\n",
        "PROXY TCP6 2001:db8::7 ::1 51234 443\r\n",
        SIGNATURE + "!\u0011\0\u000c\u00c0\0\u0002\u0007\u007f\0\0\u0001\u00124\u0001\u00bb",
        SIGNATURE
            + "!!\0' \u0001\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0007"
            + "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001\u00124\u0001\u00bb\u0004\0\0"
      })
  void namesTheClientByTheProxyProtocol(String header) throws IOException {
    try (RawPod pod = pod()) {
      for (boolean isWhole : new boolean[] {true, false}) {
        try (Wire client = proxy.client()) {
          byte[] bytes =
              (header + get(ONE, "/").replace("\r\n\r\n", "\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"))
                  .getBytes(ISO_8859_1);
          if (isWhole) {
            client.send(bytes);
          } else {
            for (byte b : bytes) {
              client.send(new byte[] {b});
            }
          }
          assertThat(client.answer().body()).isEqualTo("hi");
        }
      }
      assertThat(pod.requests())
          .hasSize(2)
          .allSatisfy(
              request ->
                  assertThat(request)
                      .containsPattern(
                          "\r\nX-Forwarded-For: (192.0.2.7|2001:db8:0:0:0:0:0:7)\r\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN\r\n", SIGNATURE + " \0\0\0", ""})
  void mayAskInItsOwnName(String header) throws IOException {
    try (RawPod pod = pod();
        Wire client = proxy.client()) {
      client.send(header + get(ONE, "/")).answer();

      assertThat(pod.requests().get(0)).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 name.example 127.0.0.1 1 2\r\n",
        "PROXY TCP4 192.0.2.7\r\n",
        "PROXY TCP4 192.0.2.7 127.0.0.1 1 2\n",
        "PROXY UDP4 192.0.2.7 127.0.0.1 1 2\r\n",
        "PROXY TCP4 192.0.2.7/24 127.0.0.1 1 2\r\n",
        "PROXY TCP4 2001:db8::7 ::1 1 2\r\n",
        "PROXY TCP6 192.0.2.7 127.0.0.1 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        "PROXY TCP4 192.0.2.7 name.example 1 2\r\n",
        "PROXY TCP4 192.0.2.7 127.0.0.1 one 2\r\n",
        "PROXY TCP4 192.0.2.7 127.0.0.1 1 \r\n",
        "PROXY TCP4 192.0.2.7 127.0.0.1 1 2 \r\n",
        "PROXY TCP4  192.0.2.7 127.0.0.1 1 2\r\n",
        "PROXY \r\n",
        "PROXY TCP6 "
            + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "0000000000000000000000000000000000",
        SIGNATURE + "1\u0011\0\u000c",
        SIGNATURE + "!\u0011\0\u0002\0\0",
        SIGNATURE + "!\u0011\u00ff\u00ff"
      })
  void isCutOffWhenItMumbles(String header) throws IOException {
    try (RawPod pod = pod();
        Wire client = proxy.client()) {
      client.send(header + "\r\n");

      assertThat(client.readAll()).isEmpty();
      assertThat(pod.requests()).isEmpty();
    }
  }

  @Test
  void nobodyElseIsBelieved() throws IOException {
    try (ProxyUnderTest distrustful = new ProxyUnderTest();
        Wire client = distrustful.client()) {
      client.send("PROXY TCP4 192.0.2.7 127.0.0.1 51234 443\r\n" + get(ONE, "/"));

      assertThat(client.answer().status()).isEqualTo(400);
    }
  }

  private static InetAddress address(String text) {
    return Subnet.parse(text).address();
  }

  @Test
  void aSubnetIsItsFirstBits() {
    assertThat(Subnet.parse("10.32.0.0/11").contains(address("10.63.255.255"))).isTrue();
    assertThat(Subnet.parse("10.32.0.0/11").contains(address("10.64.0.0"))).isFalse();
    assertThat(Subnet.parse("0.0.0.0/0").contains(address("255.1.2.3"))).isTrue();
    assertThat(Subnet.parse("::1").contains(address("::1"))).isTrue();
    assertThat(Subnet.parse("::/0").contains(address("1.2.3.4"))).isFalse();
    for (String bad : List.of("", "name.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x")) {
      assertThatThrownBy(() -> Subnet.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
