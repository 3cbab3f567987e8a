package org.codius.manifest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.codius.manifest.ImageReference;

/**
 * User names and passwords for registries, as Docker keeps them in {@code config.json}.
 *
 * <p>Credential helpers, which are other programs, are not asked. {@link #toString} shows the
 * registries only.
 */
public final class RegistryCredentials {

  /** Nobody anywhere. */
  public static final RegistryCredentials NONE = new RegistryCredentials(ImmutableMap.of());

  private static final JsonMapper MAPPER = new JsonMapper();

  private final ImmutableMap<String, String> basicByRegistry;

  private RegistryCredentials(ImmutableMap<String, String> basicByRegistry) {
    this.basicByRegistry = basicByRegistry;
  }

  /**
   * Returns the credentials in the text of a Docker {@code config.json}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static RegistryCredentials parse(byte[] dockerConfig) {
    JsonNode auths = read(dockerConfig).path("auths");
    Map<String, String> basic = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : auths.properties()) {
      JsonNode value = entry.getValue();
      String auth = value.path("auth").asText();
      if (auth.isEmpty() && value.path("username").isTextual()) {
        String pair = value.path("username").asText() + ":" + value.path("password").asText();
        auth = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
      }
      if (!auth.isEmpty()) {
        basic.put(registry(entry.getKey()), auth);
      }
    }
    return new RegistryCredentials(ImmutableMap.copyOf(basic));
  }

  /** Returns the value of an {@code Authorization} header for {@code registry}, if there is one. */
  Optional<String> basic(String registry) {
    return Optional.ofNullable(basicByRegistry.get(registry)).map(auth -> "Basic " + auth);
  }

  @Override
  public String toString() {
    return "RegistryCredentials" + basicByRegistry.keySet();
  }

  private static JsonNode read(byte[] dockerConfig) {
    try {
      return MAPPER.readTree(dockerConfig);
    } catch (JsonProcessingException e) {
      // Its message would quote the file, which holds passwords.
      throw new IllegalArgumentException(
          "Docker config.json: no JSON at line " + e.getLocation().getLineNr());
    } catch (IOException e) {
      throw new AssertionError("reading from memory failed", e);
    }
  }

  /** Docker Hub is under its first API's address; others may have a scheme and path too. */
  private static String registry(String key) {
    String afterScheme = key.substring(key.indexOf("://") < 0 ? 0 : key.indexOf("://") + 3);
    int slash = CharMatcher.is('/').indexIn(afterScheme);
    String host = slash < 0 ? afterScheme : afterScheme.substring(0, slash);
    return host.equals("index.docker.io") || host.equals("registry-1.docker.io")
        ? ImageReference.DOCKER_HUB
        : host;
  }
}
