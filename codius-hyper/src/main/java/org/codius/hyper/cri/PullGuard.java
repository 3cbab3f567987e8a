package org.codius.hyper.cri;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.image.ImageName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls an image, and breaks off when its layers unpack to more than they may: ten gigabytes of
 * zeros are ten megabytes to fetch.
 *
 * <p>Only containerd tells what an image takes up while it is unpacked, and only with {@code
 * disable_snapshot_annotations = false}; with others a bomb is not noticed. Blocks. Safe for use by
 * several threads.
 */
final class PullGuard {

  private static final Logger log = LoggerFactory.getLogger(PullGuard.class);

  private static final Duration PERIOD = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final CriConfig config;
  private final CriClient client;
  private final String snapshotter;
  private final ScheduledExecutorService executor;

  PullGuard(
      CriConfig config, CriClient client, String snapshotter, ScheduledExecutorService executor) {
    this.config = config;
    this.client = client;
    this.snapshotter = snapshotter;
    this.executor = executor;
  }

  void pull(ImageName name, ImageLimits limits) {
    AtomicBoolean isTooLarge = new AtomicBoolean();
    CancellableContext context = Context.current().withCancellation();
    Runnable look =
        () -> {
          if (isAbove(name, limits)) {
            isTooLarge.set(true);
            context.cancel(null);
          }
        };
    Future<?> guard =
        executor.scheduleWithFixedDelay(
            look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    try {
      context.run(() -> client.images().pull(name.toString(), config.limits().pullTimeout()));
      guard.cancel(false);
      look.run(); // it may have been quicker than we
    } catch (StatusRuntimeException e) {
      if (!isTooLarge.get()) {
        throw e;
      }
      log.debug("pull broken off image={}", name, e);
    } finally {
      guard.cancel(false);
      context.cancel(null);
    }
    if (isTooLarge.get()) {
      client.images().remove(name.toString(), config.limits().callTimeout());
      throw new PodDriverException(
          Reason.IMAGE_TOO_LARGE,
          "pull %s: unpacked it is larger than allowed (%d MiB)"
              .formatted(name, limits.unpackedBytes() >> 20));
    }
  }

  private boolean isAbove(ImageName name, ImageLimits limits) {
    try {
      return client
          .snapshots()
          .useOfImage(snapshotter, name.toString(), TIMEOUT)
          .isAbove(limits.unpackedBytes());
    } catch (StatusRuntimeException e) {
      log.debug("size of image not known yet image={}", name, e);
      return false;
    }
  }
}
