package org.codius.payments.ilp;

/** Bytes from outside are not what their format allows. The message says what is wrong. */
public final class OerException extends RuntimeException {

  public OerException(String message) {
    super(message);
  }

  public OerException(String message, Throwable cause) {
    super(message, cause);
  }
}
