package org.codius.daemon.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks over a host's one port, as curl does.
 *
 * @param host the Host header, which tells pod from host
 */
record Curl(int port, String host) {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Path ANY_FOLDER = Path.of("/");

  /** Returns the status. */
  int status(String path) throws IOException, InterruptedException {
    Program.Ended ended = run("-o", "/dev/null", "-w", "%{http_code}", url(path)).succeeded();
    return Integer.parseInt(ended.stdout());
  }

  /** Returns the body of an answer that succeeded. */
  String body(String path) throws IOException, InterruptedException {
    return run("--fail-with-body", url(path)).succeeded().stdout();
  }

  /** Returns the body of the answer to a file sent. */
  String post(String path, Path body) throws IOException, InterruptedException {
    return run("--fail-with-body", "--data-binary", "@" + body, url(path)).succeeded().stdout();
  }

  static Curl pod(HostProcess host, String hash) {
    return new Curl(host.port(), hash + ".localhost:" + host.port());
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  private Program.Ended run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--noproxy", "*", "-H", "Host: " + host));
    command.addAll(List.of(arguments));
    return new Program(ANY_FOLDER, Map.of(), command).run(TIMEOUT);
  }
}
