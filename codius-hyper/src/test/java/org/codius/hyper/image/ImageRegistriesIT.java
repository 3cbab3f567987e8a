package org.codius.hyper.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hc.client5.http.DnsResolver;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real registry has, and what a hostile one tries. */
class ImageRegistriesIT {

  private static final String NO_DIGEST = "@sha256:" + "0".repeat(64);
  private static final String REFUSAL = "not found or not allowed";

  @TempDir Path folder;

  /** The registry of an attacker, and what was asked of it. */
  private HttpServer hostile;

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws Exception {
    hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hostile.start();
  }

  @AfterEach
  void stop() {
    hostile.stop(0);
  }

  @Test
  void readsWhatARealRegistryHas() throws Exception {
    try (RegistryProcess registry = RegistryProcess.start(folder);
        ImageRegistries registries = loopback()) {
      String digest = registry.push("a/b", "amd64", 3);
      String index = registry.pushIndex("a/b", "amd64", digest);

      CheckedImage image =
          registries.check(registry.address() + "/a/b@" + digest, ImageLimits.DEFAULT);
      CheckedImage indexed =
          registries.check(registry.address() + "/a/b@" + index, ImageLimits.DEFAULT);

      assertThat(image.layers()).isEqualTo(3);
      assertThat(image.compressedBytes()).isGreaterThan(3L * "layer 0".length());
      assertThat(indexed.digest()).isEqualTo(digest).isEqualTo(image.digest());
    }
  }

