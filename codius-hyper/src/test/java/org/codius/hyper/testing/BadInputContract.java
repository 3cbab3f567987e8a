package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What images and specs are refused, and what is left then: nothing. */
interface BadInputContract extends PodDriverHarness {

  @Test
  default void pullingTwiceSucceeds() throws Exception {
    get(driver().pull(image()));
    get(driver().pull(image()));
  }

  @Test
  default void saysThatAnImageDoesNotExist() {
    String image = missingImage();

    PodDriverException failure = failureOf(driver().pull(image));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(failure).hasMessageContaining(image);
  }

  @Test
  default void aPodRunsAfterAFailedPullOnceTheImageAppears() throws Exception {
    String image = missingImage();
    PodSpec spec =
        PodDriverHarness.pod(
            "patient",
            new PodSpec.Container("web", image, List.of("sh", "-c", STAY), "", Map.of()));
    assertThat(reasonOf(driver().pull(image))).isEqualTo(Reason.IMAGE_NOT_FOUND);

    publishMissingImage();
    get(driver().pull(image));

    assertThat(get(driver().run(spec)).isRunning()).isTrue();
  }

  @Test
  default void aPodWhoseImageWasNotPulledDoesNotRun() throws Exception {
    get(driver().pull(image()));
    String image = missingImage();
    PodSpec spec =
        PodDriverHarness.pod(
            "unpulled",
            container("web", STAY),
            new PodSpec.Container("side", image, List.of("sh", "-c", STAY), "", Map.of()));

    PodDriverException failure = failureOf(driver().run(spec));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(failure).hasMessageContaining(image);
    assertThat(get(driver().list())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "../../etc/passwd",
        "http://registry.example.com/app",
        "-rf",
        "app name",
        "app\nHost: evil",
        "UPPER/Case",
        "app@sha256:zz",
        "app@sha256:0",
        "app;reboot",
        "app?name=x",
        "//app",
        "app:"
      })
  default void whatIsNoImagesNameIsRefused(String name) {
    PodDriverException failure = failureOf(driver().pull(name));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    // Of several lines, which would be lines of a log, the first.
    assertThat(failure).hasMessageContaining(name.lines().findFirst().orElse(""));
  }

  @Test
  default void aFailedStartLeavesNothing() throws Exception {
    PodSpec broken =
        PodDriverHarness.pod(
            "broken",
            container("web", STAY),
            new PodSpec.Container("side", image(), List.of("/no/such/program"), "", Map.of()));
    PodSpec mended =
        PodDriverHarness.pod("broken", container("web", STAY), container("side", STAY));
    get(driver().pull(image()));

    missProgram();
    PodDriverException failure = failureOf(driver().run(broken));
    findProgram();

    assertThat(failure).hasMessageContaining("side");
    assertThat(failure.reason()).isIn(Reason.COMMAND_NOT_FOUND, Reason.START_FAILED);
    assertThat(get(driver().status(broken.id()))).isEmpty();
    assertThat(get(driver().list())).isEmpty();
    assertThat(get(driver().run(mended)).isRunning()).isTrue();
  }

  @Test
  default void twoContainersOfOneNameAreRefused() {
    PodSpec.Container web = container("web", STAY);

    assertThatThrownBy(() -> PodDriverHarness.pod("twins", web, web))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("web");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../up", "a b", "a/b", "a\nb", "ü", "$(reboot)"})
  default void aContainersNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> container(name, STAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("container name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A=B", "A\0B"})
  default void aVariablesNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(
            () -> new PodSpec.Container("web", image(), List.of(), "", Map.of(name, "value")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("container web");
  }
}
