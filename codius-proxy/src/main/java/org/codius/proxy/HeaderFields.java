package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a head, checked to the letter and kept as the bytes they came in.
 *
 * <p>{@code field-name ":" OWS field-value OWS CRLF} (RFC 9112 §5). Refused: folded lines, white
 * space before the colon, any control character, a bare CR or LF, a name of ours spelled with
 * something else for its hyphens. Values are read as ISO 8859-1, as which every byte survives.
 */
final class HeaderFields {

  private static final int SPAN = 4;
  private static final int USUAL_FIELDS = 8;
  private static final int MAX_DIGITS = 18;

  private final byte[] bytes;
  private final Syntax syntax;
  private int[] spans = new int[SPAN * USUAL_FIELDS];
  private @Nullable FieldName[] names = new FieldName[USUAL_FIELDS];
  private int count;

  /** Where the last line ends. */
  private final int end;

  private HeaderFields(byte[] bytes, int end, Syntax syntax) {
    this.bytes = bytes;
    this.end = end;
    this.syntax = syntax;
  }

  /**
   * Parses the lines between {@code from} and {@code to}, without the empty line that ends them.
   */
  static HeaderFields parse(byte[] bytes, int from, int to, int limit, Syntax syntax)
      throws RefusedException {
    HeaderFields fields = new HeaderFields(bytes, to, syntax);
    int at = from;
    while (at < to) {
      if (fields.count == limit) {
        throw syntax.tooManyFields(limit);
      }
      at = fields.line(at, to);
    }
    return fields;
  }

  private int line(int from, int to) throws RefusedException {
    int colon = from;
    while (colon < to && Syntax.isToken(bytes[colon])) {
      colon++;
    }
    if (colon == to || bytes[colon] != ':') {
      throw syntax.bad(
          colon == from && Syntax.isBlank(bytes[from])
              ? "header field is folded"
              : "header field name holds a character that it must not");
    }
    if (colon == from) {
      throw syntax.bad("header field has no name");
    }
    int start = colon + 1;
    while (start < to && Syntax.isBlank(bytes[start])) {
      start++;
    }
    int cr = start;
    while (cr < to && Syntax.isFieldValue(bytes[cr])) {
      cr++;
    }
    if (cr + 1 >= to || bytes[cr] != '\r' || bytes[cr + 1] != '\n') {
      throw syntax.bad("header field value holds a control character");
    }
    int end = cr;
    while (end > start && Syntax.isBlank(bytes[end - 1])) {
      end--;
    }
    add(from, colon, start, end);
    return cr + 2;
  }

  private void add(int nameFrom, int nameTo, int valueFrom, int valueTo) throws RefusedException {
    FieldName name = FieldName.find(bytes, nameFrom, nameTo);
    if (name != null) {
      for (int i = nameFrom; i < nameTo; i++) {
        if (FieldName.isDisguise(bytes[i])) {
          throw syntax.bad("header field name is a disguised " + name(nameFrom, nameTo));
        }
      }
    }
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      spans = Arrays.copyOf(spans, 2 * SPAN * count);
    }
    names[count] = name;
    int at = SPAN * count;
    spans[at] = nameFrom;
    spans[at + 1] = nameTo;
    spans[at + 2] = valueFrom;
    spans[at + 3] = valueTo;
    count++;
  }

  private String name(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  int count() {
    return count;
  }

  /** Returns which of the proxy's own fields the i-th is, or null. */
  @Nullable FieldName known(int i) {
    return names[i];
  }

  String name(int i) {
    return name(spans[SPAN * i], spans[SPAN * i + 1]);
  }

  String value(int i) {
    return name(valueFrom(i), valueTo(i));
  }

  private int valueFrom(int i) {
    return spans[SPAN * i + 2];
  }

  private int valueTo(int i) {
    return spans[SPAN * i + 3];
  }

  /** Whether the i-th field's value is {@code text}, found without making a string of it. */
  boolean valueEquals(int i, String text) {
    int from = valueFrom(i);
    if (valueTo(i) - from != text.length()) {
      return false;
    }
    for (int k = 0; k < text.length(); k++) {
      if ((bytes[from + k] & 0xff) != text.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  void writeValue(ByteBuf out, int i) {
    out.writeBytes(bytes, valueFrom(i), valueTo(i) - valueFrom(i));
  }

  /** Returns the i-th field's value, which must be a number. */
  long number(int i) throws RefusedException {
    int from = valueFrom(i);
    int to = valueTo(i);
    if (from == to || to - from > MAX_DIGITS) {
      throw syntax.bad(name(i) + " is not a number of at most 18 digits");
    }
    long length = 0;
    for (int at = from; at < to; at++) {
      if (!Syntax.isDigit(bytes[at])) {
        throw syntax.bad(name(i) + " is not a number of at most 18 digits");
      }
      length = 10 * length + (bytes[at] - '0');
    }
    return length;
  }

  /** Returns the index of the first field of that name, or -1. */
  int indexOf(FieldName name) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Appends the lines of all fields that {@code kept} says, in their order.
   *
   * @param line where in the bytes the line before the first field begins if that is to be appended
   *     too, or -1
   */
  void writeTo(ByteBuf out, int line, Kept kept) {
    int run = line;
    for (int i = 0; i < count; i++) {
      if (kept.test(this, i)) {
        if (run < 0) {
          run = spans[SPAN * i];
        }
      } else if (run >= 0) {
        out.writeBytes(bytes, run, spans[SPAN * i] - run);
        run = -1;
      }
    }
    if (run >= 0) {
      out.writeBytes(bytes, run, end - run);
    }
  }

  /** Chooses fields. */
  @FunctionalInterface
  interface Kept {
    boolean test(HeaderFields fields, int i);
  }
}
