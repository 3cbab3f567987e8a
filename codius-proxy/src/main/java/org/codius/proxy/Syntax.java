package org.codius.proxy;

/** The characters of HTTP, and how a message that breaks its rules is refused. */
enum Syntax {
  /** A client's message: it is told what is wrong with it. */
  REQUEST,
  /** A pod's message: the client is told that the pod is broken. */
  ANSWER;

  private static final int TOKEN = 1;
  private static final int FIELD_VALUE = 2;
  private static final int TARGET = 4;
  private static final byte[] CLASSES = classes();

  RefusedException bad(String message) {
    return new RefusedException(
        this == REQUEST ? Refusal.badRequest(message) : Refusal.brokenAnswer(message));
  }

  RefusedException tooManyFields(int limit) {
    return this == REQUEST
        ? new RefusedException(Refusal.tooManyFields(limit))
        : bad("more than " + limit + " header fields");
  }

  RefusedException headTooLarge(int limit) {
    return this == REQUEST
        ? new RefusedException(Refusal.tooLarge(limit))
        : bad("head is longer than " + limit + " bytes");
  }

  /** Whether it is a {@code tchar} (RFC 9110 §5.6.2). */
  static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  /** Whether it may be in a field value: visible, blank, or a byte above ASCII. */
  static boolean isFieldValue(byte b) {
    return (CLASSES[b & 0xff] & FIELD_VALUE) != 0;
  }

  /** Whether it may be in a request target: visible ASCII, but no fragment sign. */
  static boolean isTarget(byte b) {
    return (CLASSES[b & 0xff] & TARGET) != 0;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean visible = c > ' ' && c < 0x7f;
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      boolean token = alphanumeric || (visible && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
      boolean fieldValue = visible || c >= 0x80 || c == ' ' || c == '\t';
      boolean target = visible && c != '#';
      classes[c] =
          (byte) ((token ? TOKEN : 0) | (fieldValue ? FIELD_VALUE : 0) | (target ? TARGET : 0));
    }
    return classes;
  }
}
