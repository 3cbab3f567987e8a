package org.codius.manifest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.nio.file.Path;
import org.codius.manifest.ImageReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Debian's docker-registry, a real one. */
class ImageResolverIT {

  @TempDir static Path folder;
  private static RegistryProcess registry;

  private final ImageResolver resolver =
      new ImageResolver(HttpClient.newHttpClient(), RegistryConfig.DEFAULT);

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryProcess.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
  }

  @Test
  void findsTheDigestOfATag() throws Exception {
    String digest = registry.push("team/app", "1.0", "one");

    ImageReference pinned = resolver.resolve(image("team/app:1.0"));

    assertThat(pinned).hasToString(registry.address() + "/team/app@" + digest);
  }

  @Test
  void withoutATagTakesLatestAndFollowsIt() throws Exception {
    String first = registry.push("app", "latest", "first");
    ImageReference before = resolver.resolve(image("app"));
    String second = registry.push("app", "latest", "second");

    ImageReference after = resolver.resolve(image("app"));

    assertThat(before.digest()).isEqualTo(first);
    assertThat(after.digest()).isEqualTo(second).isNotEqualTo(first);
  }

  @Test
  void resolvesAnImageForSeveralPlatformsToTheirList() throws Exception {
    String list = registry.pushList("many", "2", registry.push("many", "amd64", "one"));

    assertThat(resolver.resolve(image("many:2")).digest()).isEqualTo(list);
  }

  @Test
  void namesImageRegistryAndStatusIfThereIsNone() {
    assertThatThrownBy(() -> resolver.resolve(image("nothing:1")))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "resolve image %s/nothing:1: registry %s answered 404 (there is no image nothing with"
                + " tag 1)",
            registry.address(), registry.address());
  }

  private static ImageReference image(String name) {
    return ImageReference.parse(registry.address() + "/" + name);
  }
}
