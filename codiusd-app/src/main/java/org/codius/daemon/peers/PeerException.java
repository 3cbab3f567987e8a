package org.codius.daemon.peers;

/** Another host could not be asked, or its answer is of no use. */
final class PeerException extends RuntimeException {

  PeerException(String message) {
    super(message);
  }
}
