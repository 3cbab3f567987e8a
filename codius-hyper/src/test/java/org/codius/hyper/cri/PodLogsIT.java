package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Output that a real containerd wrote down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodLogsIT {

  private TestHost host;

  @BeforeAll
  void start() throws Exception {
    host = TestHost.start();
  }

  @AfterAll
  void stop() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void linesOfAllContainersComeWithNameAndStreamUntilThePodEnds() throws Exception {
    PodSpec spec =
        host.pod(
            "two",
            host.container("first", "echo out; sleep 1; exit 0"),
            host.container("second", "sleep 0.5; echo err >&2; sleep 1; printf unfinished"));
    host.run(spec);
    LineCollector lines = new LineCollector();

    host.driver().logs(spec.id(), LogQuery.FOLLOW).subscribe(lines);
    List<LogLine> seen = List.of(lines.next(), lines.next(), lines.next());
    lines.awaitEnd();

    assertThat(seen)
        .extracting(line -> line.container() + " " + line.stream() + " " + line.text())
        .containsExactly("first STDOUT out", "second STDERR err", "second STDOUT unfinished");
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void aLineThatTheRuntimeSplitComesInOnePiece() throws Exception {
    List<String> lines = host.output("long", "yes | head -n 20000 | tr -d '\\n'; echo");

    assertThat(lines).containsExactly("y".repeat(20000));
  }

  @Test
  void theFollowerMissesNothingWhenLogsAreRotatedAndTheyStaySmall() throws Exception {
    PodSpec spec =
        host.pod(
            "chatty",
            host.container(
                "main",
                "for n in 1 2 3 4; do seq $((n*2000-1999)) $((n*2000)); sleep 1.3; done;"
                    + " echo the-end; sleep 600"));
    host.run(spec);

    List<String> lines = host.lines(spec.id());
    long kept = size(host.root().resolve("pods"));
    LineCollector late = new LineCollector();
    host.driver().logs(spec.id(), LogQuery.ALL).subscribe(late);
    late.awaitEnd();

    assertThat(lines)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 8000).mapToObj(Integer::toString).toList());
    assertThat(kept).isLessThanOrEqualTo(2 * TestHost.LOG_BYTES);
    assertThat(late.next().text()).isNotEqualTo("1"); // the oldest are gone
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void aLogThatTheRuntimeWasNotToldOfIsBegunAnewWhateverIsWrongWithOtherPods() throws Exception {
    Path pods = host.root().resolve("pods");
    for (int i = 0; i < 8; i++) { // in whatever order they are looked at
      Path broken = Files.createDirectories(pods.resolve(host.id("broken" + i).toString()));
      Files.writeString(broken.resolve("logs"), "not a folder");
    }
    PodSpec spec =
        host.pod(
            "untold",
            host.container(
                "main", "echo one; while [ ! -e /go ]; do sleep 0.1; done; echo two; sleep 600"));
    host.run(spec);
    Path live = pods.resolve(spec.id().toString()).resolve("logs/0.log");
    LineCollector lines = new LineCollector();
    host.driver().logs(spec.id(), LogQuery.FOLLOW).subscribe(lines);
    assertThat(lines.next().text()).isEqualTo("one");

    Files.move(live, live.resolveSibling("0.log.00000001")); // as if we had died at this moment
    host.await(() -> Files.exists(live), isThere -> isThere);
    var unused =
        host.get(host.driver().exec(spec.id(), "main", List.of("touch", "/go"), TestHost.PATIENCE));

    assertThat(lines.next().text()).isEqualTo("two");
    assertThat(Files.readString(live)).contains("two");
    lines.cancel();
    host.get(host.driver().remove(spec.id()));
    for (int i = 0; i < 8; i++) {
      Leftovers.deleteTree(pods.resolve(host.id("broken" + i).toString()));
    }
  }

  /** The container writes 16 MB meanwhile, and the host keeps a part of them on disk. */
  @Test
  void aFollowerWhoTakesNothingCostsNoMemory() throws Exception {
    String line = "x".repeat(200);
    PodSpec spec =
        host.pod(
            "unheard",
            host.container(
                "main",
                "echo first; for n in 1 2 3 4; do sleep 1; yes "
                    + line
                    + " | head -n 20000; done; echo the-end; sleep 600"));
    host.run(spec);
    StreamCollector<LogLine> slow =
        new StreamCollector<LogLine>(TestHost.PATIENCE)
            .readFrom(host.driver().logs(spec.id(), LogQuery.FOLLOW), 1);
    slow.next();
    long before = usedMemory();

    LineCollector fast = new LineCollector();
    host.driver().logs(spec.id(), LogQuery.FOLLOW).subscribe(fast);
    long count = 0;
    while (!fast.next().text().equals("the-end")) {
      count++;
    }
    fast.cancel();

    assertThat(count).isGreaterThan(1);
    assertThat(usedMemory() - before).isLessThan(4 << 20);
    slow.request(1);
    assertThat(slow.next().text()).isEqualTo(line);
    slow.cancel();
    host.get(host.driver().remove(spec.id()));
  }

  private static long usedMemory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void closingTheDriverEndsWhatIsBeingRead() throws Exception {
    PodSpec spec = host.pod("open", host.container("main", "echo here; sleep 600"));
    host.run(spec);
    LineCollector lines = new LineCollector();
    CriDriver second = CriDriver.connect(host.containerd().criConfig());
    second.logs(spec.id(), LogQuery.FOLLOW).subscribe(lines);
    lines.next();

    second.close();

    assertThatThrownBy(lines::awaitEnd).hasMessageContaining("the driver was closed");
    host.get(host.driver().remove(spec.id()));
  }

  private static long size(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.filter(Files::isRegularFile).forEach(files::add);
    }
    long sum = 0;
    for (Path file : files) {
      sum += Files.size(file);
    }
    return sum;
  }
}
