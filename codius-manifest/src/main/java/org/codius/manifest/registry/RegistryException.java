package org.codius.manifest.registry;

/**
 * A registry did not say which image a reference means.
 *
 * <p>The message names the image, the registry and what it answered. Never a password or token.
 */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RegistryException(String message) {
    super(message);
  }

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
