package org.codius.hyper;

import static java.util.Objects.requireNonNull;

/** A call to the runtime failed. The message reads {@code action: reason}. */
public final class PodDriverException extends RuntimeException {

  private final Reason reason;

  public PodDriverException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public PodDriverException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }

  public Reason reason() {
    return reason;
  }

  /** What went wrong, as far as a caller would act differently. */
  public enum Reason {
    /** The registry has no such image, does not show it to us, or is not one to pull from. */
    IMAGE_NOT_FOUND,
    /** The image is larger than the limits allow. */
    IMAGE_TOO_LARGE,
    /** The image is there but cannot run here: made for another architecture, or broken. */
    IMAGE_UNUSABLE,
    /** The registry could not be reached or broke off. */
    IMAGE_PULL_FAILED,
    /** The image does not have the program the container is to run. */
    COMMAND_NOT_FOUND,
    /** The pod or a container of it could not be started. */
    START_FAILED,
    /** The firewall could not be applied, so nothing is run. */
    FIREWALL_FAILED,
    /** There is no pod of that id, or no container of that name in it that runs. */
    NO_SUCH_POD,
    /** The runtime cannot do it, see {@link RuntimeInfo#features}. */
    UNSUPPORTED,
    /** The call took too long. */
    TIMEOUT,
    /** The runtime does not answer. */
    RUNTIME_UNAVAILABLE
  }
}
