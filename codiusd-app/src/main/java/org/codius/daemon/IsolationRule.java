package org.codius.daemon;

import com.google.common.base.Ascii;
import java.util.function.Supplier;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * No pod is sold where less stands between it and the host than the operator demands.
 *
 * @param least what is demanded
 * @param runtime tells what there is
 */
record IsolationRule(Isolation least, Supplier<RuntimeInfo> runtime) implements AdmissionRule {

  @Override
  public String name() {
    return "ISOLATION";
  }

  @Override
  public void check(Order order) {
    RuntimeInfo there = runtime.get();
    boolean isWeaker = there.isolation().compareTo(least) > 0; // the strongest comes first
    if (isWeaker && order.upload().isPresent()) {
      throw new RefusedException(
          Reason.ISOLATION_TOO_WEAK,
          "isolation: %s, by %s (expected: at least %s)"
              .formatted(words(there.isolation()), there.name(), words(least)),
          "Try another host. Its operator can install gVisor or Kata, or accept less with"
              + " CODIUS_MIN_ISOLATION.");
    }
  }

  private static String words(Isolation isolation) {
    return Ascii.toLowerCase(isolation.name());
  }
}
