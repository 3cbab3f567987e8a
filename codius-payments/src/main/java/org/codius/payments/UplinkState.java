package org.codius.payments;

import static java.util.Objects.requireNonNull;

/**
 * How an uplink is doing, for those who watch it.
 *
 * @param isConnected whether packets can be sent now
 * @param failedAttempts how often it has tried to come back since it was last connected
 * @param problem what went wrong last, {@code action: reason}; empty while connected. Shows no
 *     secret
 */
public record UplinkState(boolean isConnected, int failedAttempts, String problem) {

  public static final UplinkState CONNECTED = new UplinkState(true, 0, "");

  public UplinkState {
    requireNonNull(problem, "problem");
  }

  /** Returns a state that is not connected, before any attempt to come back. */
  public static UplinkState down(String problem) {
    return new UplinkState(false, 0, problem);
  }

  /** Returns this state after one more attempt failed. */
  public UplinkState failedAgain(String why) {
    return new UplinkState(false, failedAttempts + 1, why);
  }
}
