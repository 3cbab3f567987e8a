package org.codius.daemon.admin;

import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;

/** What an operator proves to be one with: 43 characters in a file only its owner can read. */
public final class AdminToken {

  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final String token;

  private AdminToken(String token) {
    this.token = token;
  }

  /**
   * Reads the token, made on first use.
   *
   * @throws IOException if it cannot be read, or others can read it
   */
  public static AdminToken open(Path file, SecureRandom random) throws IOException {
    if (!Files.exists(file)) {
      byte[] bytes = new byte[BYTES];
      random.nextBytes(bytes);
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(draft);
      Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(
          draft,
          BaseEncoding.base64Url().omitPadding().encode(bytes) + "\n",
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.move(draft, file);
    }
    return read(file);
  }

  /**
   * Reads the token of a host.
   *
   * @throws IOException if there is none, it cannot be read, or others can read it
   */
  public static AdminToken read(Path file) throws IOException {
    String token = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + ": others can read it (expected: chmod 600)");
    }
    if (token.length() < BYTES) {
      throw new IOException(file + ": too short; remove it, and the next start makes another");
    }
    return new AdminToken(token);
  }

  /** Returns the {@code Authorization} header that carries it. */
  public String toHeader() {
    return "Bearer " + token;
  }

  /** Returns whether {@code header} carries it; takes as long whether it does or not. */
  boolean isIn(String header) {
    return MessageDigest.isEqual(
        header.getBytes(StandardCharsets.UTF_8), toHeader().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "AdminToken[***]";
  }
}
