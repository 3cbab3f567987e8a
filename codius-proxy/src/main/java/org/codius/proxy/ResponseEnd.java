package org.codius.proxy;

/** Written after an answer's last byte, to {@link RequestDecoder}, which goes by it. */
enum ResponseEnd {
  /** The connection may carry another request. */
  KEEP,
  /** The connection is to be closed. */
  CLOSE,
  /** The answer was a 101: the connection carries another protocol from here on. */
  UPGRADED
}
