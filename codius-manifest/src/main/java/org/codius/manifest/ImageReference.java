package org.codius.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Ascii;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where an image is: Docker's {@code image:} syntax, with Docker's defaults filled in.
 *
 * <p>{@code [registry[:port]/]path[/path…][:tag][@digest]}. The first part is a registry if it has
 * a dot, a colon or a capital letter, or is {@code localhost}; else the registry is Docker Hub,
 * where one-part paths are in {@code library/}. Source: {@code reference/normalize.go} and {@code
 * regexp.go} of distribution/reference.
 *
 * @param registry host and optional port
 * @param repository the path within the registry
 * @param tag the tag, or empty if none was written
 * @param digest {@code algorithm:hex}, or empty if none was written
 */
public record ImageReference(String registry, String repository, String tag, String digest) {

  /** The registry of references that name none. */
  public static final String DOCKER_HUB = "docker.io";

  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  private static final Pattern REGISTRY =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?");
  private static final String PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern REPOSITORY = Pattern.compile(PATH_PART + "(?:/" + PATH_PART + ")*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST =
      Pattern.compile("sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}");

  /** The longest reference that is looked at. */
  private static final int MAX_LENGTH = 1024;

  /** The longest registry and repository, as in Docker. */
  private static final int MAX_NAME_LENGTH = 255;

  private static final String EXPECTED = " (expected: [registry/]name[:tag][@sha256:digest])";

  public ImageReference {
    if (!registry.equals(DOCKER_HUB)) {
      check(REGISTRY, registry, "registry");
    }
    check(REPOSITORY, repository, "repository");
    if (!tag.isEmpty()) {
      check(TAG, tag, "tag");
    }
    if (!digest.isEmpty()) {
      check(DIGEST, digest, "digest");
    }
    int length = registry.length() + 1 + repository.length();
    checkArgument(
        length <= MAX_NAME_LENGTH, "image name: %s characters (expected: at most 255)", length);
  }

  /**
   * Returns the reference {@code text} spells.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ImageReference parse(String text) {
    requireNonNull(text, "text");
    checkArgument(
        text.length() <= MAX_LENGTH,
        "image: %s characters (expected: at most 1024)",
        text.length());
    int at = text.indexOf('@');
    String digest = at < 0 ? "" : text.substring(at + 1);
    String named = at < 0 ? text : text.substring(0, at);
    int colon = named.lastIndexOf(':');
    boolean hasTag = colon > named.lastIndexOf('/'); // else it is a registry's port
    String tag = hasTag ? named.substring(colon + 1) : "";
    String name = hasTag ? named.substring(0, colon) : named;
    checkArgument(
        (at < 0 || !digest.isEmpty()) && (!hasTag || !tag.isEmpty()),
        "image: \"%s\"%s",
        text,
        EXPECTED);
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean namesRegistry = isRegistry(first);
    String registry = namesRegistry ? first : DOCKER_HUB;
    String repository = namesRegistry ? name.substring(slash + 1) : name;
    if (registry.equals("index.docker.io")) {
      registry = DOCKER_HUB;
    }
    if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    return new ImageReference(registry, repository, tag, digest);
  }

  /** Returns whether the reference can only ever mean one image. */
  public boolean isPinned() {
    return !digest.isEmpty();
  }

  /** Returns the reference to exactly the image {@code digest} names, without a tag. */
  public ImageReference withDigest(String digest) {
    return new ImageReference(registry, repository, "", digest);
  }

  /** Returns what to ask the registry for: the digest, the tag, or {@code latest}. */
  public String identifier() {
    return isPinned() ? digest : tag.isEmpty() ? "latest" : tag;
  }

  /** Returns the shortest spelling, the one people write: {@code nginx:1.25}. */
  public String familiar() {
    String name =
        !registry.equals(DOCKER_HUB)
            ? registry + '/' + repository
            : isSinglePartOfLibrary() ? repository.substring("library/".length()) : repository;
    return name + suffix();
  }

  /** Returns the full spelling, with the registry: what container runtimes expect. */
  @Override
  public String toString() {
    return registry + '/' + repository + suffix();
  }

  /** Returns the reference {@code text} spells, or empty if it is none. */
  public static Optional<ImageReference> find(String text) {
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isSinglePartOfLibrary() {
    return repository.startsWith("library/") && repository.indexOf('/', "library/".length()) < 0;
  }

  private String suffix() {
    return (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
  }

  private static boolean isRegistry(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || !first.equals(Ascii.toLowerCase(first));
  }

  private static void check(Pattern pattern, String value, String what) {
    checkArgument(pattern.matcher(value).matches(), "image %s: \"%s\"%s", what, value, EXPECTED);
  }
}
