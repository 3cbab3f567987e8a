package org.codius.daemon.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.codius.daemon.demo.DemoPod;
import org.codius.daemon.demo.LoopbackRegistry;
import org.codius.daemon.demo.OciImage;

/** The images of the pods in these tests, made of this machine's Node 16 and busybox, to pull. */
final class PodImages implements AutoCloseable {

  /** What the second container answers on 127.0.0.1:8081, seen from the pod. */
  static final String SECOND_GREETING = "the second container was here";

  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Pattern LIBRARY = Pattern.compile("(?m)(/\\S+) \\(0x");
  private static final Duration LDD_TIMEOUT = Duration.ofSeconds(10);

  private final LoopbackRegistry registry;
  private final String node;
  private final String busybox;

  private PodImages(LoopbackRegistry registry, String node, String busybox) {
    this.registry = registry;
    this.node = node;
    this.busybox = busybox;
  }

  static PodImages start() throws Exception {
    LoopbackRegistry registry = LoopbackRegistry.start();
    return new PodImages(
        registry,
        registry.add("e2e/node", "1", nodeImage()),
        registry.add("e2e/busybox", "1", busyboxImage()));
  }

  /** Returns the image that runs {@code pod/server.js} on port 8080. */
  String node() {
    return node;
  }

  /** Returns the image that serves one page on 127.0.0.1:8081. */
  String busybox() {
    return busybox;
  }

  /** Returns the name of an image that the registry does not have. */
  String missing() {
    return registry.name() + "/e2e/nothing@sha256:" + "0".repeat(64);
  }

  @Override
  public void close() {
    registry.close();
  }

  private static OciImage nodeImage() throws Exception {
    OciImage.Builder image =
        OciImage.builder()
            .file("/bin/node", Checkout.node(), 0755)
            .directory("/tmp", 01777)
            .workdir("/app")
            .environment("PATH", "/bin")
            .command("/bin/node", "server.js");
    for (String library : libraries(Checkout.node())) {
      image.file(library, Path.of(library).toRealPath(), 0755);
    }
    for (String name : List.of("server.js", "attack.html", "attack.js")) {
      image.file("/app/" + name, NodeScript.resource("pod/" + name), 0644);
    }
    Path ws = Checkout.npmPackage("ws");
    try (Stream<Path> files = Files.walk(ws)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        image.file("/app/node_modules/ws/" + ws.relativize(file), file, 0644);
      }
    }
    return image.build();
  }

  private static OciImage busyboxImage() throws IOException {
    return DemoPod.busybox(BUSYBOX)
        .file("/www/index.html", SECOND_GREETING, 0644)
        .command("httpd", "-f", "-p", "127.0.0.1:8081", "-h", "/www")
        .build();
  }

  /** Returns the shared libraries and the loader, under the names the program asks for. */
  private static List<String> libraries(Path program) throws Exception {
    String needed =
        Program.of(Checkout.target(), "ldd", program.toString())
            .run(LDD_TIMEOUT)
            .succeeded()
            .stdout();
    return LIBRARY.matcher(needed).results().map((MatchResult m) -> m.group(1)).distinct().toList();
  }
}
