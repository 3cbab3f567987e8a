package org.codius.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.testing.FakePodDriver;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.Test;

/** The example of docs/examples/run-a-pod does what its README says. */
class RunAPodTest {

  private static final PodId ID = new PodId("example", "hello");

  @Test
  void printsWhatTheContainerSaysAndRemovesIt() throws Exception {
    FakePodDriver driver = new FakePodDriver(ID.instance());
    StreamCollector<PodEvent> events =
        new StreamCollector<PodEvent>(Duration.ofSeconds(10))
            .readFrom(driver.events(), Long.MAX_VALUE);
    ByteArrayOutputStream output = new ByteArrayOutputStream();

    CompletableFuture<Void> example =
        CompletableFuture.runAsync(
            () -> RunAPod.run(driver, "hello-world:latest", new PrintStream(output, true, UTF_8)));
    assertThat(events.next()).isEqualTo(new PodEvent.Started(ID, "main"));
    driver.write(ID, "main", LogLine.Stream.STDOUT, "Hello from a pod!");
    driver.exit(ID, "main", 0);

    example.get(10, TimeUnit.SECONDS);
    assertThat(output.toString(UTF_8)).isEqualTo("Hello from a pod!\n");
    assertThat(driver.list().toCompletableFuture().join()).isEmpty();
  }
}
