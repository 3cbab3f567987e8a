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

  private BusyboxImage() {}

  static TestImage make() throws IOException {
    return make(0);
  }

  /** Makes the same under another digest for each edition. */
  static TestImage make(int edition) throws IOException {
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
    return TestImage.of(
        "amd64",
        "{'Env':['PATH=/bin','FROM_IMAGE=1'],'Cmd':['sleep','600'],'WorkingDir':'/tmp','Labels':{'edition':'"
            + edition
            + "'}}",
        tar.toByteArray());
  }
}
