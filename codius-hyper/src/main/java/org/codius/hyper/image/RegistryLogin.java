package org.codius.hyper.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.codius.hyper.image.RegistryHttp.Response;

/**
 * Gets what a registry wants to see in {@code Authorization} (Docker's token specification), and
 * keeps it for a minute, the shortest a token lives. Safe for use by several threads.
 */
final class RegistryLogin {

  private static final int LONGEST_ANSWER = 64 << 10;
  private static final int MOST_TOKENS = 1000;
  private static final Duration TOKEN_LIFE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  private final RegistryHttp http;
  private final Map<String, ImagePolicy.Login> logins;
  private final Cache<String, String> authorizations =
      CacheBuilder.newBuilder().maximumSize(MOST_TOKENS).expireAfterWrite(TOKEN_LIFE).build();

  RegistryLogin(RegistryHttp http, Map<String, ImagePolicy.Login> logins) {
    this.http = http;
    this.logins = Map.copyOf(logins);
  }

  /** Returns what was good enough for this repository a moment ago. */
  Optional<String> known(ImageName image) {
    return Optional.ofNullable(authorizations.getIfPresent(key(image)));
  }

  /** Returns what to send in answer to a 401, or empty if there is nothing to send. */
  Optional<String> answer(ImageName image, Response refusal) throws IOException {
    Optional<String> basic = basic(image.registry());
    for (Header header : refusal.message().getHeaders(HttpHeaders.WWW_AUTHENTICATE)) {
      Optional<Challenge> challenge = Challenge.parse(header.getValue());
      Optional<String> answer = Optional.empty();
      if (challenge.isPresent() && challenge.get().scheme().equals("bearer")) {
        answer = Optional.of("Bearer " + token(image, challenge.get(), basic));
      } else if (challenge.isPresent() && challenge.get().scheme().equals("basic")) {
        answer = basic;
      }
      if (answer.isPresent()) {
        authorizations.put(key(image), answer.get());
        return answer;
      }
    }
    return Optional.empty();
  }

  private String token(ImageName image, Challenge challenge, Optional<String> basic)
      throws IOException {
    String realm = challenge.parameter("realm");
    String service = challenge.parameter("service");
    String query =
        (service.isEmpty() ? "" : "service=" + URLEncoder.encode(service, UTF_8) + "&")
            + "scope="
            + URLEncoder.encode("repository:" + image.repository() + ":pull", UTF_8);
    URI uri;
    try {
      uri = URI.create(realm + (realm.indexOf('?') < 0 ? "?" : "&") + query);
    } catch (IllegalArgumentException e) {
      throw new NotAllowedException(image.registry() + " has no usable token service");
    }
    Map<String, String> headers =
        basic.map(value -> Map.of(HttpHeaders.AUTHORIZATION, value)).orElse(Map.of());
    try (Response response = http.ask(image.registry(), "GET", uri, headers)) {
      if (response.status() != 200) {
        throw new IOException("its token service answered " + response.status());
      }
      JsonNode answer = JSON.readTree(response.body(LONGEST_ANSWER));
      String token = answer.path("token").asText(answer.path("access_token").asText());
      if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new IOException("its token service sent no token");
      }
      return token;
    } catch (JsonProcessingException e) {
      throw new IOException("its token service sent no JSON"); // the cause would quote it
    }
  }

  private Optional<String> basic(String registry) {
    return Optional.ofNullable(logins.get(registry))
        .map(
            login ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString((login.user() + ":" + login.password()).getBytes(UTF_8)));
  }

  private static String key(ImageName image) {
    return image.registry() + "/" + image.repository();
  }
}
