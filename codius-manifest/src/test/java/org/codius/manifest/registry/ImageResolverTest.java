package org.codius.manifest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.manifest.ImageReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The answers a real registry cannot be brought to give in a test; see also the IT. */
class ImageResolverTest {

  private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(UTF_8);
  private static final String DIGEST = "sha256:" + Hashing.sha256().hashBytes(MANIFEST);
  private static final String USER_AND_PASSWORD = "Basic dXNlcjpzM2NyZXQ=";

  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private String registry;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    registry = "localhost:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void getsATokenWhereARegistrySendsIt() {
    answer("/token", exchange -> send(exchange, 200, "{\"token\":\"t0ken\"}"));
    answer(
        "/v2/",
        exchange -> {
          if ("Bearer t0ken".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            sendManifest(exchange);
          } else {
            challenge(
                exchange,
                "Bearer realm=\"http://"
                    + registry
                    + "/token\",service=\"the registry\",scope=\"repository:a/b:pull\"");
          }
        });

    ImageReference pinned = resolver(credentials()).resolve(image("a/b:1"));

    assertThat(pinned.digest()).isEqualTo(DIGEST);
    assertThat(requests)
        .containsExactly(
            "HEAD /v2/a/b/manifests/1 null",
            "GET /token?service=the+registry&scope=repository%3Aa%2Fb%3Apull " + USER_AND_PASSWORD,
            "HEAD /v2/a/b/manifests/1 Bearer t0ken");
  }

  @Test
  void logsInWithThePasswordFromDockersConfig() {
    answer(
        "/v2/",
        exchange -> {
          if (USER_AND_PASSWORD.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            sendManifest(exchange);
          } else {
            challenge(exchange, "Basic realm=\"x\"");
          }
        });

    assertThat(resolver(credentials()).resolve(image("a:1")).digest()).isEqualTo(DIGEST);
    assertThatThrownBy(() -> resolver(RegistryCredentials.NONE).resolve(image("a:1")))
        .hasMessageContaining("answered 401 (the image does not exist, or needs a login");
  }

  @Test
  void sendsNoPasswordToATokenServiceWithoutTls() {
    answer("/v2/", exchange -> challenge(exchange, "Bearer realm=\"ftp://elsewhere/token\""));

    assertThatThrownBy(() -> resolver(credentials()).resolve(image("a:1")))
        .hasMessageContaining("\"ftp://elsewhere/token\", which is not HTTPS");
  }

  @Test
  void asksForTheManifestWhereHeadBringsNoDigest() {
    answer(
        "/v2/",
        exchange -> {
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          send(exchange, isHead ? 405 : 200, new String(MANIFEST, UTF_8));
        });

    assertThat(resolver(RegistryCredentials.NONE).resolve(image("a:1")).digest()).isEqualTo(DIGEST);
  }

  @Test
  void refusesAManifestThatIsNotTheOneStated() {
    answer(
        "/v2/",
        exchange -> {
          if (exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Docker-Content-Digest", DIGEST);
          }
          send(exchange, 200, "{\"another\":1}");
        });

    assertThatThrownBy(() -> resolver(RegistryCredentials.NONE).resolve(image("a:1")))
        .hasMessageContaining("does not have the digest it states");
  }

  @Test
  void asksAgainWhileTheRegistryIsOverloaded() {
    AtomicInteger count = new AtomicInteger();
    answer(
        "/v2/",
        exchange -> {
          if (count.incrementAndGet() < 3) {
            send(exchange, 503, "");
          } else {
            sendManifest(exchange);
          }
        });

    assertThat(resolver(RegistryCredentials.NONE).resolve(image("a:1")).digest()).isEqualTo(DIGEST);
    assertThat(count).hasValue(3);
  }

  @Test
  void hangsUpOnAnEndlessAnswer() {
    answer(
        "/v2/",
        exchange -> {
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          send(exchange, isHead ? 404 : 200, " ".repeat(5 << 20));
        });

    assertThatThrownBy(() -> resolver(RegistryCredentials.NONE).resolve(image("a:1")))
        .hasMessageContaining("the answer has more than 4194304 bytes");
  }

  @Test
  void doesNotWaitForEver() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ImageReference image = ImageReference.parse("localhost:" + silent.getLocalPort() + "/a:1");
      RegistryConfig impatient =
          new RegistryConfig(
              Duration.ofMillis(100), 1, Duration.ZERO, Set.of(), RegistryCredentials.NONE);

      assertThatThrownBy(
              () -> new ImageResolver(HttpClient.newHttpClient(), impatient).resolve(image))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("did not answer");
    }
  }

  @Test
  void leavesAPinnedImageAlone() {
    ImageReference pinned = image("a:1").withDigest(DIGEST);

    assertThat(resolver(RegistryCredentials.NONE).resolve(pinned)).isSameAs(pinned);
    assertThat(requests).isEmpty();
  }

  @Test
  void credentialsDoNotShowPasswords() {
    assertThat(credentials().toString()).contains(registry).doesNotContain("s3cret", "dXNlcj");
    assertThatThrownBy(() -> RegistryCredentials.parse("s3cret".getBytes(UTF_8)))
        .hasMessage("Docker config.json: no JSON at line 1")
        .hasNoCause();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private void answer(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          handler.handle(exchange);
        });
  }

  private static void challenge(HttpExchange exchange, String challenge) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
    send(exchange, 401, "");
  }

  private static void sendManifest(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Docker-Content-Digest", DIGEST);
    send(exchange, 200, new String(MANIFEST, UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    boolean hasBody = !body.isEmpty() && !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, hasBody ? body.getBytes(UTF_8).length : -1);
    if (hasBody) {
      exchange.getResponseBody().write(body.getBytes(UTF_8));
    }
    exchange.close();
  }

  private RegistryCredentials credentials() {
    String config =
        "{\"auths\":{\"http://"
            + registry
            + "/v2/\":{\"username\":\"user\",\"password\":\"s3cret\"},\"b\":{}}}";
    return RegistryCredentials.parse(config.getBytes(UTF_8));
  }

  private ImageReference image(String name) {
    return ImageReference.parse(registry + "/" + name);
  }

  private static ImageResolver resolver(RegistryCredentials credentials) {
    RegistryConfig config =
        new RegistryConfig(Duration.ofSeconds(10), 3, Duration.ofMillis(1), Set.of(), credentials);
    return new ImageResolver(HttpClient.newHttpClient(), config);
  }
}
