package org.codius.daemon.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

  /** Returns the image that pays, as {@code pod/payer.js} is told on port 8080. */
  String payer() throws Exception {
    OciImage.Builder image = node("payer.js");
    for (String name : closure(List.of("ilp-plugin", "ilp-protocol-stream"))) {
      add(image, name);
    }
    return registry.add("e2e/payer", "1", image.build());
  }

  /** Returns the packages with all that they need. */
  private static Set<String> closure(List<String> names) throws IOException {
    Set<String> all = new TreeSet<>();
    Deque<String> waiting = new ArrayDeque<>(names);
    while (!waiting.isEmpty()) {
      String name = waiting.pop();
      if (all.add(name) && Files.exists(Checkout.npmPackage(name))) { // else it has its own of it
        for (Path json : descriptions(name)) {
          new ObjectMapper()
              .readTree(json.toFile())
              .path("dependencies")
              .fieldNames()
              .forEachRemaining(waiting::push);
        }
      }
    }
    all.removeIf(name -> !Files.exists(Checkout.npmPackage(name)));
    return all;
  }

  /** Returns what describes a package, and those it brings along. */
  private static List<Path> descriptions(String name) throws IOException {
    try (Stream<Path> files = Files.walk(Checkout.npmPackage(name))) {
      return files.filter(file -> file.endsWith("package.json")).toList();
    }
  }

  private static void add(OciImage.Builder image, String name) throws IOException {
    Path folder = Checkout.npmPackage(name);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        image.file("/app/node_modules/" + name + "/" + folder.relativize(file), file, 0644);
      }
    }
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
    OciImage.Builder image = node("server.js", "attack.html", "attack.js");
    add(image, "ws");
    return image.build();
  }

  /** Returns an image with Node, and with {@code scripts}, of which the first is to be run. */
  private static OciImage.Builder node(String... scripts) throws Exception {
    OciImage.Builder image =
        OciImage.builder()
            .file("/bin/node", Checkout.node(), 0755)
            .directory("/tmp", 01777)
            .workdir("/app")
            .environment("PATH", "/bin")
            .command("/bin/node", scripts[0]);
    for (String library : libraries(Checkout.node())) {
      image.file(library, Path.of(library).toRealPath(), 0755);
    }
    for (String name : scripts) {
      image.file("/app/" + name, NodeScript.resource("pod/" + name), 0644);
    }
    return image;
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
