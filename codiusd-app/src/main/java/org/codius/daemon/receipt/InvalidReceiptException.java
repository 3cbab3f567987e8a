package org.codius.daemon.receipt;

import static java.util.Objects.requireNonNull;

/** What was shown is no receipt, or not one that the key it names has signed. */
public final class InvalidReceiptException extends RuntimeException {

  InvalidReceiptException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }
}
