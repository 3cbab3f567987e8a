package org.codius.hyper.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The main IPv4 routing table of the host, as {@code /proc/net/route} has it. */
final class HostRoutes {

  private static final Path TABLE = Path.of("/proc/net/route");
  private static final int NAME = 0;
  private static final int DESTINATION = 1;
  private static final int MASK = 7;

  private HostRoutes() {}

  /**
   * Returns the interface behind which {@code address} is alone, which is what the CNI plugin
   * {@code ptp} makes: a route with a mask of 32 bits.
   */
  static Optional<String> interfaceOf(Inet4Address address) throws IOException {
    return interfaceOf(address, Files.readAllLines(TABLE));
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
}
