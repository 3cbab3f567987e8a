package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Invoice;

/** A {@link CrashingHost} that runs. */
final class HostProcess implements AutoCloseable {

  /** For a process that lives a second: it is compiled once, and not twice. */
  static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private final Process process;
  private final Invoice invoice;

  private HostProcess(Process process, Invoice invoice) {
    this.process = process;
    this.invoice = invoice;
  }

  /**
   * Starts it, and waits for its invoice.
   *
   * @param options for java
   * @param prefix what runs before java: {@code strace …}
   */
  static HostProcess start(
      Path ledger, String uplink, int fatalStep, List<String> options, String... prefix)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(java(options));
    command.add(CrashingHost.class.getName());
    command.addAll(List.of(ledger.toString(), uplink, Integer.toString(fatalStep)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = lines.readLine();
    assertThat(line).as("the host's invoice").isNotNull();
    return new HostProcess(process, Invoice.parse(line).orElseThrow());
  }

  /** Returns what runs a class of the tests, whose name is to follow. */
  static List<String> java(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    return command;
  }

  Invoice invoice() {
    return invoice;
  }

  long pid() {
    return process.pid();
  }

  void tell(String order) throws IOException {
    process.getOutputStream().write((order + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until it has died of itself. */
  void awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the host has died").isTrue();
  }

  /** Kills it, at whatever it is about. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
