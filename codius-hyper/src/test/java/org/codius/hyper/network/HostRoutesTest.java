package org.codius.hyper.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostRoutesTest {

  private static final List<String> TABLE =
      List.of(
          "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
          "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
          "cni0\t0010A70A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0",
          "veth5b3f\t1110A70A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0");

  @Test
  void findsTheInterfaceBehindWhichAnAddressIsAlone() throws Exception {
    assertThat(HostRoutes.interfaceOf(address("10.167.16.17"), TABLE)).contains("veth5b3f");
  }

  @Test
  void anAddressOnABridgeHasNoInterfaceOfItsOwn() throws Exception {
    assertThat(HostRoutes.interfaceOf(address("10.167.16.18"), TABLE)).isEmpty();
    assertThat(HostRoutes.interfaceOf(address("10.167.16.0"), TABLE)).isEmpty();
  }

  private static Inet4Address address(String text) throws Exception {
    return (Inet4Address) InetAddress.getByName(text);
  }
}
