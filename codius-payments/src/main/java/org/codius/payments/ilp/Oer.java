package org.codius.payments.ilp;

import io.netty.buffer.ByteBuf;

/**
 * The Octet Encoding Rules Interledger uses (RFC 30): length-prefixed integers and octet strings.
 *
 * <p>A length below 128 is one byte. A longer one is a byte {@code 0x80 | n} and {@code n} bytes,
 * big-endian, in as few bytes as hold it.
 */
public final class Oer {

  private static final int LONG_FORM = 0x80;

  private Oer() {}

  /**
   * Reads an unsigned integer of up to 64 bits.
   *
   * @return the integer, to be read as unsigned
   * @throws OerException if it has no bytes, more than 8 significant ones, or is cut short
   */
  public static long readVarUInt(ByteBuf in) {
    int length = readLength(in, in.readableBytes());
    if (length == 0) {
      throw new OerException("integer: no bytes (expected: at least one)");
    }
    while (length > Long.BYTES) {
      if (in.readByte() != 0) {
        throw new OerException("integer: more than 64 bits");
      }
      length--;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << Byte.SIZE | in.readUnsignedByte();
    }
    return value;
  }

  /** Writes an unsigned integer in as few bytes as hold it; 0 is {@code 01 00}. */
  public static void writeVarUInt(ByteBuf out, long value) {
    int length = bytesOf(value);
    out.writeByte(length);
    writeBigEndian(out, value, length);
  }

  /**
   * Reads an octet string.
   *
   * @throws OerException if it is longer than {@code maximum}, or cut short
   */
  public static byte[] readVarOctets(ByteBuf in, int maximum) {
    byte[] octets = new byte[readLength(in, maximum)];
    in.readBytes(octets);
    return octets;
  }

  /**
   * Reads an octet string without copying it: a view of {@code in}'s bytes.
   *
   * @throws OerException if it is longer than {@code maximum}, or cut short
   */
  public static ByteBuf readVarSlice(ByteBuf in, int maximum) {
    return in.readSlice(readLength(in, maximum));
  }

  public static void writeVarOctets(ByteBuf out, byte[] octets) {
    writeLength(out, octets.length);
    out.writeBytes(octets);
  }

  /** Reads a length and sees to it that so many bytes follow. */
  static int readLength(ByteBuf in, int maximum) {
    if (!in.isReadable()) {
      throw new OerException("length: missing");
    }
    int length = in.readUnsignedByte();
    if (length >= LONG_FORM) {
      length = readLongForm(in, length & ~LONG_FORM);
    }
    if (length > maximum) {
      throw new OerException("length: " + length + " (expected: at most " + maximum + ")");
    }
    if (length > in.readableBytes()) {
      throw new OerException("length: " + length + " (but " + in.readableBytes() + " bytes left)");
    }
    return length;
  }

  static void writeLength(ByteBuf out, int length) {
    if (length < LONG_FORM) {
      out.writeByte(length);
      return;
    }
    int bytes = bytesOf(length);
    out.writeByte(LONG_FORM | bytes);
    writeBigEndian(out, length, bytes);
  }

  private static int readLongForm(ByteBuf in, int bytes) {
    if (bytes == 0) {
      throw new OerException("length: 0x80 (an indefinite length is not OER)");
    }
    if (bytes > Integer.BYTES || bytes > in.readableBytes()) {
      throw new OerException("length: of " + bytes + " bytes, " + in.readableBytes() + " left");
    }
    long length = 0;
    for (int i = 0; i < bytes; i++) {
      length = length << Byte.SIZE | in.readUnsignedByte();
    }
    if (length < LONG_FORM || bytesOf(length) < bytes) {
      throw new OerException("length: " + length + " in " + bytes + " bytes (expected: fewer)");
    }
    if (length > Integer.MAX_VALUE) {
      throw new OerException("length: " + length + " (but " + in.readableBytes() + " bytes left)");
    }
    return (int) length;
  }

  private static int bytesOf(long value) {
    return Math.max(1, Long.BYTES - Long.numberOfLeadingZeros(value) / Byte.SIZE);
  }

  private static void writeBigEndian(ByteBuf out, long value, int bytes) {
    for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      out.writeByte((int) (value >>> shift));
    }
  }
}
