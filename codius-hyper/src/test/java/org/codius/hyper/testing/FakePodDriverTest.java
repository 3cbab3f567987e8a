package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.junit.jupiter.api.Test;

class FakePodDriverTest implements PodDriverContract {

  private static final String IMAGE = "busybox:1.35";
  private static final PodSpec SPEC =
      new PodSpec(
          new PodId(INSTANCE, "pod"),
          List.of(new PodSpec.Container("web", IMAGE, List.of(), "", Map.of())),
          new PodSpec.Resources(1, 64, 64, 1024));

  private final FakePodDriver driver = new FakePodDriver(INSTANCE);

  @Override
  public PodDriver driver() {
    return driver;
  }

  @Override
  public PodDriver connectAs(String instance) {
    return driver.reconnectAs(instance);
  }

  @Override
  public String image() {
    return IMAGE;
  }

  @Override
  public String missingImage() {
    driver.failPulls(Reason.IMAGE_NOT_FOUND);
    return "missing:1";
  }

  @Override
  public void write(PodId id, String container, String text) {
    driver.write(id, container, LogLine.Stream.STDOUT, text);
  }

  @Override
  public void publishMissingImage() {
    driver.heal();
  }

  @Override
  public void answerExec(PodId id, ExecResult result) {
    driver.answerExec(id, command -> result);
  }

  @Override
  public String variableOf(PodId id, String container, String name) {
    return String.valueOf(specOf(id, container).environment().get(name));
  }

  @Override
  public List<String> commandOf(PodId id, String container) {
    return specOf(id, container).command();
  }

  private PodSpec.Container specOf(PodId id, String container) {
    return driver.spec(id).orElseThrow().containers().stream()
        .filter(one -> one.name().equals(container))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void exit(PodId id, String container, int exitCode) {
    driver.exit(id, container, exitCode);
  }

  @Override
  public void missProgram() {
    driver.failRuns(Reason.COMMAND_NOT_FOUND);
  }

  @Override
  public void findProgram() {
    driver.heal();
  }

  @Test
  void aHeldRunWaitsForItsRelease() {
    driver.pull(IMAGE);
    CompletableFuture<Void> hold = driver.holdRuns();

    CompletableFuture<PodStatus> run = driver.run(SPEC).toCompletableFuture();
    assertThat(run).isNotDone();
    assertThat(driver.list().toCompletableFuture().join()).isEmpty();
    hold.complete(null);

    assertThat(run).isCompletedWithValueMatching(PodStatus::isRunning);
  }

  @Test
  void givesTheAddressItWasTold() throws Exception {
    InetAddress address = InetAddress.getByName("127.0.0.9");
    driver.giveAddresses(id -> address);
    driver.pull(IMAGE);

    assertThat(driver.run(SPEC).toCompletableFuture().join().address()).contains(address);
  }

  @Test
  void aKilledPodStaysListedWithoutAnAddressAndRunsAgain() {
    driver.pull(IMAGE);
    driver.run(SPEC);

    driver.kill(SPEC.id());

    PodStatus killed = driver.reconnect().list().toCompletableFuture().join().get(0);
    assertThat(killed.address()).isEmpty();
    assertThat(killed.isRunning()).isFalse();
    assertThat(driver.run(SPEC).toCompletableFuture().join().isRunning()).isTrue();
    assertThat(driver.starts()).isEqualTo(2);
  }

  @Test
  void anOutageFailsEveryCallUntilItIsHealed() {
    driver.failCalls(Reason.RUNTIME_UNAVAILABLE);

    assertThat(driver.list().toCompletableFuture())
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            PodDriverException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.RUNTIME_UNAVAILABLE));

    driver.heal();
    assertThat(driver.list().toCompletableFuture().join()).isEmpty();
  }
}
