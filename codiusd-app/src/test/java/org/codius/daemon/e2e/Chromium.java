package org.codius.daemon.e2e;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A browser without a window that nothing was ever told, and that talks to this machine alone. */
final class Chromium implements AutoCloseable {

  private static final List<String> COMMAND =
      List.of(
          "chromium",
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run",
          "--no-proxy-server");

  private final Path profile;

  private Chromium(Path profile) {
    this.profile = profile;
  }

  static Chromium create() throws IOException {
    return new Chromium(Files.createTempDirectory("codius-e2e-browser-"));
  }

  /**
   * Returns the visit of a page.
   *
   * @param names which host names lead to this machine, with {@code *} for any part
   */
  Program visit(String page, String names, String... flags) {
    List<String> command = new ArrayList<>(COMMAND);
    command.add("--host-resolver-rules=MAP " + names + " 127.0.0.1");
    command.add("--user-data-dir=" + profile.resolve("profile"));
    command.addAll(List.of(flags));
    command.add(page);
    return new Program(profile, Map.of("TMPDIR", profile.toString()), command);
  }

  @Override
  public void close() throws IOException {
    MoreFiles.deleteRecursively(profile);
  }
}
