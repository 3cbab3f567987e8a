package org.codius.daemon.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all a host remembers, and the lock that one daemon has on it.
 *
 * <p>{@code instance}: what tells this host's pods from another's. {@code secret.key}: the host's
 * secret. {@code host.db}: leases. {@code ledger.db}: the books. {@code evidence/}: what pods left.
 * {@code runtime/}: the private containerd.
 */
public final class DataFolder implements AutoCloseable {

  private static final String INSTANCE_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int INSTANCE_LENGTH = 8;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private final FileChannel lockFile;
  private final String instance;
  private final HostSecret secret;

  private DataFolder(Path root, FileChannel lockFile, String instance, HostSecret secret) {
    this.root = root;
    this.lockFile = lockFile;
    this.instance = instance;
    this.secret = secret;
  }

  /** Makes a folder, if it is missing, with those above it: only their owner can enter them. */
  public static void makePrivate(Path folder) throws IOException {
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  /**
   * Opens the folder, made on first use, for this process alone.
   *
   * @throws IOException if it cannot be written to, others can enter it, or another process has it
   */
  public static DataFolder open(Path root, SecureRandom random) throws IOException {
    makePrivate(root);
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(root))) {
      throw new IOException("others can enter it (expected: chmod 700 " + root + ")");
    }
    FileChannel lockFile =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(lockFile) == null) {
        throw new IOException("in use by another codiusd");
      }
      return new DataFolder(
          root,
          lockFile,
          instance(root, random),
          HostSecret.open(root.resolve("secret.key"), random));
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static String instance(Path root, SecureRandom random) throws IOException {
    Path file = root.resolve("instance");
    if (!Files.exists(file)) {
      StringBuilder name = new StringBuilder();
      random
          .ints(INSTANCE_LENGTH, 0, INSTANCE_ALPHABET.length())
          .forEach(i -> name.append(INSTANCE_ALPHABET.charAt(i)));
      Path draft = root.resolve("instance.new");
      Files.writeString(draft, name + "\n", StandardCharsets.US_ASCII);
      move(draft, file);
    }
    return Files.readString(file, StandardCharsets.US_ASCII).strip();
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(to + ": its file system cannot rename a file", e);
    }
  }

  /** Returns the 8 letters and digits that this host's pods are marked with. */
  public String instance() {
    return instance;
  }

  public HostSecret secret() {
    return secret;
  }

  public Path leases() {
    return root.resolve("host.db");
  }

  public Path ledger() {
    return root.resolve("ledger.db");
  }

  public Path evidence() {
    return root.resolve("evidence");
  }

  /** Returns where room is kept for the ledger. */
  public Path reserve() {
    return root.resolve("ledger.reserve");
  }

  public Path adminToken() {
    return root.resolve("admin.token");
  }

  /** Returns where the self test keeps note of its purchase. */
  public Path selfTest() {
    return root.resolve("self-test.codiusstate.json");
  }

  public Path runtime() {
    return runtime(root);
  }

  /** Returns where the private containerd is, of a host whose data folder need not be open. */
  public static Path runtime(Path root) {
    return root.resolve("runtime");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
