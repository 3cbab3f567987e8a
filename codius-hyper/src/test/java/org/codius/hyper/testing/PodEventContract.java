package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.junit.jupiter.api.Test;

/** What is told of what happens. */
interface PodEventContract extends PodDriverHarness {

  private StreamCollector<PodEvent> listen() throws Exception {
    return this.<PodEvent>collector().readFrom(driver().events(), Long.MAX_VALUE);
  }

  @Test
  default void tellsThatContainersStartAndExit() throws Exception {
    StreamCollector<PodEvent> events = listen();
    PodSpec spec = run("eventful", "sleep 1; exit 7");

    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));
    exit(spec.id(), "web", 7);
    PodDriverHarness.awaitEvent(events, new PodEvent.Exited(spec.id(), "web", 7));
  }

  @Test
  default void tellsThatAContainerExitedWell() throws Exception {
    StreamCollector<PodEvent> events = listen();
    PodSpec spec = run("content", "sleep 1; exit 0");

    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));
    exit(spec.id(), "web", 0);
    PodDriverHarness.awaitEvent(events, new PodEvent.Exited(spec.id(), "web", 0));
  }

  @Test
  default void tellsThatAPodIsRemoved() throws Exception {
    StreamCollector<PodEvent> events = listen();
    PodSpec spec = run("parting", STAY);
    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));

    get(driver().remove(spec.id()));

    PodDriverHarness.awaitEvent(events, new PodEvent.Removed(spec.id()));
  }

  @Test
  default void tellsOfAStoppedPodThatItsContainersExited() throws Exception {
    StreamCollector<PodEvent> events = listen();
    PodSpec spec = run("halting", STAY);
    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));

    get(driver().stop(spec.id()));

    PodEvent event = events.next();
    while (!(event instanceof PodEvent.Exited)) {
      event = events.next();
    }
    assertThat(((PodEvent.Exited) event).container()).isEqualTo("web");
  }

  @Test
  default void everyListenerHearsEverything() throws Exception {
    StreamCollector<PodEvent> one = listen();
    StreamCollector<PodEvent> two = listen();

    PodSpec spec = run("public", STAY);

    PodDriverHarness.awaitEvent(one, new PodEvent.Started(spec.id(), "web"));
    PodDriverHarness.awaitEvent(two, new PodEvent.Started(spec.id(), "web"));
  }

  @Test
  default void tellsNothingOfOtherInstances() throws Exception {
    StreamCollector<PodEvent> events = listen();
    PodSpec foreign =
        new PodSpec(
            new PodId(OTHER_INSTANCE, "secret"),
            List.of(container("web", STAY)),
            PodDriverHarness.resources());
    get(driver().pull(image()));
    try (PodDriver other = connectAs(OTHER_INSTANCE)) {
      get(other.run(foreign));
      get(other.remove(foreign.id()));
    }
    PodSpec own = run("own", STAY);

    assertThat(events.next()).isEqualTo(new PodEvent.Started(own.id(), "web"));
  }

  @Test
  default void eventsEndWithTheDriver() throws Exception {
    PodDriver closing = connectAs(INSTANCE);
    StreamCollector<PodEvent> events =
        this.<PodEvent>collector().readFrom(closing.events(), Long.MAX_VALUE);

    closing.close();

    get(events.end());
  }
}
