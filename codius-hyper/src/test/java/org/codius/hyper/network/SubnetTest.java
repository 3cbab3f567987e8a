package org.codius.hyper.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SubnetTest {

  @Test
  void isWrittenAsItIsRead() {
    assertThat(Subnet.parse("10.167.16.0/20")).hasToString("10.167.16.0/20");
    assertThat(Subnet.parse("192.0.2.7")).hasToString("192.0.2.7/32");
    assertThat(Subnet.parse("0.0.0.0/0")).hasToString("0.0.0.0/0");
    assertThat(Subnet.parse("255.255.255.255")).hasToString("255.255.255.255/32");
  }

  @Test
  void refusesWhatIsNoSubnet() {
    for (String text : new String[] {"", "10.0.0.0/33", "10.0.0.1/8", "256.0.0.0/8", "::1/128"}) {
      assertThatThrownBy(() -> Subnet.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  void overlapsWhatItContainsAndWhatContainsIt() {
    Subnet subnet = Subnet.parse("10.167.16.0/20");

    assertThat(subnet.overlaps(Subnet.parse("10.0.0.0/8"))).isTrue();
    assertThat(subnet.overlaps(Subnet.parse("10.167.31.255"))).isTrue();
    assertThat(subnet.overlaps(Subnet.parse("10.167.32.0/20"))).isFalse();
    assertThat(subnet.contains(Subnet.parse("10.0.0.0/8"))).isFalse();
  }

  @Test
  void countsItsAddressesFromItsBase() throws Exception {
    Subnet subnet = Subnet.parse("172.29.240.0/20");

    Inet4Address address = subnet.address(258);

    assertThat(address).isEqualTo(InetAddress.getByName("172.29.241.2"));
    assertThat(Subnet.of(address)).isEqualTo(Subnet.parse("172.29.241.2/32"));
  }
}
