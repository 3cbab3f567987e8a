package org.codius.hyper.image;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.annotations.VisibleForTesting;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHeaders;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.image.RegistryHttp.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registries that images may come from, asked over the OCI distribution API 1.1.
 *
 * <p>An image is asked for only at a registry the {@link ImagePolicy} names, and only at a public
 * address: the one that was checked is the one connected to, for the registry as for its token
 * service and wherever either redirects. Who asks for what a rule forbids, or for what does not
 * exist, is told the same: "not found or not allowed"; the log says which.
 *
 * <p>Calls block, for no longer than some round trips of 30 seconds each. Safe for use by several
 * threads.
 */
public final class ImageRegistries implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ImageRegistries.class);

  private static final String DOCKER_HUB_API = "registry-1.docker.io";
  private static final String ACCEPTED = String.join(", ", ImageManifest.MEDIA_TYPES);

  /** The specification's limit of a manifest. */
  private static final int LONGEST_MANIFEST = 4 << 20;

  private static final int LONGEST_CONFIG = 4 << 20;
  private static final long CACHED_BYTES = 16 << 20;
  private static final Duration CACHED_FOR = Duration.ofMinutes(5);
  private static final int MOST_PARTS = 100_000;
  private static final Duration PARTS_FOR = Duration.ofHours(1);
  private static final JsonMapper JSON = new JsonMapper();

  private final ImagePolicy policy;
  private final RegistryHttp http;
  private final RegistryLogin login;

  /** Manifests with a digest, which never change. A runtime asks for each three times. */
  private final Cache<ImageName, ImageManifest> manifests =
      CacheBuilder.newBuilder()
          .maximumWeight(CACHED_BYTES)
          .weigher((ImageName name, ImageManifest manifest) -> manifest.bytes().length + 512)
          .expireAfterWrite(CACHED_FOR)
          .build();

  /** The parts of images that passed the check, with their sizes. */
  private final Cache<ImageName, Long> parts =
      CacheBuilder.newBuilder().maximumSize(MOST_PARTS).expireAfterAccess(PARTS_FOR).build();

  @VisibleForTesting
  ImageRegistries(ImagePolicy policy, RegistryHttp http) {
    this.policy = policy;
    this.http = http;
    this.login = new RegistryLogin(http, policy.logins());
  }

  /** Returns the registries that {@code policy} allows. Asks nobody yet. */
  public static ImageRegistries of(ImagePolicy policy) {
    return new ImageRegistries(
        requireNonNull(policy, "policy"), new RegistryHttp(SystemDefaultDnsResolver.INSTANCE));
  }

  /**
   * Reads the image's manifest and holds it against the policy and {@code limits}. From then on a
   * {@link RegistryProxy} hands out its parts.
   *
   * @param image as in a manifest, {@code name[:tag]@sha256:…}
   * @throws PodDriverException {@link Reason#IMAGE_NOT_FOUND} if there is none or it is not
   *     allowed, {@link Reason#IMAGE_UNUSABLE} if it is for other machines than this, {@link
   *     Reason#IMAGE_TOO_LARGE} if it is above the limits, {@link Reason#IMAGE_PULL_FAILED} if its
   *     registry does not say
   */
  public CheckedImage check(String image, ImageLimits limits) {
    String shown = ImageName.shown(image);
    ImageName name;
    try {
      name = ImageName.parse(image);
    } catch (IllegalArgumentException e) {
      throw new PodDriverException(Reason.IMAGE_NOT_FOUND, "pull: " + e.getMessage(), e);
    }
    try {
      return check(name, limits);
    } catch (UnknownHostException e) {
      log.warn("image refused image={} reason={}", shown, e.getMessage());
      throw notFound(shown);
    } catch (IOException e) {
      log.warn("registry failed image={} reason={}", shown, e.toString());
      throw new PodDriverException(
          Reason.IMAGE_PULL_FAILED,
          "pull " + shown + ": registry " + name.registry() + " gave no usable answer");
    }
  }

  /**
   * Checks what can be without asking anybody.
   *
   * @throws PodDriverException {@link Reason#IMAGE_NOT_FOUND} if the image is at a registry that is
   *     not allowed
   */
  public void requireAllowed(ImageName name) {
    if (!policy.allows(name)) {
      log.warn("image refused image={} reason=registry not allowed", name);
      throw notFound(name.toString());
    }
  }

  private static PodDriverException notFound(String shown) {
    return new PodDriverException(
        Reason.IMAGE_NOT_FOUND, "pull " + shown + ": not found or not allowed");
  }

  private CheckedImage check(ImageName name, ImageLimits limits) throws IOException {
    ImageManifest manifest = manifest(name);
    String architecture = architecture();
    if (manifest.isIndex()) {
      String digest =
          manifest
              .digestFor(architecture)
              .orElseThrow(() -> otherPlatform(name, architecture, "other platforms"));
      manifest = manifest(new ImageName(name.registry(), name.repository(), digest));
      if (manifest.isIndex()) {
        throw new IOException("an index of indexes");
      }
    }
    requireWithinLimits(name, manifest, limits);
    requirePlatform(name, manifest, architecture);
    manifest
        .parts()
        .forEach(
            (part, size) ->
                parts.put(new ImageName(name.registry(), name.repository(), part), size));
    String digest = "sha256:" + Hashing.sha256().hashBytes(manifest.bytes());
    return new CheckedImage(name, digest, manifest.compressedBytes(), manifest.layers());
  }

  /** An image without an index says only in its configuration what it runs on. */
  private void requirePlatform(ImageName name, ImageManifest manifest, String architecture)
      throws IOException {
    byte[] bytes;
    try (Response response = ask(name, "GET", "blobs/" + manifest.configDigest())) {
      bytes = response.body(LONGEST_CONFIG);
    }
    JsonNode config;
    try {
      config = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException("an image configuration that is no JSON");
    }
    String os = config.path("os").asText("linux");
    String theirs = config.path("architecture").asText(architecture);
    if (!os.equals("linux") || !theirs.equals(architecture)) {
      throw otherPlatform(name, architecture, ImageName.shown(os + "/" + theirs));
    }
  }

  private static PodDriverException otherPlatform(
      ImageName name, String architecture, String theirs) {
    return new PodDriverException(
        Reason.IMAGE_UNUSABLE,
        "pull %s: it is not for linux/%s but for %s".formatted(name, architecture, theirs));
  }

  /**
   * Returns a manifest, one with a digest from the cache if it is there.
   *
   * @throws UnknownHostException if there is none or a rule forbids it
   */
  ImageManifest manifest(ImageName name) throws IOException {
    ImageManifest known = manifests.getIfPresent(name);
    if (known != null) {
      return known;
    }
    ImageManifest manifest;
    try (Response response = ask(name, "GET", "manifests/" + name.reference())) {
      manifest =
          ImageManifest.parse(
              response.body(LONGEST_MANIFEST), response.header(HttpHeaders.CONTENT_TYPE));
    }
    if (name.isPinned()
        && !name.reference().equals("sha256:" + Hashing.sha256().hashBytes(manifest.bytes()))) {
      throw new IOException("a manifest that does not have its digest");
    }
    if (name.isPinned()) {
      manifests.put(name, manifest);
    }
    return manifest;
  }

  private static void requireWithinLimits(
      ImageName name, ImageManifest manifest, ImageLimits limits) {
    long bytes = manifest.compressedBytes();
    if (bytes > limits.compressedBytes()) {
      throw new PodDriverException(
          Reason.IMAGE_TOO_LARGE,
          "pull %s: %d MiB compressed (limit: %d MiB)"
              .formatted(name, (bytes >> 20) + 1, limits.compressedBytes() >> 20));
    }
    if (manifest.layers() > limits.layers()) {
      throw new PodDriverException(
          Reason.IMAGE_TOO_LARGE,
          "pull %s: %d layers (limit: %d)".formatted(name, manifest.layers(), limits.layers()));
    }
  }

  /**
   * Returns how large a part of a repository is, going by an image that was checked within the last
   * hour.
   *
   * @throws NotAllowedException if no such image has it
   */
  long sizeOf(ImageName part) throws NotAllowedException {
    Long size = parts.getIfPresent(part);
    if (size == null) {
      throw new NotAllowedException("no image that was checked has " + part);
    }
    return size;
  }

  /**
   * Asks the image's registry for a part of its repository.
   *
   * @return an answer of status 200, to be closed
   */
  Response ask(ImageName name, String method, String part) throws IOException {
    if (!policy.allows(name)) {
      throw new NotAllowedException("registry " + name.registry() + " is not allowed");
    }
    String host = name.registry().equals(ImageName.DOCKER_HUB) ? DOCKER_HUB_API : name.registry();
    URI uri =
        URI.create(
            "%s://%s/v2/%s/%s"
                .formatted(name.isOnLoopback() ? "http" : "https", host, name.repository(), part));
    Response first = ask(name, method, uri, login.known(name));
    if (first.status() != 401) {
      return required(first);
    }
    Optional<String> answer;
    try (first) {
      answer = login.answer(name, first);
    }
    if (answer.isEmpty()) {
      throw new UnknownHostException("the registry wants a login");
    }
    return required(ask(name, method, uri, answer));
  }

  private static Response required(Response response) throws IOException {
    if (response.status() == 200) {
      return response;
    }
    try (response) {
      String words = "the registry answered " + response.status();
      throw switch (response.status()) {
        case 400, 401, 403, 404 -> new UnknownHostException(words);
        default -> new IOException(words);
      };
    }
  }

  private Response ask(ImageName name, String method, URI uri, Optional<String> authorization)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put(HttpHeaders.ACCEPT, ACCEPTED);
    authorization.ifPresent(value -> headers.put(HttpHeaders.AUTHORIZATION, value));
    return http.ask(name.registry(), method, uri, headers);
  }

  /** Returns this machine's architecture as image manifests spell it. */
  private static String architecture() {
    String name = ManagementFactory.getOperatingSystemMXBean().getArch();
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  /** Breaks off what is being asked. */
  @Override
  public void close() {
    http.close();
  }
}
