package org.codius.hyper.network;

import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The host's interfaces and its main routing tables, as {@code /proc/net/route} and {@code
 * /proc/net/ipv6_route} have them.
 */
final class HostRoutes {

  private static final Path TABLE = Path.of("/proc/net/route");
  private static final Path TABLE_6 = Path.of("/proc/net/ipv6_route");
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final int NAME = 0;
  private static final int DESTINATION = 1;
  private static final int MASK = 7;
  private static final int NAME_6 = 9;

  private HostRoutes() {}

  /**
   * Returns the interface behind which {@code address} is alone, which is what the CNI plugin
   * {@code ptp} makes: a route for just that address.
   */
  static Optional<String> interfaceOf(InetAddress address) throws IOException {
    if (address instanceof Inet4Address four) {
      return interfaceOf(four, Files.readAllLines(TABLE));
    }
    return Files.exists(TABLE_6)
        ? interfaceOf6(address, Files.readAllLines(TABLE_6))
        : Optional.empty();
  }

  static Optional<String> interfaceOf(Inet4Address address, List<String> table) {
    // Numbers are in network byte order, printed by a little-endian machine as if they were its
    // own.
    String wanted = "%08X".formatted(Integer.reverseBytes(Subnet.of(address).base()));
    return table.stream()
        .skip(1)
        .map(line -> line.trim().split("\\s+"))
        .filter(fields -> fields.length > MASK)
        .filter(fields -> fields[DESTINATION].equals(wanted) && fields[MASK].equals("FFFFFFFF"))
        .map(fields -> fields[NAME])
        .findFirst();
  }

  static Optional<String> interfaceOf6(InetAddress address, List<String> table) {
    String wanted = BaseEncoding.base16().lowerCase().encode(address.getAddress()) + " 80 ";
    return table.stream()
        .filter(line -> line.startsWith(wanted))
        .map(line -> line.trim().split("\\s+"))
        .filter(fields -> fields.length > NAME_6 && !fields[NAME_6].equals("lo"))
        .map(fields -> fields[NAME_6])
        .findFirst();
  }

  /** Returns the host's interfaces that have an address of one of {@code subnets}. */
  static Set<String> interfacesIn(List<Subnet> subnets) throws IOException {
    Set<String> found = new TreeSet<>();
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (each.getInterfaceAddresses().stream()
          .map(InterfaceAddress::getAddress)
          .filter(Inet4Address.class::isInstance)
          .map(address -> Subnet.of((Inet4Address) address))
          .anyMatch(address -> subnets.stream().anyMatch(subnet -> subnet.contains(address)))) {
        found.add(each.getName());
      }
    }
    return found;
  }

  /** Returns the bridge whose network has {@code address}. */
  static Optional<String> bridgeOf(Inet4Address address) throws IOException {
    return bridgeRoutes(Subnet.of(address).base(), Files.readAllLines(TABLE));
  }

  private static Optional<String> bridgeRoutes(int address, List<String> table) {
    return table.stream()
        .skip(1)
        .map(line -> line.trim().split("\\s+"))
        .filter(fields -> fields.length > MASK)
        .filter(fields -> Files.exists(INTERFACES.resolve(fields[NAME]).resolve("bridge")))
        .filter(fields -> (address & number(fields[MASK])) == number(fields[DESTINATION]))
        .map(fields -> fields[NAME])
        .findFirst();
  }

  private static int number(String hex) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
  }
}
