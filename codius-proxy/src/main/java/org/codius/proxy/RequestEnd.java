package org.codius.proxy;

/** Read after the last byte of a request's body. A request without a body has none. */
enum RequestEnd {
  /** The body is all there. */
  COMPLETE,
  /** The rest will not come, or is not to be trusted. {@link RequestDecoder} has seen to it. */
  BROKEN
}
