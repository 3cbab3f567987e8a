package org.codius.daemon.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the file with settings: {@code KEY=value} lines, as {@link Properties} has them. */
final class ConfigFile {

  private ConfigFile() {}

  /**
   * @throws InvalidConfigException if there is none, it has a key twice, or anybody can write to it
   */
  static ConfigSource read(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new InvalidConfigException(
            "configuration: " + file + ": everybody can write to it",
            "chmod 600 " + file + ", and see that nobody has changed it.");
      }
      Map<String, String> values = new HashMap<>();
      try (Reader reader = Files.newBufferedReader(file)) {
        new OnceOnly(file, values).load(reader);
      }
      return new ConfigSource(
          file.toString(), values, true, permissions.contains(PosixFilePermission.OTHERS_READ));
    } catch (NoSuchFileException e) {
      throw new InvalidConfigException(
          "configuration: " + file + ": no such file",
          "Make it, with lines like CODIUS_PORT=3000, or unset CODIUS_CONFIG.",
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidConfigException(
          "configuration: " + file + ": " + e.getMessage(),
          "It has lines like CODIUS_PORT=3000, in UTF-8.",
          e);
    }
  }

  /** Takes what a file has, each key once: of two the reader would drop one without a word. */
  private static final class OnceOnly extends Properties {

    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient Map<String, String> values;

    OnceOnly(Path file, Map<String, String> values) {
      this.file = file;
      this.values = values;
    }

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
      if (values.putIfAbsent((String) key, ((String) value).strip()) != null) {
        throw new InvalidConfigException(
            "configuration: " + file + ": " + key + " is there twice", "Keep one of them.");
      }
      return null;
    }
  }
}
