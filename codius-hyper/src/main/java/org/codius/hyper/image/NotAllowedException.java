package org.codius.hyper.image;

import java.net.UnknownHostException;

/**
 * What was asked for is not to be had: a rule forbids it.
 *
 * <p>The message is for the operator's log. Whoever asked is told the same as for what does not
 * exist.
 */
final class NotAllowedException extends UnknownHostException {

  private static final long serialVersionUID = 1L;

  NotAllowedException(String message) {
    super(message);
  }
}