  @Test
  void refusesWhatIsTooLargeForElsewhereOrMissing() throws Exception {
    try (RegistryProcess registry = RegistryProcess.start(folder);
        ImageRegistries registries = loopback()) {
      String name = registry.address() + "/app@";
      String digest = registry.push("app", "amd64", 4);
      String foreign = registry.push("app", "s390x", 1);
      String foreignIndex = registry.pushIndex("app", "s390x", foreign);

      assertRefused(
          registries,
          name + digest,
          new ImageLimits(1 << 20, 1 << 20, 3),
          Reason.IMAGE_TOO_LARGE,
          "4 layers (limit: 3)");
      assertRefused(
          registries,
          name + digest,
          new ImageLimits(10, 1 << 20, 100),
          Reason.IMAGE_TOO_LARGE,
          "compressed");
      assertRefused(
          registries, name + foreign, ImageLimits.DEFAULT, Reason.IMAGE_UNUSABLE, "s390x");
      assertRefused(
          registries,
          name + foreignIndex,
          ImageLimits.DEFAULT,
          Reason.IMAGE_UNUSABLE,
          "linux/amd64");
      assertRefused(
          registries,
          registry.address() + "/app" + NO_DIGEST,
          ImageLimits.DEFAULT,
          Reason.IMAGE_NOT_FOUND,
          REFUSAL);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1:5000/app",
        "127.0.0.1:1/app",
        "localhost:1/app",
        "[::1]:1/app",
        "169.254.169.254/latest",
        "192.168.1.1/app",
        "[fd00::1]:443/app",
        "evil.example.com/app",
        "docker.io.example.com/app",
        "../../app",
        "quay.io/a b",
        "user@quay.io/app"
      })
  void whatIsNotAllowedIsNotAsked(String image) {
    DnsResolver nobody = resolver(Map.of(), true);
    try (ImageRegistries registries =
        new ImageRegistries(ImagePolicy.DEFAULT, new RegistryHttp(nobody))) {
      assertThatThrownBy(() -> registries.check(image + NO_DIGEST, ImageLimits.DEFAULT))
          .isInstanceOfSatisfying(
              PodDriverException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND));
    }
  }

  /** The name is allowed, and leads home: nothing is connected to, and no address told. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1"
      })
  void aNameWithAPrivateAddressIsRefused(String address) {
    DnsResolver names =
        resolver(Map.of("registry.example.com", List.of("93.184.216.34", address)), false);
    ImagePolicy policy = ImagePolicy.DEFAULT.withRegistries(Set.of("registry.example.com"));
    try (ImageRegistries registries = new ImageRegistries(policy, new RegistryHttp(names))) {
      assertThatThrownBy(
              () -> registries.check("registry.example.com/app" + NO_DIGEST, ImageLimits.DEFAULT))
          .hasMessage("pull registry.example.com/app" + NO_DIGEST + ": " + REFUSAL);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "http://127.0.0.1:%d/elsewhere",
        "https://localhost/",
        "https://[::1]/",
        "file:///etc/passwd",
        "http://public.example.com/",
        "https://user:password@example.com/",
        "//10.0.0.1/x",
        "https://2130706433/"
      })
  void aRedirectLeadsNowhereButToPublicAddressesOverTls(String target) throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.close();
        });
    other.start();
    hostile.createContext(
        "/",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Location", target.formatted(other.getAddress().getPort()));
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });
    try (ImageRegistries registries = loopback()) {
      assertRefused(
          registries,
          hostileName() + "/app" + NO_DIGEST,
          ImageLimits.DEFAULT,
          Reason.IMAGE_NOT_FOUND,
          REFUSAL);
    } finally {
      other.stop(0);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void aLockedRegistryIsReadWithItsOwnLoginOnly() throws Exception {
    try (RegistryProcess registry = RegistryProcess.startLocked(folder)) {
      String name = registry.address() + "/app@" + registry.push("app", "amd64", 2);
      ImagePolicy none = ImagePolicy.DEFAULT.withLoopback();
      Map<String, ImagePolicy.Login> right = Map.of(registry.address(), RegistryProcess.LOGIN);
      Map<String, ImagePolicy.Login> wrong =
          Map.of(registry.address(), new ImagePolicy.Login("codius", "open barley"));

      try (ImageRegistries registries = ImageRegistries.of(none.withLogins(right))) {
        assertThat(registries.check(name, ImageLimits.DEFAULT).layers()).isEqualTo(2);
      }
      for (ImagePolicy policy : List.of(none, none.withLogins(wrong))) {
        try (ImageRegistries registries = ImageRegistries.of(policy)) {
          assertRefused(registries, name, ImageLimits.DEFAULT, Reason.IMAGE_NOT_FOUND, REFUSAL);
        }
      }
    }
  }

  @Test
  void loginsGoToTheirRegistryOnlyAndNoTokenServiceIsAskedAtHome() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          asked.add("token service");
          exchange.close();
        });
    other.start();
    hostile.createContext(
        "/",
        exchange -> {
          asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange
              .getResponseHeaders()
              .set(
                  "WWW-Authenticate",
                  "Bearer realm=\"http://127.0.0.1:" + other.getAddress().getPort() + "/token\"");
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    ImagePolicy policy =
        ImagePolicy.DEFAULT
            .withLoopback()
            .withLogins(Map.of("quay.io", new ImagePolicy.Login("me", "secret")));
    try (ImageRegistries registries = ImageRegistries.of(policy)) {
      assertRefused(
          registries,
          hostileName() + "/app" + NO_DIGEST,
          ImageLimits.DEFAULT,
          Reason.IMAGE_NOT_FOUND,
          REFUSAL);
    } finally {
      other.stop(0);
    }
    assertThat(asked).containsExactly("null");
    assertThat(policy.toString()).doesNotContain("secret");
  }

  /** containerd would fetch a part from wherever its descriptor says. */
  @Test
  void aManifestThatNamesOtherPlacesForItsPartsIsRefused() throws Exception {
    byte[] manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,\
        "layers":[{"digest":"%s","size":1,"urls":["http://169.254.169.254/"]}]}"""
            .formatted(
                RegistryProcess.descriptor("config.v1+json", new byte[2]),
                RegistryProcess.digest(new byte[1]))
            .getBytes(UTF_8);
    serve(manifest);
    try (ImageRegistries registries = loopback()) {
      assertRefused(
          registries,
          hostileName() + "/app@" + RegistryProcess.digest(manifest),
          ImageLimits.DEFAULT,
          Reason.IMAGE_NOT_FOUND,
          REFUSAL);
    }
  }

  @Test
  void aManifestThatLiesOrDoesNotEndIsNoAnswer() throws Exception {
    serve("{}".getBytes(UTF_8));
    try (ImageRegistries registries = loopback()) {
      assertRefused(
          registries,
          hostileName() + "/app" + NO_DIGEST,
          ImageLimits.DEFAULT,
          Reason.IMAGE_PULL_FAILED,
          "gave no usable answer");
    }
    hostile.removeContext("/");
    serve(new byte[5 << 20]);
    try (ImageRegistries registries = loopback()) {
      assertRefused(
          registries,
          hostileName() + "/app" + NO_DIGEST,
          ImageLimits.DEFAULT,
          Reason.IMAGE_PULL_FAILED,
          "gave no usable answer");
    }
  }

  private void serve(byte[] body) {
    hostile.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private String hostileName() {
    return "127.0.0.1:" + hostile.getAddress().getPort();
  }

  private static ImageRegistries loopback() {
    return ImageRegistries.of(ImagePolicy.DEFAULT.withLoopback());
  }

  private static void assertRefused(
      ImageRegistries registries, String image, ImageLimits limits, Reason reason, String words) {
    assertThatThrownBy(() -> registries.check(image, limits))
        .isInstanceOfSatisfying(
            PodDriverException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(words)
        .hasMessageNotContainingAny("169.254.169.254", "10.0.0.1");
  }

  private static DnsResolver resolver(Map<String, List<String>> names, boolean isForbidden) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        if (isForbidden) {
          throw new AssertionError("asked for " + host);
        }
        InetAddress[] found =
            names.getOrDefault(host, List.of()).stream()
                .map(InetAddresses::forString)
                .toArray(InetAddress[]::new);
        if (found.length == 0) {
          throw new UnknownHostException(host);
        }
        return found;
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }
}
