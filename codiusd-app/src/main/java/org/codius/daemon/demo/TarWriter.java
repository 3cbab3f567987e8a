package org.codius.daemon.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes a tar archive in the ustar format (POSIX.1-1988), the same bytes for the same entries:
 * every entry belongs to root and dates from 1970.
 *
 * <p>A header is 512 bytes: name 100, mode 8, uid 8, gid 8, size 12, mtime 12, checksum 8, type 1,
 * link target 100, magic 6, version 2, user 32, group 32, device 16, prefix 155. Numbers are octal
 * text.
 */
final class TarWriter {

  private static final int BLOCK = 512;
  private static final int NAME_LENGTH = 100;
  private static final char FILE = '0';
  private static final char SYMLINK = '2';
  private static final char DIRECTORY = '5';

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void file(String name, byte[] content, int mode) {
    header(name, FILE, mode, content.length, "");
    out.writeBytes(content);
    out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  void directory(String name, int mode) {
    header(name + "/", DIRECTORY, mode, 0, "");
  }

  void symlink(String name, String target) {
    header(name, SYMLINK, 0777, 0, target);
  }

  /** Returns the archive so far, ended with its two empty blocks. */
  byte[] toBytes() {
    byte[] archive = out.toByteArray();
    return Arrays.copyOf(archive, archive.length + 2 * BLOCK);
  }

  private void header(String name, char type, int mode, int size, String target) {
    byte[] block = new byte[BLOCK];
    put(block, 0, NAME_LENGTH, name);
    putOctal(block, 100, 8, mode);
    putOctal(block, 108, 8, 0);
    putOctal(block, 116, 8, 0);
    putOctal(block, 124, 12, size);
    putOctal(block, 136, 12, 0);
    block[156] = (byte) type;
    put(block, 157, NAME_LENGTH, target);
    put(block, 257, 6, "ustar\0");
    put(block, 263, 2, "00");
    put(block, 265, 32, "root");
    put(block, 297, 32, "root");
    Arrays.fill(block, 148, 156, (byte) ' '); // what the checksum is computed over
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, 8, String.format(Locale.ROOT, "%06o\0 ", sum));
    out.writeBytes(block);
  }

  private static void putOctal(byte[] block, int offset, int length, int value) {
    put(block, offset, length, String.format(Locale.ROOT, "%0" + (length - 1) + "o\0", value));
  }

  private static void put(byte[] block, int offset, int length, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length > length) {
      throw new IllegalArgumentException(
          "tar field: \"" + text + "\" (expected: at most " + length + " bytes)");
    }
    if (!US_ASCII.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("tar field: \"" + text + "\" (expected: ASCII)");
    }
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }
}
