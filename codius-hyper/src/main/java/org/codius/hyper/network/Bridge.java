package org.codius.hyper.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.network.BridgeRuleset.Binding;

/** A bridge of the host, and what is known of who is behind its ports. */
record Bridge(String name) {

  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long PAUSE_MILLIS = 20;

  /** Nobody listens there, and it does not matter: to send anything, the host has to ask by ARP. */
  private static final int DISCARD = 9;

  private static final JsonMapper JSON = new JsonMapper();

  /** Returns the names of its ports; none if it is gone. */
  Set<String> ports() throws IOException {
    Set<String> ports = new TreeSet<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(INTERFACES.resolve(name).resolve("brif"))) {
      entries.forEach(entry -> ports.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      ports.clear();
    }
    return ports;
  }

  /**
   * Finds out which port {@code address} is behind: asks for its MAC address by ARP, and the bridge
   * where it saw that.
   *
   * @return empty if nobody answers within some seconds
   */
  Optional<Binding> find(InetAddress address) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.send(new DatagramPacket(new byte[0], 0, address, DISCARD));
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      for (JsonNode neighbour :
          query("ip", "neigh", "show", "to", address.getHostAddress(), "dev", name)) {
        String mac = neighbour.path("lladdr").asText();
        for (JsonNode entry : query("bridge", "fdb", "show", "br", name)) {
          if (!mac.isEmpty()
              && entry.path("mac").asText().equals(mac)
              && ports().contains(entry.path("ifname").asText())) {
            return Optional.of(new Binding(entry.path("ifname").asText(), mac, address));
          }
        }
      }
      if (System.nanoTime() > end) {
        return Optional.empty();
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private static JsonNode query(String program, String... arguments)
      throws IOException, InterruptedException {
    HostProgram found =
        HostProgram.find(program)
            .orElseThrow(
                () -> new IOException(program + " is not installed (Debian package: iproute2)"));
    List<String> all = new ArrayList<>(List.of("-j"));
    all.addAll(List.of(arguments));
    String answer = found.run(TIMEOUT, "", all);
    return answer.isBlank() ? JSON.createArrayNode() : JSON.readTree(answer);
  }
}
