package org.codius.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The header fields that mean something to the proxy. All others it passes on as they are. */
enum FieldName {
  ACCEPT("accept", false),
  CONNECTION("connection", true),
  CONTENT_LENGTH("content-length", false),
  DATE("date", false),
  EXPECT("expect", false),
  FORWARDED("forwarded", false),
  HOST("host", false),
  HTTP2_SETTINGS("http2-settings", true),
  KEEP_ALIVE("keep-alive", true),
  MAX_FORWARDS("max-forwards", false),
  PROXY("proxy", true),
  PROXY_AUTHENTICATE("proxy-authenticate", true),
  PROXY_AUTHORIZATION("proxy-authorization", true),
  PROXY_CONNECTION("proxy-connection", true),
  SET_COOKIE("set-cookie", false),
  TE("te", true),
  TRAILER("trailer", false),
  TRANSFER_ENCODING("transfer-encoding", true),
  UPGRADE("upgrade", true),
  X_FORWARDED_FOR("x-forwarded-for", false),
  X_FORWARDED_HOST("x-forwarded-host", false),
  X_FORWARDED_PROTO("x-forwarded-proto", false);

  private static final FieldName[][] BY_LENGTH = byLength();

  /** Every byte as it counts in a name: letters lowercase, all but them and digits a hyphen. */
  private static final byte[] FOLDED = folded();

  @SuppressWarnings("ImmutableEnumChecker") // nothing changes it
  private final byte[] lowercase;

  private final boolean hopByHop;

  FieldName(String lowercase, boolean hopByHop) {
    this.lowercase = lowercase.getBytes(StandardCharsets.US_ASCII);
    this.hopByHop = hopByHop;
  }

  /** Whether the field is for the next hop only (RFC 9110 §7.6.1). */
  boolean isHopByHop() {
    return hopByHop;
  }

  /**
   * Returns the name spelled by these bytes in any case, or null if it is none of these.
   *
   * <p>Whatever is neither letter nor digit counts as a hyphen, since CGI and its heirs make one
   * and the same of all of it; {@link #isDisguise} tells them apart.
   */
  static @Nullable FieldName find(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length >= BY_LENGTH.length) {
      return null;
    }
    for (FieldName candidate : BY_LENGTH[length]) {
      if (candidate.matches(bytes, from)) {
        return candidate;
      }
    }
    return null;
  }

  /** Whether a byte of a name only counts as a hyphen. */
  static boolean isDisguise(byte b) {
    return b != '-' && FOLDED[b & 0xff] == '-';
  }

  private boolean matches(byte[] bytes, int from) {
    for (int i = 0; i < lowercase.length; i++) {
      if (FOLDED[bytes[from + i] & 0xff] != lowercase[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] folded() {
    byte[] folded = new byte[256];
    for (int c = 0; c < folded.length; c++) {
      boolean isKept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      folded[c] = (byte) (c >= 'A' && c <= 'Z' ? c | 0x20 : isKept ? c : '-');
    }
    return folded;
  }

  private static FieldName[][] byLength() {
    int longest = 0;
    for (FieldName name : values()) {
      longest = Math.max(longest, name.lowercase.length);
    }
    FieldName[][] table = new FieldName[longest + 1][];
    for (int length = 0; length <= longest; length++) {
      int wanted = length;
      table[length] =
          Arrays.stream(values())
              .filter(name -> name.lowercase.length == wanted)
              .toArray(FieldName[]::new);
    }
    return table;
  }
}
