package org.codius.hyper.cri;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.host.HostProgram;

/**
 * A network namespace behind the host that has public, private and link-local addresses, and
 * answers HTTP at all of them on ports 80, 25 and 53.
 *
 * <p>It is the namespace of a process: with that it ends, and with it the link to the host and the
 * routes over it.
 */
final class TestInternet {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final int number = ThreadLocalRandom.current().nextInt(1, 255);
  private final Path pages;
  private final List<Process> servers = new ArrayList<>();

  private TestInternet(Path pages) {
    this.pages = pages;
  }

  static TestInternet start() throws IOException, InterruptedException {
    Path pages = Files.createTempDirectory("codius-pages");
    Files.writeString(pages.resolve("index.html"), "internet\n");
    TestInternet internet = new TestInternet(pages);
    try {
      internet.build();
      return internet;
    } catch (IOException | InterruptedException | RuntimeException e) {
      internet.close();
      throw e;
    }
  }

  private void build() throws IOException, InterruptedException {
    Process first =
        serve(List.of("/usr/bin/unshare", "--net", "/bin/busybox", "httpd", "-f", "-p", "[::]:80"));
    String pid = Long.toString(first.pid());
    String link = "cot" + number;
    String namespace = "--net=/proc/" + pid + "/ns/net";
    awaitNamespace(first);
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "up0", "netns", pid);
    run("ip", "addr", "add", gateway() + "/30", "dev", link);
    run("ip", "addr", "add", gateway6() + "/64", "dev", link, "nodad");
    run("ip", "link", "set", link, "up");
    run("nsenter", namespace, "ip", "addr", "add", near() + "/30", "dev", "up0");
    run("nsenter", namespace, "ip", "addr", "add", near6() + "/64", "dev", "up0", "nodad");
    run("nsenter", namespace, "ip", "link", "set", "up0", "up");
    run("nsenter", namespace, "ip", "link", "set", "lo", "up");
    run("nsenter", namespace, "ip", "route", "add", "default", "via", gateway());
    run("nsenter", namespace, "ip", "route", "add", "default", "via", gateway6());
    for (String address : List.of(publicAddress(), privateAddress(), linkLocalAddress())) {
      run("nsenter", namespace, "ip", "addr", "add", address + "/32", "dev", "lo");
      run("ip", "route", "add", address, "via", near());
    }
    for (String address : List.of(publicAddress6(), privateAddress6(), metadataAddress6())) {
      run("nsenter", namespace, "ip", "addr", "add", address + "/128", "dev", "lo", "nodad");
      run("ip", "route", "add", address, "via", near6());
    }
    for (int port : new int[] {25, 53}) {
      serve(
          List.of(
              "/usr/bin/nsenter", namespace, "/bin/busybox", "httpd", "-f", "-p", "[::]:" + port));
    }
  }

  /** A prefix that is never announced: no packet can go astray to a real host. */
  String publicAddress() {
    return "11.99." + number + ".44";
  }

  String privateAddress() {
    return "10.99." + number + ".44";
  }

  String linkLocalAddress() {
    return "169.254." + number + ".254";
  }

  /** Of a part of the internet that nobody was given. */
  String publicAddress6() {
    return "2dff:" + number + "::44";
  }

  String privateAddress6() {
    return "fd12:" + number + "::44";
  }

  /** Beside fd00:ec2::254, where clouds have it, which may be this machine's own. */
  String metadataAddress6() {
    return "fd00:ec2:" + number + "::254";
  }

  /** Returns an address of the host. */
  String gateway() {
    return "198.18." + number + ".1";
  }

  String gateway6() {
    return "fd78:" + number + "::1";
  }

  private String near6() {
    return "fd78:" + number + "::2";
  }

  private String near() {
    return "198.18." + number + ".2";
  }

  private Process serve(List<String> command) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-h", pages.toString()));
    Process server =
        new ProcessBuilder(all)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    servers.add(server);
    return server;
  }

  private static void awaitNamespace(Process process) throws IOException {
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    Path theirs = Path.of("/proc/" + process.pid() + "/ns/net");
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (Files.readSymbolicLink(theirs).equals(own)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("no namespace within " + TIMEOUT);
      }
      Thread.onSpinWait();
    }
  }

  private static void run(String program, String... arguments)
      throws IOException, InterruptedException {
    HostProgram.find(program).orElseThrow().run(TIMEOUT, "", List.of(arguments));
  }

  void close() throws IOException, InterruptedException {
    for (Process server : servers) {
      server.destroyForcibly();
      server.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
    Files.deleteIfExists(pages.resolve("index.html"));
    Files.deleteIfExists(pages);
  }
}
