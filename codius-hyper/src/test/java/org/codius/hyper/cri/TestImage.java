package org.codius.hyper.cri;

import com.google.errorprone.annotations.FormatMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** An OCI image of one layer, made for a test. */
@SuppressWarnings("ArrayRecordComponent") // bytes to serve, never compared
public record TestImage(byte[] manifest, byte[] config, byte[] layer) {

  private static final int MEBIBYTES_PER_MEMBER = 64;

  /** Returns an image with busybox and a file of {@code bytes} that do not compress. */
  static TestImage ofFile(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(name.hashCode()).nextBytes(content);
    byte[] tar =
        new TarArchive()
            .folder("bin/", 0755)
            .file("bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")))
            .file(name, 0644, content)
            .toByteArray();
    return of("amd64", "{'Cmd':['/bin/busybox','true']}", tar);
  }

  /** Returns an image that says it is for another machine than any of ours. */
  public static TestImage ofOtherArchitecture() {
    byte[] tar = new TarArchive().file("nothing", 0644, new byte[0]).toByteArray();
    return of("s390x", "{'Cmd':['/nothing']}", tar);
  }

  /**
   * Returns an image whose layer unpacks to so many gibibytes of zeros, in files of one each. It is
   * one gzip stream of many members, each the same few kilobytes, and so quickly made.
   */
  static TestImage bomb(int gibibytes) {
    byte[] zeros = gzip(new byte[MEBIBYTES_PER_MEMBER << 20]);
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    for (int i = 0; i < gibibytes; i++) {
      layer.writeBytes(gzip(TarArchive.header("zeros" + i, 0644, 1 << 30)));
      for (int j = 0; j < 1024 / MEBIBYTES_PER_MEMBER; j++) {
        layer.writeBytes(zeros);
      }
    }
    layer.writeBytes(gzip(new byte[1024]));
    return of(
        "amd64",
        "{'Cmd':['/zeros0']}",
        layer.toByteArray(),
        "sha256:" + "1".repeat(64), // it never comes to be compared
        "tar+gzip");
  }

  /**
   * @param settings the image's, in JSON with single quotes
   * @param tar its layer
   */
  static TestImage of(String architecture, String settings, byte[] tar) {
    return of(architecture, settings, tar, PauseImage.digest(tar), "tar");
  }

  private static TestImage of(
      String architecture, String settings, byte[] layer, String diffId, String type) {
    byte[] config =
        json(
            "{'architecture':'%s','os':'linux','config':%s,"
                + "'rootfs':{'type':'layers','diff_ids':['%s']},'history':[]}",
            architecture, settings, diffId);
    byte[] manifest =
        json(
            "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json',"
                + "'config':{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'%s','size':%s},"
                + "'layers':[{'mediaType':'application/vnd.oci.image.layer.v1.%s','digest':'%s','size':%s}]}",
            PauseImage.digest(config), config.length, type, PauseImage.digest(layer), layer.length);
    return new TestImage(manifest, config, layer);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @FormatMethod
  private static byte[] json(String template, Object... values) {
    return template.formatted(values).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
