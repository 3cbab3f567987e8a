package org.codius.manifest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.hash.Hashing;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.regex.Pattern;
import org.codius.manifest.ImageReference;

/**
 * Finds the digest of the image a tag means now, as {@code docker pull} would.
 *
 * <p>Speaks the OCI distribution API 1.1: {@code HEAD}, or {@code GET} where that brings no digest,
 * on {@code /v2/<repository>/manifests/<tag>}; answers challenges for basic and bearer
 * authentication. An image for several platforms resolves to the list of them. Blocks the calling
 * thread. Safe for use by several threads.
 */
public final class ImageResolver {

  private static final String ACCEPTED =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  private static final String DOCKER_HUB_API = "registry-1.docker.io";
  private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");
  private static final JsonMapper MAPPER = new JsonMapper();

  private final RegistryHttp http;
  private final RegistryConfig config;

  /**
   * @param client whose threads and proxies are used; it should follow redirects
   */
  public ImageResolver(HttpClient client, RegistryConfig config) {
    this.config = requireNonNull(config, "config");
    this.http = new RegistryHttp(requireNonNull(client, "client"), config);
  }

  /**
   * Returns the reference with the digest instead of the tag; one that has a digest as it is.
   *
   * @throws RegistryException if the registry does not say
   */
  public ImageReference resolve(ImageReference image) {
    if (image.isPinned()) {
      return image;
    }
    try {
      return image.withDigest(digest(image));
    } catch (IOException e) {
      throw new RegistryException(
          "resolve image "
              + image.familiar()
              + ": registry "
              + image.registry()
              + " did not answer: "
              + e.getMessage(),
          e);
    }
  }

  private String digest(ImageReference image) throws IOException {
    HttpResponse<byte[]> head = authorized(image, "HEAD");
    Optional<String> digest = statedDigest(head);
    if (head.statusCode() == 200 && digest.isPresent()) {
      return digest.get();
    }
    HttpResponse<byte[]> get = authorized(image, "GET");
    if (get.statusCode() != 200) {
      throw new RegistryException(
          "resolve image "
              + image.familiar()
              + ": registry "
              + image.registry()
              + " answered "
              + get.statusCode()
              + meaning(get.statusCode(), image));
    }
    String computed = "sha256:" + Hashing.sha256().hashBytes(get.body());
    if (statedDigest(get).isPresent() && !statedDigest(get).get().equals(computed)) {
      throw new RegistryException(
          "resolve image "
              + image.familiar()
              + ": registry "
              + image.registry()
              + " sent a manifest that does not have the digest it states");
    }
    return computed;
  }

  private HttpResponse<byte[]> authorized(ImageReference image, String method) throws IOException {
    HttpResponse<byte[]> first = http.send(question(image, method, Optional.empty()));
    if (first.statusCode() != 401) {
      return first;
    }
    Optional<String> authorization = authorization(image, first);
    return authorization.isPresent() ? http.send(question(image, method, authorization)) : first;
  }

  private HttpRequest question(
      ImageReference image, String method, Optional<String> authorization) {
    String host =
        image.registry().equals(ImageReference.DOCKER_HUB) ? DOCKER_HUB_API : image.registry();
    URI uri =
        URI.create(
            (isPlain(image.registry()) ? "http://" : "https://")
                + host
                + "/v2/"
                + image.repository()
                + "/manifests/"
                + image.identifier());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Accept", ACCEPTED)
            .timeout(config.timeout());
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request.build();
  }

  /** Returns what to send in answer to a 401, or empty if there is nothing to send. */
  private Optional<String> authorization(ImageReference image, HttpResponse<byte[]> refusal)
      throws IOException {
    Optional<String> basic = config.credentials().basic(image.registry());
    for (String header : refusal.headers().allValues("WWW-Authenticate")) {
      Optional<Challenge> challenge = Challenge.parse(header);
      if (challenge.isPresent() && challenge.get().scheme().equals("bearer")) {
        return Optional.of("Bearer " + token(image, challenge.get(), basic));
      }
      if (challenge.isPresent() && challenge.get().scheme().equals("basic")) {
        return basic;
      }
    }
    return Optional.empty();
  }

  private String token(ImageReference image, Challenge challenge, Optional<String> basic)
      throws IOException {
    String realm = challenge.parameters().getOrDefault("realm", "");
    boolean isTrusted =
        realm.startsWith("https://") || (realm.startsWith("http://") && isPlain(image.registry()));
    if (!isTrusted) {
      throw new IOException("it sends us for a token to \"" + realm + "\", which is not HTTPS");
    }
    String scope =
        challenge.parameters().getOrDefault("scope", "repository:" + image.repository() + ":pull");
    String service = challenge.parameters().getOrDefault("service", "");
    String query =
        (service.isEmpty() ? "" : "service=" + URLEncoder.encode(service, UTF_8) + "&")
            + "scope="
            + URLEncoder.encode(scope, UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(realm + (realm.indexOf('?') < 0 ? "?" : "&") + query))
            .timeout(config.timeout());
    basic.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<byte[]> response = http.send(request.build());
    if (response.statusCode() != 200) {
      throw new IOException("its token service answered " + response.statusCode());
    }
    JsonNode answer = json(response.body());
    String token = answer.path("token").asText(answer.path("access_token").asText());
    if (token.isEmpty()) {
      throw new IOException("its token service sent no token");
    }
    return token;
  }

  private boolean isPlain(String registry) {
    return config.insecureRegistries().contains(registry) || isLoopback(registry);
  }

  private static boolean isLoopback(String registry) {
    String host = HostAndPort.fromString(registry).getHost();
    return host.equals("localhost")
        || (InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isLoopbackAddress());
  }

  private static Optional<String> statedDigest(HttpResponse<byte[]> response) {
    return response
        .headers()
        .firstValue("Docker-Content-Digest")
        .filter(digest -> DIGEST.matcher(digest).matches());
  }

  private static URI uri(String text) throws IOException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("its token service has no usable address", e);
    }
  }

  private static JsonNode json(byte[] body) throws IOException {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IOException("its token service sent no JSON"); // and the cause would quote it
    }
  }

  private String meaning(int status, ImageReference image) {
    return switch (status) {
      case 401, 403 ->
          config.credentials().basic(image.registry()).isPresent()
              ? " (it does not accept these credentials, or the image does not exist)"
              : " (the image does not exist, or needs a login: docker login "
                  + image.registry()
                  + ")";
      case 404 ->
          " (there is no image " + image.repository() + " with tag " + image.identifier() + ")";
      case 429 -> " (too many requests: wait, or log in)";
      default -> "";
    };
  }
}
