package org.codius.daemon.lease;

import java.time.Duration;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;

/** Every refusal, in the words its reader sees: the original's where it had any. */
final class Refusals {

  private static final String LATER = "Try again in a minute.";

  private Refusals() {}

  static RefusedException tooLong(Duration duration, Duration most) {
    return new RefusedException(
        Reason.INVALID_DURATION,
        "duration: %d s (expected: at most %d s)".formatted(duration.toSeconds(), most.toSeconds()),
        "Buy less now and extend the pod later.");
  }

  static RefusedException noSuchClass(String name) {
    return new RefusedException(
        Reason.START_FAILED,
        "machine: \"" + name + "\" is not sold here",
        "Ask for a machine that the host's /info names.");
  }

  static RefusedException tokenMismatch() {
    return new RefusedException(
        Reason.PAY_TOKEN_MISMATCH,
        "this Pay-Token is for something else",
        "Nothing was taken. Use a new Pay-Token for each purchase.");
  }

  static RefusedException tooLow(Amount offered, Amount price) {
    return new RefusedException(
        Reason.PAYMENT_TOO_LOW,
        "the payment's limit, %s, is below the price, %s".formatted(offered, price),
        "Nothing was taken. Ask again, and let the payment go up to the price.");
  }

  static RefusedException full() {
    return new RefusedException(
        Reason.HOST_FULL,
        "Memory usage exceeded. Send pod request later.",
        "Try again later, or another host.");
  }

  static RefusedException busy(String why) {
    return new RefusedException(Reason.HOST_BUSY, "start pod: " + why, LATER);
  }

  static RefusedException shuttingDown() {
    return new RefusedException(
        Reason.SHUTTING_DOWN,
        "The host is going down.",
        "Nothing was taken. Try again when it is back.");
  }

  static RefusedException notFound(ManifestHash hash) {
    return new RefusedException(
        Reason.POD_NOT_FOUND,
        "no pod found with id. id=" + hash.value(),
        "It has expired or was never here. Upload its manifest again.");
  }

  static RefusedException noLogs(ManifestHash hash) {
    return new RefusedException(
        Reason.POD_NOT_FOUND,
        "no pod found with this id. id=" + hash.value(),
        "It has expired or was never here.");
  }

  static RefusedException logsClosed(ManifestHash hash) {
    return new RefusedException(
        Reason.LOGS_CLOSED,
        "pod manifest does not allow debugging. id=" + hash.value(),
        "Show the management token of the purchase that started it, or upload the pod with"
            + " \"debug\": true in its manifest.");
  }

  static RefusedException wrongManagementToken(ManifestHash hash) {
    return new RefusedException(
        Reason.MANAGEMENT_TOKEN_WRONG,
        "this management token is of no purchase of the pod. id=" + hash.value(),
        "Show the one that the POST or PUT which bought the time was answered with.");
  }

  static RefusedException callerGone() {
    return new RefusedException(
        Reason.CALLER_GONE, "take payment: the caller has left", "Ask again.");
  }

  static RefusedException stillPulling(String image) {
    return new RefusedException(
        Reason.IMAGE_STILL_PULLING,
        "pull " + image + ": not here in time",
        "Nothing was taken, and the pull goes on. " + LATER);
  }

  static RefusedException tooSlow(String why) {
    return new RefusedException(
        Reason.START_TOO_SLOW,
        "start pod: " + why,
        "Try again: its images are here by now. Nothing was taken.");
  }

  static RefusedException ended(PodStatus.Container container) {
    String reason = container.reason().isEmpty() ? "" : " (" + container.reason() + ")";
    return new RefusedException(
        Reason.START_FAILED,
        "start container %s: it ended at once with exit code %d%s"
            .formatted(container.name(), container.exitCode().orElse(-1), reason),
        "Run the image with the same command and environment to see why it ends.");
  }

  static RefusedException vanished() {
    return new RefusedException(
        Reason.START_FAILED, "start pod: it was gone at once", "See the host's log for why.");
  }

  static RefusedException noAnswer() {
    return new RefusedException(
        Reason.RUNTIME_UNAVAILABLE, "ask for the pod: no answer in time", LATER);
  }

  /** What no runtime would take, such as a container's name with spaces. */
  static RefusedException unrunnable(IllegalArgumentException e) {
    return new RefusedException(
        Reason.START_FAILED, "start pod: " + e.getMessage(), "Correct the manifest.");
  }

  /** Says what the runtime said, with what its reader can do about it. */
  static RefusedException of(PodDriverException e) {
    return switch (e.reason()) {
      case IMAGE_NOT_FOUND ->
          new RefusedException(
              Reason.IMAGE_NOT_FOUND,
              e.getMessage(),
              "Check the image's name and digest; it must be public.");
      case IMAGE_TOO_LARGE, IMAGE_UNUSABLE ->
          new RefusedException(
              Reason.IMAGE_NOT_FOUND, e.getMessage(), "Use a smaller image, or one made for here.");
      case IMAGE_PULL_FAILED ->
          new RefusedException(
              Reason.IMAGE_PULL_FAILED, e.getMessage(), "Try again, or use another registry.");
      case COMMAND_NOT_FOUND ->
          new RefusedException(
              Reason.COMMAND_NOT_FOUND,
              e.getMessage(),
              "Check the container's command against what the image holds.");
      case START_FAILED, NO_SUCH_POD ->
          new RefusedException(
              Reason.START_FAILED, e.getMessage(), "Check the container's image and command.");
      case TIMEOUT -> new RefusedException(Reason.START_TOO_SLOW, e.getMessage(), LATER);
      case FIREWALL_FAILED ->
          new RefusedException(
              Reason.FIREWALL_FAILED,
              e.getMessage(),
              "No pod runs unprotected. The host's operator must look into it: codiusd doctor"
                  + " names the cause.");
      case RUNTIME_UNAVAILABLE, UNSUPPORTED ->
          new RefusedException(
              Reason.RUNTIME_UNAVAILABLE,
              e.getMessage(),
              "The host's operator must look into it: codiusd doctor names the cause.");
    };
  }
}
