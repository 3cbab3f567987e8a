package org.codius.daemon;

import java.util.Optional;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;

/**
 * No pod is sold where nothing keeps pods from each other and from private networks.
 *
 * @param failure why the firewall could not be applied, if so
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
record FirewallRule(Optional<String> failure) implements AdmissionRule {

  @Override
  public String name() {
    return "FIREWALL";
  }

  @Override
  public void check(Order order) {
    if (failure.isPresent()) {
      throw new RefusedException(
          Reason.FIREWALL_FAILED,
          failure.get(),
          "Try another host. Its operator can ask codiusd doctor, and start it again once the"
              + " firewall can be applied.");
    }
  }
}
