package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.payments.PaymentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An address on the interface {@code lo}, for as long as this is open.
 *
 * <p>Ours has a label, so that one left over from a process that was killed is taken over, and
 * taken away in the end, while one that somebody else put there stays. Needs the rights of root.
 */
final class PodsAddress implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodsAddress.class);

  private static final String LABEL = "lo:codius";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAXIMUM_OUTPUT = 64 * 1024;

  private final String address;
  private final boolean isOurs;

  private PodsAddress(String address, boolean isOurs) {
    this.address = address;
    this.isOurs = isOurs;
  }

  /**
   * Puts {@code address} on {@code lo}, unless some interface has it. Blocks while {@code ip} runs.
   *
   * @throws PaymentException if that cannot be done
   */
  static PodsAddress add(InetAddress address) {
    String host = address.getHostAddress();
    String present = ip("-o", "address", "show", "to", host);
    if (present.isBlank()) {
      ip("address", "add", host + "/32", "dev", "lo", "scope", "host", "label", LABEL);
      return new PodsAddress(host, true);
    }
    return new PodsAddress(host, present.contains(LABEL));
  }

  /** Takes the address away if it is ours. */
  @Override
  public void close() {
    if (!isOurs) {
      return;
    }
    try {
      ip("address", "del", address + "/32", "dev", "lo");
    } catch (PaymentException e) {
      log.warn("address stays on lo: {}", e.getMessage());
    }
  }

  private static String ip(String... arguments) {
    String action = "ip " + String.join(" ", arguments);
    Process process = null;
    try {
      process = start(arguments);
      byte[] output = process.getInputStream().readNBytes(MAXIMUM_OUTPUT);
      if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PaymentException(action + ": no answer in " + TIMEOUT.toSeconds() + " s");
      }
      String text = new String(output, UTF_8).strip();
      if (process.exitValue() != 0) {
        throw new PaymentException(action + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new PaymentException(action + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PaymentException(action + ": interrupted", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
