package org.codius.hyper.hyperd;

import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.codius.hyper.PodDriverException.Reason;

/** Pulls images. */
final class ImagePull {

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

  CompletableFuture<Void> pull(String image) {
    return api.pull(HyperdImage.of(image))
        .thenCompose(
            reply -> {
              if (reply.isSuccess() && reply.body().isEmpty()) {
                return CompletableFuture.<Void>completedFuture(null);
              }
              Reason reason =
                  NOT_FOUND.matcher(reply.body().strip()).matches()
                      ? Reason.IMAGE_NOT_FOUND
                      : Reason.IMAGE_PULL_FAILED;
              return CompletableFuture.failedFuture(reply.failure(reason, "pull " + image));
            });
  }
}
