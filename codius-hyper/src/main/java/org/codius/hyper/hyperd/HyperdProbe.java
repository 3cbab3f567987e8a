package org.codius.hyper.hyperd;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.cri.PauseImage;

/**
 * Finds out whether a hyperd really runs pods, by running one to its exit.
 *
 * <p>The pod is of an instance of its own, and its image is given to hyperd with it, so that
 * nothing has to be pulled. Its program is ours and looks at nothing but itself: no firewall is put
 * around it. Not to be called on a loop of the group.
 */
public final class HyperdProbe {

  /** How long hyperd may take to answer, to take the image, and to run the pod to its exit. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int SMALL_MIB = 128;
  private static final String CONTAINER = "probe";

  private final HyperdConnection connection;
  private final HyperdApi api;
  private final HyperdConfig config;
  private final Duration patience;
  private final Duration removal;
  private final PodId id;
  private final String image;

  private HyperdProbe(
      HyperdConfig config, HyperdConnection connection, Duration patience, Duration removal) {
    this.connection = connection;
    this.api = new HyperdApi(connection, config);
    this.config = config;
    this.patience = patience;
    this.removal = removal;
    String number = Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 28));
    this.id = new PodId("probe" + number, CONTAINER);
    this.image = "codius.local/probe:" + number;
  }

  /**
   * Returns hyperd's version. Blocks.
   *
   * @throws PodDriverException if it does not answer
   */
  public static String version(HyperdConfig config, EventLoopGroup group) {
    try (HyperdConnection connection = new HyperdConnection(config, group)) {
      HyperdProbe probe = new HyperdProbe(config, connection, PATIENCE, PATIENCE);
      return probe.await(probe.api.version(), probe.deadline()).text();
    }
  }

  /**
   * Runs the pod, and removes it and its image. Blocks.
   *
   * @throws PodDriverException if it does not come to its exit in time, or something of it stays;
   *     {@code RUNTIME_UNAVAILABLE} if it was not even tried
   */
  public static void run(HyperdConfig config, EventLoopGroup group) {
    run(config, group, PATIENCE, PATIENCE);
  }

  static void run(HyperdConfig config, EventLoopGroup group, Duration patience, Duration removal) {
    try (HyperdConnection connection = new HyperdConnection(config, group)) {
      new HyperdProbe(config, connection, patience, removal).run();
    }
  }

  private void run() {
    long deadline = deadline();
    try {
      require(await(api.load(PauseImage.dockerArchive(image)), deadline), "give it an image");
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "run a pod to try: make an image: " + e.getMessage(), e);
    }
    try {
      runToExit();
    } catch (PodDriverException e) {
      try {
        remove();
      } catch (PodDriverException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
    remove();
  }

  private void runToExit() {
    PodSpec pod =
        new PodSpec(
            id,
            List.of(
                new PodSpec.Container(CONTAINER, image, List.of(PauseImage.PROBE), "/", Map.of())),
            new PodSpec.Resources(1, SMALL_MIB, SMALL_MIB, SMALL_MIB));
    long deadline = deadline();
    require(await(api.create(id, PodJson.of(pod, List.of())), deadline), "create it");
    require(await(api.start(id), deadline), "start it");
    int code = await(api.exitCode(PodInfo.containerPrefix(id) + CONTAINER), deadline);
    if (code != 0) {
      throw new PodDriverException(
          Reason.START_FAILED, "run a pod to try: it ended with code " + code);
    }
  }

  private void remove() {
    long deadline = System.nanoTime() + removal.toNanos();
    var unused = await(new PodRemover(api, connection, config).remove(id), deadline);
    require(await(api.deleteImage(image), deadline), "remove its image");
  }

  private long deadline() {
    return System.nanoTime() + patience.toNanos();
  }

  private static void require(HyperdReply reply, String action) {
    if (!reply.isSuccess()) {
      throw reply.failure(Reason.START_FAILED, "run a pod to try: " + action);
    }
  }

  private <T> T await(CompletableFuture<T> stage, long deadline) {
    try {
      return stage.get(Math.max(deadline - System.nanoTime(), 1), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Stages.bare(requireNonNull(e.getCause(), "cause"));
      throw cause instanceof PodDriverException failure
          ? failure
          : new PodDriverException(Reason.START_FAILED, "run a pod to try: " + cause, e);
    } catch (TimeoutException e) {
      throw new PodDriverException(
          Reason.TIMEOUT,
          "run a pod to try: it did not come to its end within " + patience.toMillis() + " ms",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "run a pod to try: interrupted", e);
    }
  }
}
