package org.codius.proxy;

import static java.util.Objects.requireNonNull;

/** The proxy could not do what it was asked to, as to listen on a port that is taken. */
public final class ProxyException extends RuntimeException {

  public ProxyException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }
}
