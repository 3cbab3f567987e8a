package org.codius.hyper.image;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.util.regex.Pattern;

/**
 * An image's full name.
 *
 * <p>As in Docker: the part before the first slash is a registry if it has a dot or a colon or is
 * {@code localhost}; else the image is Docker Hub's, and without a slash in its {@code library}. A
 * tag beside a digest says nothing and is left out.
 *
 * @param registry host, or host and port; in lower case
 * @param repository path of the image there
 * @param reference a digest {@code sha256:…}, or a tag
 */
public record ImageName(String registry, String repository, String reference) {

  static final String DOCKER_HUB = "docker.io";

  /** Docker's own limit for the name without tag and digest. */
  private static final int LONGEST = 255;

  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\\[[0-9a-f:]{2,39}\\])(?::\\d{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");
  private static final String DEFAULT_TAG = "latest";

  public ImageName {
    if (registry.length() + repository.length() >= LONGEST
        || !REGISTRY.matcher(registry).matches()
        || !isPort(registry)
        || !REPOSITORY.matcher(repository).matches()
        || !(DIGEST.matcher(reference).matches() || TAG.matcher(reference).matches())) {
      throw new IllegalArgumentException(
          "image: \"%s\" (expected: registry/name@sha256:… in lower case)"
              .formatted(shown(registry + "/" + repository + " " + reference)));
    }
  }

  /** Returns the name that {@code text} spells. */
  public static ImageName parse(String text) {
    if (text.length() > 2 * LONGEST) {
      throw new IllegalArgumentException(
          "image: \"%s\" (expected: at most %d characters)".formatted(shown(text), 2 * LONGEST));
    }
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    String tag = colon < 0 ? DEFAULT_TAG : name.substring(colon + 1);
    if (!TAG.matcher(tag).matches()) {
      throw new IllegalArgumentException(
          "image: \"%s\" (expected: name:tag@sha256:…)".formatted(shown(text)));
    }
    String reference = at < 0 ? tag : text.substring(at + 1);
    if (at >= 0 && !DIGEST.matcher(reference).matches()) {
      throw new IllegalArgumentException(
          "image: \"%s\" (expected: @sha256: and 64 hex digits)".formatted(shown(text)));
    }
    String path = colon < 0 ? name : name.substring(0, colon);
    int slash = path.indexOf('/');
    String first = slash < 0 ? "" : path.substring(0, slash);
    if (first.equals("localhost") || first.contains(".") || first.contains(":")) {
      return new ImageName(first, path.substring(slash + 1), reference);
    }
    return new ImageName(DOCKER_HUB, slash < 0 ? "library/" + path : path, reference);
  }

  /** Returns whether the reference is a digest and so means the same image for ever. */
  public boolean isPinned() {
    return DIGEST.matcher(reference).matches();
  }

  /** Returns whether the registry is one that only this machine's own programs can be. */
  boolean isOnLoopback() {
    return isLoopback(registry);
  }

  static boolean isLoopback(String registry) {
    String host = HostAndPort.fromString(registry).getHost();
    return host.equals("localhost")
        || (InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isLoopbackAddress());
  }

  private static boolean isPort(String registry) {
    try {
      return HostAndPort.fromString(registry).getPortOrDefault(1) > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A name from outside may hold anything, and messages go to logs and terminals. */
  static String shown(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() > 200 ? printable.substring(0, 200) + "…" : printable;
  }

  @Override
  public String toString() {
    return registry + "/" + repository + (isPinned() ? "@" : ":") + reference;
  }
}
