package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageNameTest {

  private static final String DIGEST = "@sha256:" + "a".repeat(64);

  @Test
  void isDockerHubsUnlessItNamesARegistry() {
    assertThat(ImageName.parse("nginx" + DIGEST)).hasToString("docker.io/library/nginx" + DIGEST);
    assertThat(ImageName.parse("bitnami/nginx" + DIGEST))
        .hasToString("docker.io/bitnami/nginx" + DIGEST);
    assertThat(ImageName.parse("quay.io/a/b" + DIGEST)).hasToString("quay.io/a/b" + DIGEST);
    assertThat(ImageName.parse("localhost/app" + DIGEST)).hasToString("localhost/app" + DIGEST);
  }

  @Test
  void aTagBesideADigestIsLeftOut() {
    assertThat(ImageName.parse("nginx:1.27" + DIGEST))
        .hasToString("docker.io/library/nginx" + DIGEST);
    assertThat(ImageName.parse("127.0.0.1:5999/app:1" + DIGEST))
        .hasToString("127.0.0.1:5999/app" + DIGEST);
    assertThat(ImageName.parse("127.0.0.1:5999/app:1")).hasToString("127.0.0.1:5999/app:1");
  }

  @Test
  void onlyALoopbackRegistryIsSpokenToWithoutTls(@TempDir Path registries) throws Exception {
    ImageName local = ImageName.parse("127.0.0.1:5999/app" + DIGEST);

    assertThat(local.isOnLoopback()).isTrue();
    assertThat(ImageName.parse("localhost:5000/app").isOnLoopback()).isTrue();
    assertThat(ImageName.parse("127.0.0.1.example.com/app").isOnLoopback()).isFalse();
    assertThat(ImageName.parse("10.0.0.1:5000/app").isOnLoopback()).isFalse();
    assertThat(ImageName.parse("localhost.example.com/app").isOnLoopback()).isFalse();

    local.allowPlainHttp(registries);
    assertThat(registries.resolve("127.0.0.1:5999/hosts.toml"))
        .content()
        .contains("server = \"http://127.0.0.1:5999\"");
  }
}
