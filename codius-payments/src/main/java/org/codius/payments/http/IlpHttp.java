package org.codius.payments.http;

/** What RFC 35 says about the messages. */
final class IlpHttp {

  static final String CONTENT_TYPE = "application/octet-stream";

  /** The largest ILP packet is under 34,000 bytes. */
  static final int MAXIMUM_BODY = 48 * 1024;

  private IlpHttp() {}
}
