package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The daemon as a process of its own, with a data folder and ports of its own; one for a test
 * class.
 *
 * <p>Shows the end of its log after a test that failed. After the last one it is stopped, and
 * everything is removed that it made.
 */
final class HostProcess implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final int SHOWN_LINES = 80;

  private final List<String> wrapper;
  private final Optional<HostCertificates> certificates;
  private final int redirectPort;
  private final Map<String, String> more;
  private Optional<Started> started = Optional.empty();

  /** A host without TLS. */
  HostProcess() {
    this(Map.of());
  }

  /** A host without TLS that has some settings beside those all have. */
  HostProcess(Map<String, String> more) {
    this(List.of(), Optional.empty(), 0, more);
  }

  /** A host that serves https alone, and sends on who comes to another port without. */
  HostProcess(HostCertificates certificates) {
    this(List.of(), Optional.of(certificates), freePort(), Map.of());
  }

  private HostProcess(
      List<String> wrapper,
      Optional<HostCertificates> certificates,
      int redirectPort,
      Map<String, String> more) {
    this.wrapper = List.copyOf(wrapper);
    this.certificates = certificates;
    this.redirectPort = redirectPort;
    this.more = Map.copyOf(more);
  }

  /** Returns one whose {@code nft} always fails, so that it can apply no firewall. */
  static HostProcess withoutFirewall() {
    String hide = "mount --bind /bin/false \"$(command -v nft)\" && exec \"$@\"";
    return new HostProcess(
        List.of("unshare", "--mount", "sh", "-c", hide, "sh"), Optional.empty(), 0, Map.of());
  }

  private record Started(Path folder, int port, int connectorPort, Process process) {}

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Checkout.requireAll();
    Path folder = Files.createTempDirectory("codius-e2e-");
    launch(folder, freePort(), freePort());
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      showLog();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (started.isEmpty()) {
      return;
    }
    afterTestExecution(context); // what failed may have been before the first test
    try {
      stop();
    } finally {
      removePods();
      String name = "e2e-" + context.getRequiredTestClass().getSimpleName() + ".log";
      Files.move(log(), Checkout.target().resolve(name), StandardCopyOption.REPLACE_EXISTING);
      MoreFiles.deleteRecursively(folder());
    }
  }

  /** Returns where the API answers: {@code http://127.0.0.1:<port>}, or by https. */
  URI uri() {
    return URI.create(
        certificates.isPresent()
            ? "https://" + HostCertificates.API_NAME + ":" + port()
            : "http://127.0.0.1:" + port());
  }

  /** Returns the port that sends clients on to https. */
  int redirectPort() {
    return redirectPort;
  }

  int port() {
    return current().port();
  }

  int connectorPort() {
    return current().connectorPort();
  }

  /** Returns the data folder. */
  Path root() {
    return folder().resolve("data");
  }

  /** Returns what the names of all its pods contain. */
  String instance() throws IOException {
    return Files.readString(root().resolve("instance"), UTF_8).strip();
  }

  /** Returns what the original's programs need in their environment to pay through this host. */
  Map<String, String> wallet() {
    return Map.of("ILP_BTP_SERVER", connector().toString());
  }

  /** Returns where payers connect to. */
  URI connector() {
    return URI.create("btp+ws://127.0.0.1:" + connectorPort());
  }

  /** Returns the folder of its containerd. */
  Path runtime() {
    return root().resolve("runtime");
  }

  /** Returns the process ids of this host's own containerds: one, unless something is wrong. */
  List<Long> containerds() {
    return processes()
        .filter(process -> process.info().command().orElse("").endsWith("/containerd"))
        .map(ProcessHandle::pid)
        .sorted()
        .toList();
  }

  /** Returns the processes that were started with a path in the data folder. */
  private Stream<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(root() + "/"));
  }

  /** Ends the daemon as a power cut would, and starts another on the same data and ports. */
  void killAndRestart() throws Exception {
    killAndRestart(() -> {});
  }

  /** Does the same, with something done while no daemon runs. */
  void killAndRestart(Step meanwhile) throws Exception {
    Started old = current();
    old.process().destroyForcibly(); // SIGKILL
    if (!old.process().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("kill -9 of the daemon: it goes on");
    }
    meanwhile.run();
    launch(old.folder(), old.port(), old.connectorPort());
  }

  /** Something that is done. */
  interface Step {
    void run() throws Exception;
  }

  /** Lets {@code nft} work from now on where it was made to fail. */
  void giveFirewallBack() throws Exception {
    String command = "umount --lazy \"$(command -v nft)\""; // the host may be running it just now
    String pid = Long.toString(current().process().pid());
    Process umount =
        new ProcessBuilder("nsenter", "--mount", "--target", pid, "sh", "-c", command)
            .inheritIO()
            .start();
    if (umount.waitFor() != 0) {
      throw new AssertionError("umount nft: ended with code " + umount.exitValue());
    }
  }

  HostApi api() {
    return certificates
        .map(made -> new HostApi(uri(), made.client()))
        .orElseGet(() -> new HostApi(uri()));
  }

  private void launch(Path folder, int port, int connectorPort) throws Exception {
    Map<String, String> settings = new TreeMap<>(more);
    settings.put("CODIUS_ROOT", folder.resolve("data").toString());
    settings.put("CODIUS_PORT", Integer.toString(port));
    settings.put("CODIUS_CONNECTOR_PORT", Integer.toString(connectorPort));
    certificates.ifPresent(
        made -> {
          settings.putAll(made.settings(port));
          settings.put("CODIUS_REDIRECT_PORT", Integer.toString(redirectPort));
        });
    Path log = folder.resolve("host.log");
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Checkout.codiusd(List.of("serve")));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    String path = builder.environment().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(settings);
    long before = Files.exists(log) ? starts(log) : 0;
    Process process = builder.start();
    started = Optional.of(new Started(folder, port, connectorPort, process));
    try {
      Eventually.find("a host that is up", START_TIMEOUT, () -> up(process, log, before));
    } catch (AssertionError e) {
      showLog();
      throw e;
    }
  }

  /** Answers come before it sells: what is awaited is the line of its log that says so. */
  private static Optional<Long> up(Process process, Path log, long before) throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("the daemon ended with code " + process.exitValue());
    }
    return Optional.of(starts(log)).filter(starts -> starts > before);
  }

  private static long starts(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, UTF_8)) {
      return lines.filter(line -> line.contains("host up uri=")).count();
    }
  }

  /** Ends the daemon with SIGTERM, as systemd does. */
  void stop() throws InterruptedException {
    Process process = current().process();
    process.destroy();
    if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "the daemon did not end within " + STOP_TIMEOUT.toSeconds() + " s of SIGTERM");
    }
  }

  /** Ends what outlives a daemon: its containerd, and the pods. */
  private void removePods() throws IOException {
    if (!Files.exists(runtime())) {
      return; // it did not get that far
    }
    EmbeddedContainerd.start(EmbeddedContainerdConfig.of(instance(), runtime())).stop();
  }

  private void showLog() throws IOException {
    List<String> lines = Files.readAllLines(log(), UTF_8);
    List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
    System.err.println("The end of the host's log:\n  " + String.join("\n  ", last));
  }

  private Path folder() {
    return current().folder();
  }

  private Path log() {
    return folder().resolve("host.log");
  }

  private Started current() {
    return started.orElseThrow(() -> new IllegalStateException("the host was not started"));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError("no port is free", e);
    }
  }
}
