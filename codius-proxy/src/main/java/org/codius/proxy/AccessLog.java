package org.codius.proxy;

/** Is told of every request when it has ended. Called on an event loop: must not block. */
@FunctionalInterface
public interface AccessLog {

  /** Notes nothing. */
  AccessLog OFF = access -> {};

  void ended(Access access);
}
