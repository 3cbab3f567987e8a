package org.codius.payments.btp;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One named thing a BTP packet carries.
 *
 * <p>Shows its name only: it may be a token.
 */
final class ProtocolData {

  static final String ILP = "ilp";
  static final String AUTH = "auth";
  static final String AUTH_USERNAME = "auth_username";
  static final String AUTH_TOKEN = "auth_token";

  static final int OCTET_STREAM = 0;
  static final int TEXT = 1;

  private final String name;
  private final int contentType;
  private final byte[] data;

  /** Takes {@code data} as it is: nobody changes it any more. */
  ProtocolData(String name, int contentType, byte[] data) {
    this.name = name;
    this.contentType = contentType;
    this.data = data;
  }

  static ProtocolData octets(String name, byte[] data) {
    return new ProtocolData(name, OCTET_STREAM, data);
  }

  static ProtocolData text(String name, String text) {
    return new ProtocolData(name, TEXT, text.getBytes(UTF_8));
  }

  String name() {
    return name;
  }

  int contentType() {
    return contentType;
  }

  byte[] data() {
    return data;
  }

  String asText() {
    return new String(data, UTF_8);
  }

  @Override
  public String toString() {
    return name + "[" + data.length + "]";
  }
}
