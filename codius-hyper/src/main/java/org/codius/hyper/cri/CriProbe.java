package org.codius.hyper.cri;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.host.HostProgram;

/**
 * Finds out whether a runtime really runs pods, by running one to its exit; and whether it keeps
 * its users apart from the host's, which some only seem to do.
 *
 * @param hasUserNamespaces whether the pod's root was another user on the host
 */
public record CriProbe(boolean hasUserNamespaces) {

  /** How long a pod that does next to nothing may take from {@code run} to its exit. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration SHORT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);

  private static final Splitter FIELDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

  private static final PodSpec.Resources RESOURCES = new PodSpec.Resources(1, 512, 512, 64);

  /**
   * Runs the pod, apart from the instance's own, and removes it. Blocks.
   *
   * @throws PodDriverException if it does not come to its exit in time; it says how far it came
   */
  public static CriProbe run(CriConfig config) {
    CriConfig own = apart(config);
    try {
      giveImage(own);
      try {
        return new CriProbe(isMapped(runToExit(own.withUserNamespaces(true))));
      } catch (PodDriverException e) {
        if (e.reason() == Reason.TIMEOUT || e.reason() == Reason.FIREWALL_FAILED) {
          throw e;
        }
      }
      String unused = runToExit(own); // it may refuse the user namespace and be fine without
      return new CriProbe(false);
    } catch (IOException | PodDriverException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.START_FAILED, "run a pod to try: interrupted", e);
    }
  }

  /**
   * Returns what the runtime at {@code socket} says of itself. Blocks.
   *
   * @throws PodDriverException if it does not answer
   */
  public static Offer ask(Path socket) {
    try (CriClient client = new CriClient(socket)) {
      Cri.VersionResponse version = client.version(SHORT);
      return new Offer(
          version.getRuntimeName(),
          version.getRuntimeVersion(),
          RuntimeFacts.parse(client.info(SHORT)).handlers());
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("ask " + socket, Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /**
   * What a runtime says of itself.
   *
   * @param handlers with which it can run pods; only the default, without a name, if it does not
   *     say
   */
  public record Offer(String name, String version, Set<String> handlers) {

    public Offer {
      handlers = handlers.isEmpty() ? Set.of("") : Set.copyOf(handlers);
    }
  }

  /** A runtime that fails in mid-pod has failed, whatever it calls that; the firewall is ours. */
  private static PodDriverException failure(Exception e) {
    boolean isKept =
        e instanceof PodDriverException known
            && (known.reason() == Reason.TIMEOUT || known.reason() == Reason.FIREWALL_FAILED);
    return new PodDriverException(
        isKept ? ((PodDriverException) e).reason() : Reason.START_FAILED,
        "run a pod to try: " + e.getMessage(),
        e);
  }

  /** Of an instance of its own, so that the real one is not disturbed. */
  private static CriConfig apart(CriConfig config) {
    CriConfig.Limits limits = config.limits();
    return new CriConfig(
        "probe" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 28)),
        config.socket(),
        config.runtimeHandler(),
        config.isolation(),
        config.directory().resolve("probe"),
        null,
        config.images(),
        List.of(), // else the firewall would take other pods' packets for nobody's
        false,
        config.nameServers(),
        new CriConfig.Limits(
            limits.callTimeout(),
            limits.pullTimeout(),
            PATIENCE,
            SHORT,
            limits.logBytes(),
            limits.imageBytes(),
            1));
  }

  private static void giveImage(CriConfig config) throws IOException, InterruptedException {
    try (CriClient client = new CriClient(config.socket())) {
      if (!client.images().has(PauseImage.NAME, config.limits().callTimeout())) {
        HostProgram ctr =
            HostProgram.find("ctr")
                .orElseThrow(
                    () -> new IOException("no program ctr to give the runtime an image with"));
        String snapshotter =
            RuntimeFacts.parse(client.info(config.limits().callTimeout())).snapshotter();
        PauseImage.give(ctr, config.socket(), snapshotter, PATIENCE);
      }
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("ask " + config.socket(), Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Returns what the pod printed. */
  private static String runToExit(CriConfig config) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    PodId id = new PodId(config.instance(), "probe");
    PodSpec spec =
        new PodSpec(
            id,
            List.of(
                new PodSpec.Container(
                    "probe", PauseImage.NAME, List.of(PauseImage.PROBE), "/", Map.of())),
            RESOURCES);
    try (CriDriver driver = CriDriver.connect(config)) {
      try {
        await(driver.run(spec), deadline);
        int exitCode = awaitExit(driver, id, deadline);
        if (exitCode != 0) {
          throw new PodDriverException(Reason.START_FAILED, "it ended with code " + exitCode);
        }
        return output(driver, id, deadline);
      } finally {
        removeByForce(driver, config, id);
      }
    } finally {
      Leftovers.deleteTree(config.directory());
    }
  }

  private static int awaitExit(CriDriver driver, PodId id, long deadline)
      throws InterruptedException {
    while (true) {
      OptionalInt exitCode =
          await(driver.status(id), deadline).map(PodStatus::containers).stream()
              .flatMap(List::stream)
              .map(PodStatus.Container::exitCode)
              .filter(OptionalInt::isPresent)
              .findFirst()
              .orElse(OptionalInt.empty());
      if (exitCode.isPresent()) {
        return exitCode.getAsInt();
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  private static String output(CriDriver driver, PodId id, long deadline)
      throws InterruptedException {
    CompletableFuture<String> first = new CompletableFuture<>();
    driver.logs(id, LogQuery.ALL).subscribe(new FirstLine(first));
    return await(first, deadline);
  }

  /** The second line of the kernel's mapping would be another range of users; one is enough. */
  private static boolean isMapped(String uidMap) {
    List<String> fields = FIELDS.splitToList(uidMap);
    return fields.size() >= 2 && !fields.get(1).equals("0");
  }

  /** A runtime that does not work may hold on to what it could not start. */
  private static void removeByForce(CriDriver driver, CriConfig config, PodId id)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SHORT.multipliedBy(3).toNanos();
    try {
      await(driver.remove(id), deadline);
    } catch (PodDriverException e) {
      PodCgroups.of(config.instance()).clear();
    }
    driver.firewall().remove();
  }

  private static <T> T await(CompletionStage<T> stage, long deadline) throws InterruptedException {
    try {
      return stage
          .toCompletableFuture()
          .get(Math.max(deadline - System.nanoTime(), 1), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PodDriverException failure
          ? failure
          : new PodDriverException(Reason.START_FAILED, String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new PodDriverException(
          Reason.TIMEOUT, "it did not come to its end within " + PATIENCE.toSeconds() + " s", e);
    }
  }

  /** Takes the first line, or nothing if there is none. */
  private record FirstLine(CompletableFuture<String> line) implements Flow.Subscriber<LogLine> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(1);
    }

    @Override
    public void onNext(LogLine first) {
      line.complete(first.text());
    }

    @Override
    public void onError(Throwable failure) {
      line.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      line.complete("");
    }
  }
}
