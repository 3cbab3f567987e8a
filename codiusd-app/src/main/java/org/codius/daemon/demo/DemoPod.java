package org.codius.daemon.demo;

import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A small web site to show that pods run: busybox's httpd, one page, and a log. */
public final class DemoPod {

  /** The port the site listens on inside its pod. */
  public static final int PORT = 8080;

  /** What the page contains, whichever host and pod it comes from. */
  public static final String GREETING = "Hello from inside a Codius pod";

  private static final String[] APPLETS = {
    "awk",
    "cat",
    "cut",
    "date",
    "echo",
    "env",
    "false",
    "grep",
    "head",
    "hostname",
    "httpd",
    "id",
    "ip",
    "kill",
    "ls",
    "mkdir",
    "nc",
    "printf",
    "ps",
    "pwd",
    "sed",
    "sh",
    "sleep",
    "sort",
    "tail",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "uname",
    "wc",
    "wget"
  };

  private DemoPod() {}

  /**
   * Returns an image to build on: busybox, its everyday commands, {@code /tmp} and an empty {@code
   * /root}.
   *
   * @param busybox a statically linked busybox, {@code /bin/busybox} of Debian's busybox-static
   */
  public static OciImage.Builder busybox(Path busybox) throws IOException {
    OciImage.Builder image =
        OciImage.builder()
            .file("/bin/busybox", busybox, 0755)
            .directory("/tmp", 01777)
            .directory("/root", 0755)
            .file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", 0644)
            .file("/etc/group", "root:x:0:\n", 0644)
            .environment("PATH", "/bin");
    for (String applet : APPLETS) {
      image.symlink("/bin/" + applet, "busybox");
    }
    return image;
  }

  /** Returns the image of the site. */
  public static OciImage image(Path busybox) throws IOException {
    return busybox(busybox)
        .file("/www/cgi-bin/index.cgi", resource("index.cgi"), 0755)
        .file("/www/style.css", resource("style.css"), 0644)
        .command("httpd", "-f", "-vv", "-p", Integer.toString(PORT), "-h", "/www")
        .workdir("/www")
        .build();
  }

  /**
   * Returns a request to upload the site: a manifest that has its log public, and no private
   * variables.
   *
   * @param image the name it can be pulled by, with its digest
   */
  public static String request(String image) {
    return """
        {
          "manifest": {
            "name": "codius-demo",
            "version": "1.0.0",
            "machine": "small",
            "port": "%d",
            "debug": true,
            "containers": [
              {
                "id": "web",
                "image": "%s",
                "command": ["httpd", "-f", "-vv", "-p", "%d", "-h", "/www"],
                "workdir": "/www"
              }
            ]
          },
          "private": {}
        }
        """
        .formatted(PORT, image, PORT);
  }

  private static String resource(String name) throws IOException {
    return Resources.toString(Resources.getResource(DemoPod.class, name), StandardCharsets.UTF_8);
  }
}
