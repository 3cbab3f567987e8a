package org.codius.daemon.lease;

import static java.util.Objects.requireNonNull;

/** A request cannot be met. Says why, and what its sender can do; nothing was charged for it. */
public final class RefusedException extends RuntimeException {

  private final Reason reason;
  private final String help;

  public RefusedException(Reason reason, String message, String help) {
    super(message);
    this.reason = reason;
    this.help = help;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }

  public Reason reason() {
    return reason;
  }

  /** Returns the next step, in a sentence. */
  public String help() {
    return help;
  }

  /** Stable: clients act on these names. */
  public enum Reason {
    /** The duration is no whole number of seconds that can be bought. */
    INVALID_DURATION,
    /** The host has just been started, and does not run pods yet. */
    HOST_STARTING,
    /** What runs the pods keeps them apart less than the operator demands. */
    ISOLATION_TOO_WEAK,
    /** The firewall could not be applied, so no pod is run. */
    FIREWALL_FAILED,
    /** The host cannot buy from itself, and its operator lets nobody else then. */
    SELF_TEST_FAILED,
    /** The disk is nearly full. */
    DISK_LOW,
    /** No room for another pod. */
    HOST_FULL,
    /** More purchases are under way than the host takes on. */
    HOST_BUSY,
    /** The token has bought, or paid for, or is paying for something else. */
    PAY_TOKEN_MISMATCH,
    /** The payer would not send as much as it costs. */
    PAYMENT_TOO_LOW,
    /** The operator does not have it run here. */
    BANNED,
    /** The operator has the host emptied; it sells nothing. */
    DRAINING,
    /** The host is going down, most likely to be started again. */
    SHUTTING_DOWN,
    /** The caller hung up. */
    CALLER_GONE,
    /** There is no such pod. */
    POD_NOT_FOUND,
    /** The token shown is of no purchase of the pod. */
    MANAGEMENT_TOKEN_WRONG,
    /** The pod's manifest does not open its logs to everyone. */
    LOGS_CLOSED,
    /** The registry has no such image. */
    IMAGE_NOT_FOUND,
    /** The image could not be pulled. */
    IMAGE_PULL_FAILED,
    /** The image is still being pulled when time is up. */
    IMAGE_STILL_PULLING,
    /** The image lacks the program to run. */
    COMMAND_NOT_FOUND,
    /** The pod did not come up, or ended at once. */
    START_FAILED,
    /** The pod was not up when time was up. */
    START_TOO_SLOW,
    /** What runs the pods here does not work now. */
    RUNTIME_UNAVAILABLE
  }
}
