package org.codius.daemon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.codius.hyper.image.ImagePolicy;
import org.codius.hyper.image.ImagePolicy.Login;

/** What to log in to registries with: {@code {"registry.example.com": "user:password"}}. */
final class RegistryLogins {

  private static final String KEY = "CODIUS_REGISTRY_LOGINS";
  private static final JsonMapper JSON = new JsonMapper();

  private RegistryLogins() {}

  /**
   * @param registries those that images may come from, of which only what is named is logged in to
   */
  static Map<String, Login> from(Settings settings, Set<String> registries) {
    String text = settings.secret(KEY, value -> "***");
    if (text.isEmpty()) {
      return Map.of();
    }
    try {
      Map<String, Login> logins = parse(JSON.readTree(text));
      logins.keySet().forEach(ImagePolicy::requireRegistry);
      if (registries.containsAll(logins.keySet())) {
        return logins;
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // reported below, without what it says: that has a piece of the secret
    }
    settings.wrong(
        KEY,
        "***",
        "like {\"registry.example.com\":\"user:password\"}, of registries in CODIUS_REGISTRIES");
    return Map.of();
  }

  private static Map<String, Login> parse(JsonNode object) {
    if (!object.isObject()) {
      throw new IllegalArgumentException("logins (expected: a JSON object)");
    }
    Map<String, Login> logins = new HashMap<>();
    object
        .properties()
        .forEach(entry -> logins.put(entry.getKey(), login(entry.getValue().asText(""))));
    return logins;
  }

  private static Login login(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("login (expected: user:password)");
    }
    return new Login(text.substring(0, colon), text.substring(colon + 1));
  }
}
