package org.codius.payments.stream;

/** Why a stream or a connection was closed (RFC 29 §5.4). */
final class CloseCode {

  static final int NO_ERROR = 1;
  static final int INTERNAL_ERROR = 2;
  static final int FLOW_CONTROL_ERROR = 4;
  static final int STREAM_ID_ERROR = 5;
  static final int STREAM_STATE_ERROR = 6;
  static final int PROTOCOL_VIOLATION = 8;

  private CloseCode() {}
}
