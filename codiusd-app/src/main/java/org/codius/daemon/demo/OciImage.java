package org.codius.daemon.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An image of one uncompressed layer, as OCI image-spec 1.0 has it. The same content gives the same
 * digest.
 *
 * @param manifest the image manifest's JSON; its digest is the image's
 * @param config the image configuration's JSON
 * @param layer the tar archive of the root file system
 */
public record OciImage(Blob manifest, Blob config, Blob layer) {

  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

  public OciImage {
    requireNonNull(manifest, "manifest");
    requireNonNull(config, "config");
    requireNonNull(layer, "layer");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Returns {@code sha256:} and 64 hex digits. */
  public String digest() {
    return manifest.digest();
  }

  /** A part of an image, named by the hash of its bytes. */
  public static final class Blob {

    private final String mediaType;
    private final byte[] bytes;
    private final String digest;

    Blob(String mediaType, byte[] bytes) {
      this.mediaType = mediaType;
      this.bytes = bytes;
      this.digest = "sha256:" + Hashing.sha256().hashBytes(bytes);
    }

    public String mediaType() {
      return mediaType;
    }

    public byte[] bytes() {
      return bytes.clone();
    }

    public String digest() {
      return digest;
    }
  }

  /** Collects the files of an image. Paths are absolute; the folders above them are made. */
  public static final class Builder {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private List<String> command = List.of("/bin/sh");
    private String workdir = "/";

    private Builder() {}

    public Builder file(String path, byte[] content, int mode) {
      byte[] copy = content.clone();
      return put(path, (tar, name) -> tar.file(name, copy, mode));
    }

    public Builder file(String path, String content, int mode) {
      return file(path, content.getBytes(UTF_8), mode);
    }

    /** Adds a file of this machine. */
    public Builder file(String path, Path source, int mode) throws IOException {
      return file(path, Files.readAllBytes(source), mode);
    }

    public Builder directory(String path, int mode) {
      return put(path, (tar, name) -> tar.directory(name, mode));
    }

    public Builder symlink(String path, String target) {
      return put(path, (tar, name) -> tar.symlink(name, target));
    }

    /** Sets what runs when a manifest names no command. {@code /bin/sh} if never called. */
    public Builder command(String... words) {
      command = List.of(words);
      return this;
    }

    public Builder workdir(String path) {
      workdir = path;
      return this;
    }

    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    public OciImage build() {
      Blob layer = new Blob(LAYER_TYPE, archive());
      Blob config = new Blob(CONFIG_TYPE, configJson(layer));
      return new OciImage(new Blob(MANIFEST_TYPE, manifestJson(config, layer)), config, layer);
    }

    private Builder put(String path, Entry entry) {
      if (!path.startsWith("/") || path.endsWith("/")) {
        throw new IllegalArgumentException(
            "image path: \"" + path + "\" (expected: absolute, without a slash at its end)");
      }
      entries.put(path.substring(1), entry);
      return this;
    }

    private byte[] archive() {
      // Sorted, so that a folder comes before what is in it.
      Map<String, Entry> all = new TreeMap<>(entries);
      for (String folder : foldersAbove(entries)) {
        all.putIfAbsent(folder, (tar, name) -> tar.directory(name, 0755));
      }
      TarWriter tar = new TarWriter();
      all.forEach((name, entry) -> entry.write(tar, name));
      return tar.toBytes();
    }

    private static Set<String> foldersAbove(Map<String, Entry> entries) {
      Set<String> folders = new TreeSet<>();
      for (String path : entries.keySet()) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
          folders.add(path.substring(0, slash));
        }
      }
      return folders;
    }

    private byte[] configJson(Blob layer) {
      ObjectNode root = JSON.createObjectNode();
      root.put("architecture", architecture()).put("os", "linux");
      ObjectNode config = root.putObject("config");
      environment.forEach((name, value) -> config.withArray("Env").add(name + "=" + value));
      command.forEach(config.putArray("Cmd")::add);
      config.put("WorkingDir", workdir);
      ObjectNode rootfs = root.putObject("rootfs").put("type", "layers");
      rootfs.putArray("diff_ids").add(layer.digest());
      return toBytes(root);
    }

    private static byte[] manifestJson(Blob config, Blob layer) {
      ObjectNode root = JSON.createObjectNode();
      root.put("schemaVersion", 2).put("mediaType", MANIFEST_TYPE);
      root.set("config", descriptor(config));
      root.putArray("layers").add(descriptor(layer));
      return toBytes(root);
    }

    private static ObjectNode descriptor(Blob blob) {
      return JSON.createObjectNode()
          .put("mediaType", blob.mediaType())
          .put("digest", blob.digest())
          .put("size", blob.bytes.length);
    }

    private static byte[] toBytes(ObjectNode node) {
      try {
        return JSON.writeValueAsBytes(node);
      } catch (JsonProcessingException e) {
        throw new AssertionError("a tree of strings and numbers is always JSON", e);
      }
    }

    /** Returns this machine's architecture in the words of image-spec (those of GOARCH). */
    private static String architecture() {
      String arch = System.getProperty("os.arch", "amd64");
      return arch.equals("aarch64") ? "arm64" : arch;
    }

    private interface Entry {
      void write(TarWriter tar, String name);
    }
  }
}
