package org.codius.payments;

import static java.util.Objects.requireNonNull;

/** A payment, or the connection it needs, failed. The message reads {@code action: reason}. */
public final class PaymentException extends RuntimeException {

  public PaymentException(String message) {
    super(message);
  }

  public PaymentException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }
}
