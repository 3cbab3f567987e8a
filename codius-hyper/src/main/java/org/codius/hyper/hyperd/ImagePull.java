package org.codius.hyper.hyperd;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PullProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls images. Safe for use by several threads. */
final class ImagePull {

  private static final Logger log = LoggerFactory.getLogger(ImagePull.class);

  /**
   * What the docker inside hyperd and the registry protocol say of an image that is not there or
   * not shown. The status tells nothing: an unknown digest is 500 and a host name that does not
   * resolve 404.
   */
  private static final Pattern NOT_FOUND =
      Pattern.compile(
          "Error: image \\S+ not found"
              + "|(manifest unknown|name unknown|unauthorized|denied): .*"
              + "|Error parsing reference: .*",
          Pattern.DOTALL);

  private final HyperdApi api;

  ImagePull(HyperdApi api) {
    this.api = api;
  }

  /**
   * Fails as soon as the image is seen to be too large. hyperd cannot be made to stop then: when it
   * is done the image is deleted.
   *
   * @param allowed completes when the image may be asked for
   */
  CompletableFuture<Void> pull(
      CompletableFuture<Void> allowed,
      String image,
      ImageLimits limits,
      Consumer<? super PullProgress> progress) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    if (image.isBlank()) { // hyperd would import something instead
      result.completeExceptionally(
          new PodDriverException(Reason.IMAGE_NOT_FOUND, "pull \"\": an image has a name"));
      return result;
    }
    var unused =
        allowed.whenComplete(
            (ok, failure) -> {
              if (failure != null) {
                result.completeExceptionally(Stages.bare(failure));
              } else if (!result.isDone()) {
                begin(image, limits, progress, result);
              }
            });
    return result;
  }

  private void begin(
      String image,
      ImageLimits limits,
      Consumer<? super PullProgress> progress,
      CompletableFuture<Void> result) {
    PullLayers layers =
        new PullLayers(
            limits,
            progress,
            excess ->
                result.completeExceptionally(
                    new PodDriverException(
                        Reason.IMAGE_TOO_LARGE, "pull " + image + ": " + excess)));
    CompletableFuture<HyperdReply> pull = api.pull(HyperdImage.of(image), layers);
    pull.whenComplete(
        (reply, failure) -> {
          if (layers.isExceeded()) {
            delete(image);
          } else if (reply == null) {
            result.completeExceptionally(Stages.bare(failure));
          } else if (reply.isSuccess() && reply.body().isEmpty()) {
            result.complete(null);
          } else {
            Reason reason =
                NOT_FOUND.matcher(reply.body().strip()).matches()
                    ? Reason.IMAGE_NOT_FOUND
                    : Reason.IMAGE_PULL_FAILED;
            result.completeExceptionally(reply.failure(reason, "pull " + image));
          }
        });
    result.whenComplete(
        (done, failure) -> {
          if (result.isCancelled()) {
            pull.cancel(false);
          }
        });
  }

  private void delete(String image) {
    api.deleteImage(HyperdImage.of(image))
        .whenComplete(
            (reply, failure) -> {
              if (failure != null || !reply.isSuccess()) {
                log.warn(
                    "image that is too large not deleted image={} reason={}",
                    image,
                    failure == null ? reply.body().strip() : failure.toString());
              }
            });
  }
}
