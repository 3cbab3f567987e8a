package org.codius.hyper.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.host.HostProgram;

/**
 * Tries the firewall with real packets: two namespaces as pods and one as the internet, each at the
 * end of a link to the host, where nobody listens. A connection that is refused got there; one that
 * is not answered did not.
 *
 * <p>The "internet" has an address of 192.52.193.0/24 (RFC 7450), which hosts use for nothing else;
 * the rest is of 198.18.0.0/15, kept for tests (RFC 2544). All is gone when it ends.
 */
final class FirewallProbe {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** In seconds. That the one connection that is allowed got there tells that it was enough. */
  private static final List<String> PATIENCE = List.of("0.5", "2");

  private static final int CONNECT_MILLIS = 2000;
  private static final int PORT = 9;

  private final PodFirewall firewall;
  private final int number = ThreadLocalRandom.current().nextInt(2, 254);
  private final String net = "198.18." + number + ".";
  private final String world = "192.52.193." + number;

  /** Of the "internet" too: the paid pod asks for it from an address that is not its own. */
  private final String spoofed = "192.52.193." + (number ^ 1);

  private final List<Process> namespaces = new ArrayList<>();

  FirewallProbe(PodFirewall firewall) {
    this.firewall = firewall;
  }

  /**
   * Returns what else than our rules keeps pods from the internet, if anything does.
   *
   * @throws PodDriverException if a packet got through that should not have, or the host does not
   *     reach a pod
   */
  Optional<String> run() {
    String paid = "probe" + number + "paid";
    String unpaid = "probe" + number + "unpaid";
    try {
      build();
      firewall.admit(paid, InetAddress.getByName(net + "2"));
      firewall.admit(unpaid, InetAddress.getByName(net + "3"));
      firewall.openEgress(paid);
      if (!isReachedFromHere(net + "2")) {
        throw failed("the host does not reach a pod");
      }
      if (!isReachedFromHere(spoofed)) {
        throw failed("the host does not reach its internet"); // and that no pod does says nothing
      }
      String target = world + " " + PORT;
      for (String patience : PATIENCE) {
        CompletableFuture<List<String>> ofUnpaid =
            answersLater(patience, 1, target, net + "2 " + PORT);
        List<String> answers =
            answers(
                patience,
                0,
                net + "3 " + PORT,
                net + "1 " + PORT,
                net + "6 " + PORT,
                world + " 53",
                spoofed + " " + PORT,
                target);
        refuse(answers, target);
        refuse(await(ofUnpaid), "");
        if (answers.contains(target)) {
          return Optional.empty();
        }
      }
      return Optional.of(whoDrops());
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.FIREWALL_FAILED, "try the firewall: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.FIREWALL_FAILED, "try the firewall: interrupted", e);
    } finally {
      namespaces.forEach(Process::destroyForcibly);
      firewall.release(paid);
      firewall.release(unpaid);
    }
  }

  private void build() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      namespaces.add(
          new ProcessBuilder("/usr/bin/unshare", "--net", "/bin/sleep", "60")
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start());
    }
    StringBuilder links = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      awaitNamespace(namespaces.get(i));
      String link = "cop" + number + "x" + i;
      links
          .append(
              "link add %s type veth peer name eth0 netns %d\n"
                  .formatted(link, namespaces.get(i).pid()))
          .append("addr add %s1/32 dev %s\nlink set %s up\n".formatted(net, link, link))
          .append("route add %s%d/32 dev %s\n".formatted(net, i == 2 ? 6 : i + 2, link));
    }
    links.append(
        "route add %s9/32 dev cop%dx0\n".formatted(net, number)); // answers would come back
    for (String address : List.of(world, spoofed)) {
      links.append("route add %s/32 via %s6 dev cop%dx2\n".formatted(address, net, number));
    }
    String unused = program("ip").run(TIMEOUT, links.toString(), List.of("-batch", "-"));
    for (int i = 0; i < 3; i++) {
      String own = net + (i == 2 ? 6 : i + 2);
      inside(
          i,
          "ip link set lo up; ip link set eth0 up; ip addr add "
              + own
              + "/32 dev eth0; ip route add "
              + net
              + "1 dev eth0; ip route add default via "
              + net
              + "1");
    }
    inside(2, "ip addr add %s/32 dev lo; ip addr add %s/32 dev lo".formatted(world, spoofed));
    inside(
        0,
        "ip addr add %1$s9/32 dev eth0; ip route add %2$s via %1$s1 src %1$s9"
            .formatted(net, spoofed));
  }

  private void inside(int namespace, String script) throws IOException, InterruptedException {
    String unused = run(namespace, script);
  }

  private String run(int namespace, String script) throws IOException, InterruptedException {
    String space = "--net=/proc/" + namespaces.get(namespace).pid() + "/ns/net";
    return program("nsenter")
        .run(TIMEOUT, "", List.of(space, program("bash").path().toString(), "-c", script));
  }

  /** Returns those of the places (address and port) that answered, be it by a refusal. */
  private List<String> answers(String patience, int namespace, String... places)
      throws IOException, InterruptedException {
    String script =
        List.of(places).stream()
            .map(
                place ->
                    "(timeout %s bash -c 'exec 3<>/dev/tcp/%s' 2>/dev/null; [ $? = 124 ] || echo %s) &"
                        .formatted(patience, place.replace(' ', '/'), place))
            .collect(Collectors.joining("\n", "", "\nwait"));
    return run(namespace, script).lines().toList();
  }

  private CompletableFuture<List<String>> answersLater(
      String patience, int namespace, String... places) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return answers(patience, namespace, places);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw new CancellationException("interrupted");
          }
        },
        task -> new Thread(task, "codius-firewall-probe").start());
  }

  private static List<String> await(CompletableFuture<List<String>> answers)
      throws IOException, InterruptedException {
    try {
      return answers.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static void refuse(List<String> answers, String allowed) {
    for (String place : answers) {
      if (!place.equals(allowed)) {
        throw failed("a pod reached " + place);
      }
    }
  }

  private static PodDriverException failed(String what) {
    return new PodDriverException(
        Reason.FIREWALL_FAILED, "try the firewall: it does not hold here, " + what);
  }

  private static boolean isReachedFromHere(String address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, PORT), CONNECT_MILLIS);
      return true;
    } catch (ConnectException e) {
      return String.valueOf(e.getMessage()).contains("refused");
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static String whoDrops() {
    List<String> chains = Nftables.droppingForwardChains(Nftables.all());
    return chains.isEmpty()
        ? "something that nft does not list (rules of iptables-legacy?)"
        : String.join("; ", chains)
            + " has the policy \"drop\"; it has to let pods through, as with: nft insert rule "
            + chains.get(0).replace("table ", "").replace(", chain", "")
            + " iifname \"veth*\" accept, and the same with oifname";
  }

  private static void awaitNamespace(Process process) throws IOException, InterruptedException {
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    Path theirs = Path.of("/proc/" + process.pid() + "/ns/net");
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (Files.readSymbolicLink(theirs).equals(own)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("no namespace within " + TIMEOUT);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static HostProgram program(String name) throws IOException {
    return HostProgram.find(name).orElseThrow(() -> new IOException(name + " is not installed"));
  }
}
