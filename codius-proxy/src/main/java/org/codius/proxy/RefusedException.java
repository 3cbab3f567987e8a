package org.codius.proxy;

import static java.util.Objects.requireNonNull;

/** A message that is not passed on. Has no stack trace: it is made for every bad request. */
final class RefusedException extends Exception {

  private final transient Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.message(), null, false, false);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return requireNonNull(refusal);
  }
}
