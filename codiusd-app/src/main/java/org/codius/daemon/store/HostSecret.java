package org.codius.daemon.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The host's one secret: 32 random bytes in a file only its owner can read. All keys come from it.
 *
 * <p>Whoever has it can read the private variables in the store and fulfil payments to the host.
 */
public final class HostSecret {

  private static final int LENGTH = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final byte[] bytes;

  private HostSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads the secret, made on first use. */
  public static HostSecret open(Path file, SecureRandom random) throws IOException {
    if (!Files.exists(file)) {
      create(file, random);
    }
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + ": others can read it (expected: chmod 600)");
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != LENGTH) {
      throw new IOException(
          file
              + ": "
              + bytes.length
              + " bytes (expected: "
              + LENGTH
              + "); restore it from a backup");
    }
    return new HostSecret(bytes);
  }

  private static void create(Path file, SecureRandom random) throws IOException {
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    try {
      Files.createLink(file, draft); // unlike a move, never replaces a secret that is in use
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + ": made by somebody else just now", e);
    } finally {
      Files.delete(draft);
    }
  }

  /** Returns the 32-byte key for {@code purpose}: HMAC-SHA256 of its name. */
  public byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public String toString() {
    return "HostSecret[***]";
  }
}
