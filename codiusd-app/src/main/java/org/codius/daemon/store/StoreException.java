package org.codius.daemon.store;

/** The host's store failed. The message reads {@code action: reason}. */
public final class StoreException extends RuntimeException {

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
