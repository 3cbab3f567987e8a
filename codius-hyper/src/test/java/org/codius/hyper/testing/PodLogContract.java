package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.concurrent.Flow;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.junit.jupiter.api.Test;

/** What is told of containers' output. */
interface PodLogContract extends PodDriverHarness {

  /** Says something, and something more two seconds later. */
  String TALK = "echo first; sleep 2; echo later; sleep 600";

  /** Says three things, and stays. */
  String COUNT = "echo one; echo two; echo three; sleep 600";

  @Test
  default void logsWithoutFollowingEndWithTheLinesThereAre() throws Exception {
    PodSpec spec = PodDriverHarness.pod("said", container("web", "echo one; echo two; sleep 600"));
    get(driver().pull(image()));
    get(driver().run(spec));
    write(spec.id(), "web", "one");
    write(spec.id(), "web", "two");
    awaitLine(spec.id(), "two");

    StreamCollector<LogLine> log =
        this.<LogLine>collector().readFrom(driver().logs(spec.id(), LogQuery.ALL), Long.MAX_VALUE);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("one", "two");
  }

  @Test
  default void followedLogsBringLaterLinesUntilCancelled() throws Exception {
    PodSpec spec = PodDriverHarness.pod("talks", container("web", TALK));
    get(driver().pull(image()));
    get(driver().run(spec));
    StreamCollector<LogLine> log =
        this.<LogLine>collector()
            .readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), Long.MAX_VALUE);

    write(spec.id(), "web", "first");
    LogLine first = log.next();
    write(spec.id(), "web", "later");
    LogLine later = log.next();
    log.cancel();

    assertThat(first.text()).isEqualTo("first");
    assertThat(first.container()).isEqualTo("web");
    assertThat(first.stream()).isEqualTo(LogLine.Stream.STDOUT);
    assertThat(later.text()).isEqualTo("later");
    assertThat(get(driver().status(spec.id())).map(PodStatus::isRunning)).contains(true);
  }

  @Test
  default void followedLogsEndWithThePod() throws Exception {
    PodSpec spec = PodDriverHarness.pod("stops", container("web", TALK));
    get(driver().pull(image()));
    get(driver().run(spec));
    StreamCollector<LogLine> log =
        this.<LogLine>collector()
            .readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
    write(spec.id(), "web", "first");
    log.next();

    get(driver().remove(spec.id()));

    get(log.end());
  }

  @Test
  default void logsComeOnlyAsFastAsTheyAreAskedFor() throws Exception {
    PodSpec spec = PodDriverHarness.pod("waits", container("web", "echo one; echo two; sleep 600"));
    get(driver().pull(image()));
    get(driver().run(spec));
    write(spec.id(), "web", "one");
    write(spec.id(), "web", "two");
    awaitLine(spec.id(), "two");
    StreamCollector<LogLine> log =
        this.<LogLine>collector().readFrom(driver().logs(spec.id(), LogQuery.ALL), 1);

    assertThat(log.next().text()).isEqualTo("one");
    assertThat(log.rest()).isEmpty();
    assertThat(log.end()).isNotDone();

    log.request(1);
    assertThat(log.next().text()).isEqualTo("two");
    get(log.end());
  }

  @Test
  default void thereAreNoLogsOfAnUnknownPod() throws Exception {
    StreamCollector<LogLine> log = this.<LogLine>collector();

    driver().logs(PodDriverHarness.id("unknown"), LogQuery.ALL).subscribe(log); // and asks for none

    assertThat(reasonOf(log.end())).isEqualTo(Reason.NO_SUCH_POD);
  }

  private PodSpec count(String name) throws Exception {
    PodSpec spec = run(name, COUNT);
    for (String text : List.of("one", "two", "three")) {
      write(spec.id(), "web", text);
    }
    awaitLine(spec.id(), "three");
    return spec;
  }

  private List<LogLine> read(PodSpec spec, LogQuery query) throws Exception {
    StreamCollector<LogLine> log =
        this.<LogLine>collector().readFrom(driver().logs(spec.id(), query), Long.MAX_VALUE);
    get(log.end());
    return log.rest();
  }

  @Test
  default void theTailIsTheLastLines() throws Exception {
    PodSpec spec = count("tails");

    assertThat(read(spec, LogQuery.ALL.tail(2)))
        .extracting(LogLine::text)
        .containsExactly("two", "three");
    assertThat(read(spec, LogQuery.ALL.tail(0))).isEmpty();
    assertThat(read(spec, LogQuery.ALL.tail(9))).hasSize(3);
  }

  @Test
  default void noLineIsOlderThanAskedFor() throws Exception {
    PodSpec spec = count("since");
    LogLine last = read(spec, LogQuery.ALL).get(2);

    assertThat(read(spec, LogQuery.ALL.since(last.at())))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.at()).isAfterOrEqualTo(last.at()));
    assertThat(read(spec, LogQuery.ALL.since(last.at().plusSeconds(60)))).isEmpty();
  }

  @Test
  default void followedLogsMayBeginWithTheirTail() throws Exception {
    PodSpec spec = count("resumes");
    StreamCollector<LogLine> log =
        this.<LogLine>collector()
            .readFrom(driver().logs(spec.id(), LogQuery.FOLLOW.tail(1)), Long.MAX_VALUE);

    assertThat(log.next().text()).isEqualTo("three");
    assertThat(log.end()).isNotDone();
    log.cancel();
  }

  @Test
  default void logsOfAStoppedPodCanStillBeRead() throws Exception {
    PodSpec spec = count("silenced");
    get(driver().stop(spec.id()));

    assertThat(read(spec, LogQuery.ALL)).hasSize(3);
    assertThat(read(spec, LogQuery.FOLLOW)).hasSize(3);
  }

  @Test
  default void severalMayReadTheSameLogs() throws Exception {
    PodSpec spec = count("popular");

    assertThat(read(spec, LogQuery.ALL)).isEqualTo(read(spec, LogQuery.ALL)).hasSize(3);
  }

  @Test
  default void whoCannotTakeALineGetsNoMore() throws Exception {
    PodSpec spec = count("breaks");
    StreamCollector<LogLine> lines = this.<LogLine>collector();

    driver().logs(spec.id(), LogQuery.FOLLOW).subscribe(new BrokenSubscriber(lines));
    lines.request(Long.MAX_VALUE);

    assertThat(catchThrowable(() -> get(lines.end()))).hasRootCauseMessage("no room");
    assertThat(lines.rest()).extracting(LogLine::text).containsExactly("one");
    assertThat(read(spec, LogQuery.ALL)).hasSize(3);
  }

  /** Fails at each line it is given. */
  record BrokenSubscriber(Flow.Subscriber<LogLine> lines) implements Flow.Subscriber<LogLine> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      lines.onSubscribe(subscription);
    }

    @Override
    public void onNext(LogLine line) {
      lines.onNext(line);
      throw new IllegalStateException("no room");
    }

    @Override
    public void onError(Throwable failure) {
      lines.onError(failure);
    }

    @Override
    public void onComplete() {
      lines.onComplete();
    }
  }

  @Test
  default void askingForNoLinesIsAnError() throws Exception {
    PodSpec spec = count("misused");
    StreamCollector<LogLine> log =
        this.<LogLine>collector().readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), 1);

    log.request(0);

    assertThat(catchThrowable(() -> get(log.end())))
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void aHundredThousandLinesComeCompleteAndInOrder() throws Exception {
    int count = 100_000;
    PodSpec spec = run("writes", "seq 0 " + (count - 1) + "; sleep 600");
    StreamCollector<LogLine> log =
        this.<LogLine>collector()
            .readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
    for (int i = 0; i < count; i++) {
      write(spec.id(), "web", Integer.toString(i));
    }

    for (int i = 0; i < count; i++) {
      assertThat(log.next().text()).isEqualTo(Integer.toString(i));
    }
    log.cancel();
  }
}
