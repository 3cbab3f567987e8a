package org.codius.hyper.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {

  private static final String DIGEST = "@sha256:" + "a".repeat(64);

  @Test
  void isDockerHubsUnlessItNamesARegistry() {
    assertThat(ImageName.parse("nginx" + DIGEST)).hasToString("docker.io/library/nginx" + DIGEST);
    assertThat(ImageName.parse("bitnami/nginx" + DIGEST))
        .hasToString("docker.io/bitnami/nginx" + DIGEST);
    assertThat(ImageName.parse("quay.io/a/b" + DIGEST)).hasToString("quay.io/a/b" + DIGEST);
    assertThat(ImageName.parse("localhost/app" + DIGEST)).hasToString("localhost/app" + DIGEST);
    assertThat(ImageName.parse("[::1]:5000/app" + DIGEST)).hasToString("[::1]:5000/app" + DIGEST);
  }

  @Test
  void aTagBesideADigestIsLeftOut() {
    assertThat(ImageName.parse("nginx:1.27" + DIGEST))
        .hasToString("docker.io/library/nginx" + DIGEST);
    assertThat(ImageName.parse("127.0.0.1:5999/app:1" + DIGEST))
        .hasToString("127.0.0.1:5999/app" + DIGEST);
    assertThat(ImageName.parse("127.0.0.1:5999/app:1")).hasToString("127.0.0.1:5999/app:1");
    assertThat(ImageName.parse("nginx")).hasToString("docker.io/library/nginx:latest");
  }

  @Test
  void onlyALiteralLoopbackAddressIsOnLoopback() {
    assertThat(ImageName.parse("127.0.0.1:5999/app").isOnLoopback()).isTrue();
    assertThat(ImageName.parse("localhost:5000/app").isOnLoopback()).isTrue();
    assertThat(ImageName.parse("[::1]:5000/app").isOnLoopback()).isTrue();
    for (String other :
        new String[] {
          "127.0.0.1.example.com/app",
          "10.0.0.1:5000/app",
          "localhost.example.com/app",
          "127.1:5000/app",
          "2130706433.:5000/app".replace(".:", ".x:"),
          "0x7f.1/app"
        }) {
      assertThat(ImageName.parse(other).isOnLoopback()).as(other).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "app/",
        "//app",
        "App",
        "a b",
        "app\nGET /",
        "app\r\nHost: x",
        "../../etc/passwd",
        "quay.io/../secret",
        "quay.io/a/./b",
        "quay.io/a//b",
        "quay.io/a%2fb",
        "quay.io/a?ns=evil",
        "quay.io/a#b",
        "user:password@quay.io/a",
        "user@quay.io/a",
        "http://quay.io/a",
        "file:///etc/passwd",
        "quay.io:99999/a",
        "quay.io:/a",
        "quay.io:0/a",
        "-quay.io/a",
        "quay..io/a",
        "[::1/a",
        "quay.io/a:",
        "quay.io/a:t@",
        "quay.io/a@md5:00",
        "quay.io/a@sha256:short",
        "quay.io/a@sha256:" + "A0000000000000000000000000000000000000000000000000000000000000000",
        "quay.io/\u0430pp",
        "quay.io/a:\u202etxt"
      })
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> ImageName.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected")
        .satisfies(e -> assertThat(e.getMessage()).matches("[\\x20-\\x7e\u2026]*"));
  }

  @Test
  void aLongNameIsRefusedAndNotRepeatedWhole() {
    assertThatThrownBy(() -> ImageName.parse("a/".repeat(50_000) + "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }
}
