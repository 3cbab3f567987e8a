package org.codius.daemon.selftest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.Resources;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import org.codius.daemon.demo.Busybox;
import org.codius.daemon.demo.DemoPod;
import org.codius.daemon.demo.LoopbackRegistry;
import org.codius.daemon.demo.OciImage;

/**
 * The image of the pod that a host buys from itself, at a registry of its own.
 *
 * <p>It is made of the machine's busybox, and answers HTTP and WebSocket. Safe for use by several
 * threads.
 */
public final class SelfTestImage implements AutoCloseable {

  private static final int PORT = 8080;

  private final LoopbackRegistry registry;

  @GuardedBy("this")
  private String name = "";

  private SelfTestImage(LoopbackRegistry registry) {
    this.registry = registry;
  }

  /** Starts the registry, which is empty until the image is needed. */
  public static SelfTestImage start() throws IOException {
    return new SelfTestImage(LoopbackRegistry.start());
  }

  /** Returns the registry's name, to be let pull from. */
  public String registry() {
    return registry.name();
  }

  /**
   * Returns a request to upload the pod, which answers with {@code run}. That makes it another pod
   * each time.
   *
   * @throws SelfTestException if the image cannot be made
   */
  String request(String run) throws SelfTestException {
    return """
        {"manifest": {"name": "codius-self-test", "version": "1.0.0", "machine": "small",
          "port": "%d", "debug": true,
          "containers": [{"id": "echo", "image": "%s", "environment": {"RUN": "%s"}}]},
          "private": {}}
        """
        .formatted(PORT, image(), run);
  }

  private synchronized String image() throws SelfTestException {
    if (name.isEmpty()) {
      Path busybox =
          Busybox.find()
              .orElseThrow(
                  () ->
                      new SelfTestException(
                          "make the pod's image: this machine has no busybox that runs anywhere",
                          false,
                          "apt-get install -y " + Busybox.PACKAGE));
      try {
        name = registry.add("codius/self-test", "latest", image(busybox));
      } catch (IOException e) {
        throw new SelfTestException(
            "make the pod's image: " + e.getMessage(), false, "Can " + busybox + " be read?", e);
      }
    }
    return name;
  }

  static OciImage image(Path busybox) throws IOException {
    String serve = Resources.toString(Resources.getResource(SelfTestImage.class, "serve"), UTF_8);
    OciImage.Builder image = DemoPod.busybox(busybox).file("/bin/serve", serve, 0755);
    for (String applet : new String[] {"base64", "dd", "od", "sha1sum", "xxd"}) {
      image.symlink("/bin/" + applet, "busybox");
    }
    return image
        .command("nc", "-ll", "-p", Integer.toString(PORT), "-e", "/bin/serve")
        .workdir("/")
        .build();
  }

  @Override
  public void close() {
    registry.close();
  }
}
