package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * An image's full name as the runtime wants it.
 *
 * <p>As in Docker: the part before the first slash is a registry if it has a dot or a colon or is
 * {@code localhost}; else the image is Docker Hub's, and without a slash in its {@code library}. A
 * tag beside a digest says nothing and is left out.
 */
record ImageName(String registry, String path) {

  private static final String DOCKER_HUB = "docker.io";
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3})(:\\d{1,5})?");
  private static final Pattern TAG_BESIDE_DIGEST = Pattern.compile(":[^:/@]+@");

  static ImageName parse(String text) {
    String withoutTag = TAG_BESIDE_DIGEST.matcher(text).replaceFirst("@");
    int slash = withoutTag.indexOf('/');
    String first = slash < 0 ? "" : withoutTag.substring(0, slash);
    if (first.equals("localhost") || first.contains(".") || first.contains(":")) {
      return new ImageName(first, withoutTag.substring(slash + 1));
    }
    return new ImageName(DOCKER_HUB, slash < 0 ? "library/" + withoutTag : withoutTag);
  }

  boolean isOnLoopback() {
    return LOOPBACK.matcher(registry).matches();
  }

  /**
   * Tells a containerd that looks into {@code registries} to talk plain HTTP with this image's
   * registry. Only where nobody can listen: on the loopback interface.
   */
  void allowPlainHttp(Path registries) throws IOException {
    Path folder = Files.createDirectories(registries.resolve(registry));
    String url = "http://" + registry;
    Files.writeString(
        folder.resolve("hosts.toml"),
        """
        server = "%1$s"
        [host."%1$s"]
          capabilities = ["pull", "resolve"]
        """
            .formatted(url));
  }

  @Override
  public String toString() {
    return registry + "/" + path;
  }
}
