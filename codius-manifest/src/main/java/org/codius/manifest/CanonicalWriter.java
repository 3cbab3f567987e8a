package org.codius.manifest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.collect.Range;
import com.google.common.collect.TreeRangeSet;
import org.codius.manifest.JsonObject.Member;

/**
 * Streams the canonical form of a value to a sink, block by block.
 *
 * <p>The form is that of npm canonical-json 0.0.4, which every Codius manifest hash rests on: no
 * white space, object names sorted by UTF-16 unit, numbers as JavaScript prints them (infinite ones
 * as {@code null}), strings with json2.js's escapes. Those escapes cover more than JSON demands:
 * all controls, the soft hyphen, some Arabic, Syriac and Khmer signs, zero-width and directional
 * marks, and U+FFF0 to U+FFFF. Half a surrogate pair becomes U+FFFD's bytes, as Node encodes it.
 */
final class CanonicalWriter {

  /** Receives the canonical form in pieces, in order. */
  interface Sink {
    void accept(byte[] bytes, int offset, int length);
  }

  /** Enough for a small manifest, in blocks of SHA-256. */
  private static final int FIRST_BUFFER = 256;

  /** What follows when that was full twice. */
  private static final int BUFFER = 4096;

  /** The most bytes one UTF-16 unit turns into: a backslash, u and four digits. */
  private static final int MAX_UNIT = 6;

  private static final boolean[] ESCAPED = escapedUnits();
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

  private final Sink sink;
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int used;
  private int flushes;

  private CanonicalWriter(Sink sink) {
    this.sink = sink;
  }

  static void write(JsonValue value, Sink sink) {
    CanonicalWriter writer = new CanonicalWriter(sink);
    writer.value(value);
    writer.flush();
  }

  private void value(JsonValue value) {
    if (value instanceof JsonValue.Text text) {
      string(text.value(), text.isPlain());
    } else if (value instanceof JsonObject object) {
      object(object);
    } else if (value instanceof JsonValue.Array array) {
      array(array);
    } else if (value instanceof JsonValue.Numeral number) {
      ascii(Double.isInfinite(number.value()) ? "null" : EcmaNumber.text(number.value()));
    } else {
      ascii(JsonText.word((JsonValue.Literal) value));
    }
  }

  private void object(JsonObject object) {
    char before = '{';
    for (Member member : object.sortedByName()) {
      name(before, member.name(), member.isNamePlain());
      value(member.value());
      before = ',';
    }
    if (before == '{') {
      put('{');
    }
    put('}');
  }

  private void array(JsonValue.Array array) {
    put('[');
    boolean isFirst = true;
    for (JsonValue element : array.elements()) {
      if (!isFirst) {
        put(',');
      }
      isFirst = false;
      value(element);
    }
    put(']');
  }

  /** Writes a name between what comes before it and its colon, in one go where there is room. */
  @SuppressWarnings("deprecation") // as below
  private void name(char before, String name, boolean isPlain) {
    int length = name.length();
    int at = used;
    byte[] target = buffer;
    if (isPlain && length + 4 <= target.length - at) {
      target[at] = (byte) before;
      target[at + 1] = '"';
      name.getBytes(0, length, target, at + 2);
      target[at + length + 2] = '"';
      target[at + length + 3] = ':';
      used = at + length + 4;
      return;
    }
    put(before);
    string(name, isPlain);
    put(':');
  }

  @SuppressWarnings("deprecation") // as below
  private void string(String value, boolean isPlain) {
    int length = value.length();
    if (isPlain && length + 2 <= buffer.length - used) {
      buffer[used] = '"';
      value.getBytes(0, length, buffer, used + 1);
      buffer[used + length + 1] = '"';
      used += length + 2;
      return;
    }
    put('"');
    if (isPlain) {
      ascii(value);
    } else {
      escaped(value);
    }
    put('"');
  }

  /** Copies text of ASCII characters, in as few blocks as the buffer allows. */
  @SuppressWarnings("deprecation") // the deprecated method is the one that copies ASCII and no more
  private void ascii(String text) {
    int from = 0;
    while (from < text.length()) {
      reserve(1);
      int count = Math.min(buffer.length - used, text.length() - from);
      text.getBytes(from, from + count, buffer, used);
      used += count;
      from += count;
    }
  }

  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char unit = value.charAt(i);
      reserve(MAX_UNIT);
      if (ESCAPED[unit]) {
        escape(unit);
      } else if (unit < 0x80) {
        buffer[used++] = (byte) unit;
      } else if (unit < 0x800) {
        buffer[used++] = (byte) (0xC0 | (unit >> 6));
        buffer[used++] = continuation(unit);
      } else if (!Character.isSurrogate(unit)) {
        buffer[used++] = (byte) (0xE0 | (unit >> 12));
        buffer[used++] = continuation(unit >> 6);
        buffer[used++] = continuation(unit);
      } else if (isPairAt(value, i)) {
        int point = Character.toCodePoint(unit, value.charAt(++i));
        buffer[used++] = (byte) (0xF0 | (point >> 18));
        buffer[used++] = continuation(point >> 12);
        buffer[used++] = continuation(point >> 6);
        buffer[used++] = continuation(point);
      } else {
        System.arraycopy(REPLACEMENT, 0, buffer, used, REPLACEMENT.length);
        used += REPLACEMENT.length;
      }
    }
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  private static boolean isPairAt(String value, int index) {
    return index + 1 < value.length()
        && Character.isSurrogatePair(value.charAt(index), value.charAt(index + 1));
  }

  private void escape(char unit) {
    buffer[used++] = '\\';
    char shortForm = JsonText.shortEscape(unit);
    if (shortForm != 0) {
      buffer[used++] = (byte) shortForm;
      return;
    }
    buffer[used++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      buffer[used++] = HEX[(unit >> shift) & 0xF];
    }
  }

  private void put(char ascii) {
    reserve(1);
    buffer[used++] = (byte) ascii;
  }

  private void reserve(int count) {
    if (buffer.length - used < count) {
      flush();
      if (++flushes == 2) {
        buffer = new byte[BUFFER];
      }
    }
  }

  private void flush() {
    sink.accept(buffer, 0, used);
    used = 0;
  }

  private static boolean[] escapedUnits() {
    TreeRangeSet<Integer> ranges = TreeRangeSet.create();
    ranges.add(Range.closed(0x00, 0x1F));
    ranges.add(Range.singleton((int) '"'));
    ranges.add(Range.singleton((int) '\\'));
    ranges.add(Range.closed(0x7F, 0x9F));
    ranges.add(Range.singleton(0xAD));
    ranges.add(Range.closed(0x600, 0x604));
    ranges.add(Range.singleton(0x70F));
    ranges.add(Range.closed(0x17B4, 0x17B5));
    ranges.add(Range.closed(0x200C, 0x200F));
    ranges.add(Range.closed(0x2028, 0x202F));
    ranges.add(Range.closed(0x2060, 0x206F));
    ranges.add(Range.singleton(0xFEFF));
    ranges.add(Range.closed(0xFFF0, 0xFFFF));
    boolean[] escaped = new boolean[Character.MAX_VALUE + 1];
    for (int unit = 0; unit < escaped.length; unit++) {
      escaped[unit] = ranges.contains(unit);
    }
    return escaped;
  }
}
