package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** WebSocket through the proxy is as good as without it, in all that Autobahn tries. */
@Tag("long")
@ExtendWith(LeakCheck.class)
class AutobahnIT {

  private static final int LEAST_CASES = 240;
  private static final Pattern CASE =
      Pattern.compile("^case ([0-9.]+) ([A-Z_]+)$", Pattern.MULTILINE);

  /** Some cases may end in more than one way. */
  private static final Set<String> FINE = Set.of("OK", "NON_STRICT", "INFORMATIONAL");

  @TempDir private Path folder;

  @Test
  void theProxyMakesNoCaseFail() throws Exception {
    try (WebSocketEcho pod = new WebSocketEcho(0);
        PodProxy proxy =
            PodProxy.start(
                ProxyUnderTest.onFreePort(ProxyConfig.DEFAULT),
                RouteTable.of(Map.of("127.0.0.1", pod.address())))) {

      Map<String, String> expected = examine("direct", pod.address());
      Map<String, String> actual = examine("through", proxy.localAddress());

      System.out.printf("Autobahn: %d cases, failed: %s%n", actual.size(), failed(actual));
      assertThat(actual).hasSizeGreaterThanOrEqualTo(LEAST_CASES);
      assertThat(failed(expected)).containsAll(failed(actual));
      assertThat(proxy.refused()).isEmpty();
    }
  }

  private Map<String, String> examine(String name, InetSocketAddress address) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                absolute(System.getProperty("java.class.path")),
                AutobahnRun.class.getName(),
                "ws://127.0.0.1:" + address.getPort() + "/",
                "*")
            .directory(own.toFile())
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("output").toFile())
            .start();
    return outcome(name, run);
  }

  private static String absolute(String classPath) {
    List<String> paths = List.of(classPath.split(File.pathSeparator, -1));
    return String.join(
        File.pathSeparator,
        paths.stream().map(path -> Path.of(path).toAbsolutePath().toString()).toList());
  }

  private Map<String, String> outcome(String name, Process run) throws Exception {
    try {
      assertThat(run.waitFor(20, TimeUnit.MINUTES)).as(name).isTrue();
    } finally {
      run.destroyForcibly();
    }
    String output = Files.readString(folder.resolve(name).resolve("output"));
    assertThat(run.exitValue()).as(output).isZero();
    Map<String, String> outcomes = new TreeMap<>();
    Matcher matcher = CASE.matcher(output);
    while (matcher.find()) {
      outcomes.put(matcher.group(1), matcher.group(2));
    }
    return outcomes;
  }

  private static Set<String> failed(Map<String, String> outcomes) {
    Map<String, String> failed = new TreeMap<>(outcomes);
    failed.values().removeIf(FINE::contains);
    return failed.keySet();
  }
}
