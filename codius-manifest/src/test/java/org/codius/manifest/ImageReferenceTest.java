package org.codius.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io/library/nginx, nginx",
    "nginx:1.25, docker.io/library/nginx:1.25, nginx:1.25",
    "library/nginx, docker.io/library/nginx, nginx",
    "docker.io/nginx, docker.io/library/nginx, nginx",
    "index.docker.io/a/b, docker.io/a/b, a/b",
    "codius/codius-moneyd:x, docker.io/codius/codius-moneyd:x, codius/codius-moneyd:x",
    "localhost/a, localhost/a, localhost/a",
    "localhost:5000/a:1, localhost:5000/a:1, localhost:5000/a:1",
    "ghcr.io/a/b/c:1, ghcr.io/a/b/c:1, ghcr.io/a/b/c:1",
    "HOST/a, HOST/a, HOST/a",
    "[::1]:5000/a, [::1]:5000/a, [::1]:5000/a",
    "a-b__c/e--f_g.h, docker.io/a-b__c/e--f_g.h, a-b__c/e--f_g.h"
  })
  void fillsInDockersDefaults(String written, String full, String familiar) {
    ImageReference image = ImageReference.parse(written);

    assertThat(image.familiar()).isEqualTo(familiar);
    assertThat(image).hasToString(full);
  }

  @Test
  void keepsTagAndDigestApart() {
    ImageReference image = ImageReference.parse("r.example:5000/a/b:1.0@" + DIGEST);

    assertThat(image.registry()).isEqualTo("r.example:5000");
    assertThat(image.repository()).isEqualTo("a/b");
    assertThat(image.tag()).isEqualTo("1.0");
    assertThat(image.digest()).isEqualTo(DIGEST);
    assertThat(image.isPinned()).isTrue();
    assertThat(image.identifier()).isEqualTo(DIGEST);
    assertThat(image.withDigest(DIGEST)).hasToString("r.example:5000/a/b@" + DIGEST);
  }

  @Test
  void asksForLatestWithoutATag() {
    assertThat(ImageReference.parse("nginx").identifier()).isEqualTo("latest");
    assertThat(ImageReference.parse("nginx:1").identifier()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " nginx",
        "NGINX",
        "nginx:",
        "nginx@",
        "nginx@sha256:abc",
        "nginx:a b",
        "/nginx",
        "nginx/",
        "a//b",
        "a..b/c_",
        "-a",
        "a___b",
        "http://a/b",
        "a@b@c",
        "../etc"
      })
  void refusesWhatDockerRefuses(String written) {
    assertThat(ImageReference.find(written)).isEmpty();
    assertThatThrownBy(() -> ImageReference.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: [registry/]name[:tag][@sha256:digest])");
  }

  @Test
  void refusesNamesLongerThanDockers() {
    assertThat(ImageReference.find("a".repeat(237))).isPresent(); // with docker.io/library/ 255
    assertThat(ImageReference.find("a".repeat(238))).isEmpty();
    assertThat(ImageReference.find("a/".repeat(50_000))).isEmpty();
  }
}
