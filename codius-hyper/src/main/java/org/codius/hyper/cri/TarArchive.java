package org.codius.hyper.cri;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes a POSIX tar archive (ustar) in memory: small files, names under 100 bytes, root's. */
final class TarArchive {

  private static final int BLOCK = 512;
  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_LENGTH = 8;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarArchive file(String name, int mode, byte[] content) {
    out.writeBytes(header(name, mode, content.length, '0', ""));
    out.writeBytes(content);
    out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    return this;
  }

  TarArchive folder(String name, int mode) {
    out.writeBytes(header(name, mode, 0, '5', ""));
    return this;
  }

  TarArchive link(String name, String target) {
    out.writeBytes(header(name, 0777, 0, '2', target));
    return this;
  }

  byte[] toByteArray() {
    byte[] entries = out.toByteArray();
    byte[] archive = new byte[entries.length + 2 * BLOCK];
    System.arraycopy(entries, 0, archive, 0, entries.length);
    return archive;
  }

  /** Returns what stands before a file's content, for one too large to be held in memory. */
  static byte[] header(String name, int mode, int size) {
    return header(name, mode, size, '0', "");
  }

  private static byte[] header(String name, int mode, int size, char type, String target) {
    byte[] header = new byte[BLOCK];
    put(header, 0, 100, name);
    put(header, 100, 8, octal(mode, 7));
    put(header, 108, 8, octal(0, 7));
    put(header, 116, 8, octal(0, 7));
    put(header, 124, 12, octal(size, 11));
    put(header, 136, 12, octal(0, 11));
    put(header, CHECKSUM_AT, CHECKSUM_LENGTH, " ".repeat(CHECKSUM_LENGTH));
    header[156] = (byte) type;
    put(header, 157, 100, target);
    put(header, 257, 8, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, CHECKSUM_AT, CHECKSUM_LENGTH, octal(sum, 6) + "\0 ");
    return header;
  }

  private static String octal(int value, int digits) {
    return String.format(Locale.ROOT, "%0" + digits + "o", value);
  }

  private static void put(byte[] header, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > length) {
      throw new IllegalArgumentException(
          "tar field: \"" + text + "\" (expected: at most " + length + " bytes)");
    }
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
