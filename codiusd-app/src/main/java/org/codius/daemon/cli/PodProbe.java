package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.StartException;

/**
 * Asks a pod for its page through the front door.
 *
 * <p>Connects to the door's address and names the pod in the Host header, since not every machine
 * resolves {@code *.localhost}.
 */
final class PodProbe {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int MAXIMUM_ANSWER = 64 * 1024;

  private PodProbe() {}

  /**
   * Returns once the page at {@code url} contains {@code text}.
   *
   * @throws StartException if it does not in time; with the last answer's first line
   */
  static void await(InetSocketAddress door, URI url, String text) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String last;
      try {
        String answer = get(door, url);
        if (answer.contains(text)) {
          return;
        }
        last = answer.isEmpty() ? "an empty answer" : answer.lines().findFirst().orElse("");
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      if (System.nanoTime() > deadline) {
        throw new StartException(
            "the pod did not answer at " + url + " within " + PATIENCE.toSeconds() + " s: " + last,
            "It was started; the host's log above may say why it does not serve its page.");
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  private static String get(InetSocketAddress door, URI url) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(door, TIMEOUT_MILLIS);
      String request =
          "GET / HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readNBytes(MAXIMUM_ANSWER), UTF_8);
    }
  }
}
