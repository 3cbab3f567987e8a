package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An OCI image made on the spot of Debian's static busybox: {@code /bin/busybox} and links to it.
 */
final class BusyboxImage {

  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of(
          "cat",
          "chown",
          "dd",
          "echo",
          "env",
          "grep",
          "head",
          "hostname",
          "httpd",
          "id",
          "ifconfig",
          "ip",
          "ls",
          "mkdir",
          "mknod",
          "mount",
          "nc",
          "ping",
          "pwd",
          "sed",
          "seq",
          "sh",
          "sleep",
          "su",
          "tail",
          "test",
          "timeout",
          "touch",
          "true",
          "wget",
          "yes");

  private final byte[] manifest;
  private final byte[] config;
  private final byte[] layer;

  private BusyboxImage(byte[] manifest, byte[] config, byte[] layer) {
    this.manifest = manifest;
    this.config = config;
    this.layer = layer;
  }

  static BusyboxImage make() throws IOException {
    TarArchive tar =
        new TarArchive()
            .folder("bin/", 0755)
            .folder("tmp/", 01777)
            .folder("etc/", 0755)
            .file(
                "etc/passwd",
                0644,
                "root:x:0:0::/:/bin/sh\nwww:x:33:33::/:/bin/sh\n".getBytes(StandardCharsets.UTF_8))
            .file("bin/busybox", 0755, Files.readAllBytes(BUSYBOX));
    APPLETS.forEach(applet -> tar.link("bin/" + applet, "busybox"));
    byte[] layer = tar.toByteArray();
    byte[] config =
        json(
            "{'architecture':'amd64','os':'linux','config':{'Env':['PATH=/bin','FROM_IMAGE=1'],"
                + "'Cmd':['sleep','600'],'WorkingDir':'/tmp'},"
                + "'rootfs':{'type':'layers','diff_ids':['%s']},'history':[]}",
            PauseImage.digest(layer));
    byte[] manifest =
        json(
            "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json',"
                + "'config':{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'%s','size':%s},"
                + "'layers':[{'mediaType':'application/vnd.oci.image.layer.v1.tar','digest':'%s','size':%s}]}",
            PauseImage.digest(config), config.length, PauseImage.digest(layer), layer.length);
    return new BusyboxImage(manifest, config, layer);
  }

  byte[] manifest() {
    return manifest;
  }

  byte[] config() {
    return config;
  }

  byte[] layer() {
    return layer;
  }

  String digest() {
    return PauseImage.digest(manifest);
  }

  private static byte[] json(String template, Object... values) {
    return template.replace('\'', '"').formatted(values).getBytes(StandardCharsets.UTF_8);
  }
}
