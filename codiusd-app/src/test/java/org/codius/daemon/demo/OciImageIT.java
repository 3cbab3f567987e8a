package org.codius.daemon.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layer, as the system's tar sees it. */
final class OciImageIT {

  private static final long TAR_SECONDS = 20;

  @TempDir private Path folder;

  @Test
  void tarUnpacksWhatWasPutIn() throws Exception {
    byte[] odd = new byte[1234];
    OciImage image =
        OciImage.builder()
            .file("/app/bin/run", "#!/bin/sh\n", 0755)
            .file("/app/data", odd, 0600)
            .symlink("/bin", "app/bin")
            .directory("/tmp", 01777)
            .build();

    List<String> listing = tar(image, "-tvf", "-");
    tar(image, "-xf", "-", "-C", folder.toString());

    assertThat(listing)
        .extracting(line -> line.replaceAll("\\s+", " "))
        .containsExactly(
            "drwxr-xr-x root/root 0 1970-01-01 00:00 app/",
            "drwxr-xr-x root/root 0 1970-01-01 00:00 app/bin/",
            "-rwxr-xr-x root/root 10 1970-01-01 00:00 app/bin/run",
            "-rw------- root/root 1234 1970-01-01 00:00 app/data",
            "lrwxrwxrwx root/root 0 1970-01-01 00:00 bin -> app/bin",
            "drwxrwxrwt root/root 0 1970-01-01 00:00 tmp/");
    assertThat(folder.resolve("bin/run")).hasContent("#!/bin/sh\n");
    assertThat(folder.resolve("app/data")).hasBinaryContent(odd);
  }

  @Test
  void theSameContentHasTheSameDigestInWhateverOrderItWasAdded() {
    OciImage image =
        OciImage.builder().file("/a", "1", 0644).file("/b/c", "2", 0644).workdir("/b").build();
    OciImage same =
        OciImage.builder().workdir("/b").file("/b/c", "2", 0644).file("/a", "1", 0644).build();
    OciImage other = OciImage.builder().file("/a", "1", 0600).file("/b/c", "2", 0644).build();

    assertThat(same.digest()).isEqualTo(image.digest()).matches("sha256:[0-9a-f]{64}");
    assertThat(other.digest()).isNotEqualTo(image.digest());
  }

  @Test
  void refusesAPathThatTarCannotHold() {
    OciImage.Builder image = OciImage.builder().file("/" + "a".repeat(101), "", 0644);

    assertThatThrownBy(image::build).hasMessageContaining("expected: at most 100 bytes");
    assertThatThrownBy(() -> image.file("relative", "", 0644))
        .hasMessage("image path: \"relative\" (expected: absolute, without a slash at its end)");
  }

  private List<String> tar(OciImage image, String... arguments) throws Exception {
    Path output = Files.createTempFile(folder, "tar", ".out");
    ProcessBuilder builder = new ProcessBuilder("tar");
    builder.command().addAll(List.of(arguments));
    builder.environment().put("TZ", "UTC");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try (OutputStream input = process.getOutputStream()) {
      input.write(image.layer().bytes());
    }
    assertThat(process.waitFor(TAR_SECONDS, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(output, UTF_8);
    Files.delete(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text.lines().toList();
  }
}
