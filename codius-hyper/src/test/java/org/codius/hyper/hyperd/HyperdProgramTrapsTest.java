package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.Test;

/** What hyperd does that one would not expect of programs: their output, their input, their end. */
class HyperdProgramTrapsTest extends HyperdLab {

  @Test
  void aProgramWhoseInputIsClosedEndsThoughItReads() throws Exception {
    PodSpec pod = pod("reads", "web");
    get(driver.run(pod));
    hyperd.answerExec(
        (command, input, isInputAtEnd) ->
            isInputAtEnd ? Optional.of(new ExecResult(0, "end", "")) : Optional.empty());

    assertThat(get(driver.exec(pod.id(), "web", List.of("cat"), PATIENCE)).stdout())
        .isEqualTo("end");
  }

  @Test
  void aProgramThatIsNotInTheImageIsNotRun() throws Exception {
    PodSpec pod = pod("lacks", "web");
    get(driver.run(pod));
    hyperd.answerExec(
        (command, input, isInputAtEnd) ->
            Optional.of(new ExecResult(127, "", "exec failed: No such file or directory\n")));

    assertThat(reasonOf(driver.exec(pod.id(), "web", List.of("nosuch"), PATIENCE)))
        .isEqualTo(Reason.COMMAND_NOT_FOUND);
  }

  @Test
  void aProgramThatIsNotThereIsSeenFromItsExitCode() throws Exception {
    PodSpec pod = pod("typo", "web");
    hyperd.beforeNext(
        "/pod/start",
        () ->
            hyperd.beforeNext(
                "/list?item=pod&pod=" + pod.id(), () -> hyperd.exit(pod.id() + "__web", 127)));

    assertThat(reasonOf(driver.run(pod))).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void logsOfAContainerThatHasEndedAreNotFollowedForEver() throws Exception {
    PodSpec pod = pod("brief", "web");
    get(driver.run(pod));
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDERR, "bye");
    hyperd.exit(pod.id() + "__web", 1);

    StreamCollector<LogLine> log = follow(pod);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("bye");
  }

  @Test
  void logsOfAContainerThatEndsJustBeforeTheyAreFollowedEnd() throws Exception {
    PodSpec pod = pod("brief", "web");
    get(driver.run(pod));
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDOUT, "bye");
    hyperd.beforeNext("/container/logs", () -> hyperd.exit(pod.id() + "__web", 0));

    StreamCollector<LogLine> log = follow(pod);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("bye");
  }

  @Test
  void silenceOfAContainerThatRunsIsNotItsEnd() throws Exception {
    PodSpec pod = pod("quiet", "web", "side");
    get(driver.run(pod));
    StreamCollector<LogLine> log = follow(pod);

    hyperd.exit(pod.id() + "__side", 0);
    CompletableFuture<Void> checked = new CompletableFuture<>();
    hyperd.beforeNext(
        "/pod/info", () -> hyperd.beforeNext("/pod/info", () -> checked.complete(null)));
    get(checked);
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDOUT, "still here");

    assertThat(log.next().text()).isEqualTo("still here");
    assertThat(log.end()).isNotDone();
    log.cancel();
  }

  private StreamCollector<LogLine> follow(PodSpec pod) throws Exception {
    return new StreamCollector<LogLine>(PATIENCE)
        .readFrom(driver.logs(pod.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
  }
}
