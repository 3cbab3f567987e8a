package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.codius.hyper.ExecResult;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.RuntimeInfo.Feature;
import org.junit.jupiter.api.Test;

/** What containers are given, and what can be done in them. */
interface PodProgramContract extends PodDriverHarness {

  /** Quotes, what a shell would replace, a line end, and letters of all sizes. */
  String HOSTILE = "it's \"quoted\" $HOME `id` \\n \\\\ %s\nsecond line\t€ 漢字 \uD83D\uDE00 ";

  @Test
  default void variablesArriveByteByByte() throws Exception {
    String large = "x".repeat(64 << 10);
    PodSpec.Container web =
        new PodSpec.Container(
            "web",
            image(),
            List.of("sh", "-c", STAY),
            "",
            Map.of("HOSTILE", HOSTILE, "EMPTY", "", "LARGE", large));
    PodSpec spec = PodDriverHarness.pod("vars", web);
    get(driver().pull(image()));
    get(driver().run(spec));

    assertThat(variableOf(spec.id(), "web", "HOSTILE")).isEqualTo(HOSTILE);
    assertThat(variableOf(spec.id(), "web", "EMPTY")).isEmpty();
    assertThat(variableOf(spec.id(), "web", "LARGE")).isEqualTo(large);
  }

  @Test
  default void commandsArriveByteByByte() throws Exception {
    List<String> command = List.of("sh", "-c", STAY + "; true", "name", HOSTILE, "");
    PodSpec spec =
        PodDriverHarness.pod("words", new PodSpec.Container("web", image(), command, "", Map.of()));
    get(driver().pull(image()));
    get(driver().run(spec));

    assertThat(commandOf(spec.id(), "web")).startsWith(command.toArray(new String[0]));
  }

  @Test
  default void aProgramsOutputAndExitCodeAreReturned() throws Exception {
    PodSpec spec = run("shell", STAY);
    answerExec(spec.id(), new ExecResult(3, "out\n", "err\n"));

    CompletionStage<ExecResult> exec =
        driver()
            .exec(
                spec.id(),
                "web",
                List.of("sh", "-c", "echo out; echo err >&2; exit 3"),
                patience());

    if (has(Feature.EXEC)) {
      assertThat(get(exec)).isEqualTo(new ExecResult(3, "out\n", "err\n"));
    } else {
      assertThat(reasonOf(exec)).isEqualTo(Reason.UNSUPPORTED);
    }
  }

  @Test
  default void noProgramRunsInAContainerThatIsNotThere() throws Exception {
    PodSpec spec = run("alone", STAY);

    assertThat(reasonOf(driver().exec(spec.id(), "other", List.of("sh"), patience())))
        .isIn(Reason.NO_SUCH_POD, Reason.UNSUPPORTED);
    assertThat(
            reasonOf(
                driver().exec(PodDriverHarness.id("unknown"), "web", List.of("sh"), patience())))
        .isIn(Reason.NO_SUCH_POD, Reason.UNSUPPORTED);
  }

  @Test
  default void noProgramRunsInAStoppedPod() throws Exception {
    PodSpec spec = run("quiet", STAY);
    get(driver().stop(spec.id()));

    assertThat(reasonOf(driver().exec(spec.id(), "web", List.of("sh"), patience())))
        .isIn(Reason.NO_SUCH_POD, Reason.UNSUPPORTED);
  }

  @Test
  default void tellsWhatAPodUsesOrThatItCannot() throws Exception {
    PodSpec spec = run("measured", STAY);

    CompletionStage<PodStats> stats = driver().stats(spec.id());

    if (has(Feature.STATS)) {
      assertThat(get(stats).memoryBytes()).isPositive();
    } else {
      assertThat(reasonOf(stats)).isEqualTo(Reason.UNSUPPORTED);
    }
  }

  @Test
  default void anUnknownPodUsesNothing() throws Exception {
    assertThat(reasonOf(driver().stats(PodDriverHarness.id("unknown"))))
        .isEqualTo(has(Feature.STATS) ? Reason.NO_SUCH_POD : Reason.UNSUPPORTED);
  }
}
