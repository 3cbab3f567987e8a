package org.codius.daemon.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.codius.manifest.ManifestHash;

/**
 * A buyer's memory, {@code *.codiusstate.json}: what was bought with a manifest, and the purchase
 * under way.
 *
 * <p>The format is the original client's, with {@code pendingPurchase} added; fields that are not
 * ours are kept. It is written whole: to a file beside it, on disk, then renamed. Only its owner
 * can read it, since it may hold private variables and the token of an unfinished purchase. While
 * it is open no other process can open it.
 */
public final class StateFile implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final long MAXIMUM_SIZE = 4 << 20;

  private final Path path;
  private final Path lockPath;
  private final FileChannel lock;
  private ObjectNode root;

  private StateFile(Path path, Path lockPath, FileChannel lock, ObjectNode root) {
    this.path = path;
    this.lockPath = lockPath;
    this.lock = lock;
    this.root = root;
  }

  /**
   * Returns where the state of {@code file} is kept: {@code a.codiusstate.json} for {@code a.json}.
   */
  public static Path pathFor(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    return file.resolveSibling(name + ".codiusstate.json");
  }

  /**
   * Opens the state at {@code path}, empty if there is none yet.
   *
   * @throws ClientException if it cannot be read, is no such file, or is in use
   */
  public static StateFile open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path lockPath = absolute.resolveSibling(absolute.getFileName() + ".lock");
    try {
      FileChannel lock =
          FileChannel.open(
              lockPath, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
      if (!isLocked(lock)) {
        lock.close();
        throw new ClientException(
            "another codiusd works with " + absolute + " right now",
            "Wait until it is done, then run this again.");
      }
      try {
        return new StateFile(absolute, lockPath, lock, read(absolute));
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(lockPath);
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ClientException(
          "cannot use the state file " + absolute + ": " + reason(e),
          "Make its folder writable, or name another place with --state.",
          e);
    }
  }

  /** Returns what the file at {@code path} holds, without opening it; empty if there is none. */
  public static ObjectNode peek(Path path) {
    try {
      return read(path);
    } catch (IOException e) {
      throw new ClientException(
          "cannot read the state file " + path + ": " + reason(e),
          "Move it away to start anew.",
          e);
    }
  }

  /** Returns the whole of it. Changes to it become the file's with {@link #save}. */
  public ObjectNode root() {
    return root;
  }

  public Path path() {
    return path;
  }

  /** Returns the pod this file is about, if it knows one. */
  public Optional<ManifestHash> manifestHash() {
    return ManifestHash.parse(root.path("manifestHash").asText());
  }

  /** Returns the management tokens of our purchases of {@code hash} at {@code host}, in order. */
  public List<String> managementTokens(URI host, ManifestHash hash) {
    List<String> tokens = new ArrayList<>();
    if (manifestHash().filter(hash::equals).isPresent()) {
      root.path("status")
          .path("hostDetails")
          .path(host.toString())
          .path(BuyerState.TOKENS)
          .forEach(token -> tokens.add(token.asText()));
    }
    return tokens;
  }

  /** Returns whether a purchase is under way: money may have gone out for it. */
  public boolean hasPending() {
    return PendingPurchase.in(root).isPresent();
  }

  /** Gives up the purchase that is under way, if there is one. */
  public void forgetPending() {
    if (hasPending()) {
      PendingPurchase.removeFrom(root);
      save();
    }
  }

  /** Writes {@link #root} to disk; when this returns a power cut cannot undo it. */
  void save() {
    Path folder = path.getParent();
    try {
      Path fresh = Files.createTempFile(folder, ".codiusstate", ".tmp", OWNER_ONLY);
      try {
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
          ByteBuffer bytes =
              ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          channel.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true); // the rename itself
      }
    } catch (IOException e) {
      throw new ClientException(
          "cannot write the state file " + path + ": " + reason(e),
          "Nothing is paid without it. Free some space or name another place with --state.",
          e);
    }
  }

  /** Lets others use it. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(lockPath); // while it is still ours
      lock.close();
    } catch (IOException e) {
      throw new ClientException("cannot release " + lockPath + ": " + reason(e), "", e);
    }
  }

  private static boolean isLocked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it
    }
  }

  private static ObjectNode read(Path path) throws IOException {
    if (!Files.exists(path)) {
      return JSON.createObjectNode();
    }
    if (Files.size(path) <= MAXIMUM_SIZE) {
      try {
        JsonNode tree = JSON.readTree(Files.readAllBytes(path));
        if (tree instanceof ObjectNode object) {
          return object;
        }
      } catch (JsonProcessingException e) {
        throw new ClientException(
            "the state file " + path + " is damaged: " + BrokenJson.words(e),
            "It may name an unfinished purchase. Repair it, or move it away to start anew.",
            e);
      }
    }
    throw new ClientException(path + " is no state file", "Name another place with --state.");
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "no such folder" : String.valueOf(e.getMessage());
  }
}
