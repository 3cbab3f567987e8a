package org.codius.daemon.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the machine's busybox, if it is one that runs without libraries. */
public final class Busybox {

  public static final String PACKAGE = "busybox-static";

  private static final List<Path> PLACES =
      List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));

  /** ELF's segment type for the path of a dynamic linker. */
  private static final int PT_INTERP = 3;

  private Busybox() {}

  public static Optional<Path> find() {
    return PLACES.stream().filter(Files::isExecutable).filter(Busybox::isStatic).findFirst();
  }

  /** Returns whether a 64-bit little-endian ELF program names no dynamic linker. */
  static boolean isStatic(Path program) {
    try {
      ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(program)).order(ByteOrder.LITTLE_ENDIAN);
      if (elf.limit() < 64 || elf.getInt(0) != 0x464c457f) {
        return false;
      }
      int table = Math.toIntExact(elf.getLong(32));
      int entrySize = elf.getShort(54) & 0xffff;
      int entries = elf.getShort(56) & 0xffff;
      for (int i = 0; i < entries; i++) {
        if (elf.getInt(table + i * entrySize) == PT_INTERP) {
          return false;
        }
      }
      return true;
    } catch (IOException | IndexOutOfBoundsException | ArithmeticException e) {
      return false; // nothing we could put into an image
    }
  }
}
