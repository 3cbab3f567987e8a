package org.codius.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as OpenSSL writes them; {@code SOURCE.md} beside them says how they were made. */
class PemTest {

  private static CertificateFiles files(String chain, String key) {
    return new CertificateFiles(resource(chain), resource(key));
  }

  private static Path resource(String name) {
    return Path.of("src/test/resources/org/codius/proxy/tls", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa-pkcs8", "rsa-pkcs1", "ec-pkcs8", "ec-sec1", "ec-sec1-parameters"})
  void readsKeysOfEveryForm(String form) {
    String kind = form.substring(0, form.indexOf('-'));

    Certificate certificate = files(kind + "-cert.pem", form + "-key.pem").read();

    assertThat(certificate.names()).containsExactly(kind + ".example", "*." + kind + ".example");
    assertThat(certificate.toString()).doesNotContain("PRIVATE").contains("***");
  }

  @Test
  void readsBothFromOneFile(@TempDir Path folder) throws IOException {
    Path both = folder.resolve("both.pem");
    Files.writeString(
        both,
        Files.readString(resource("ec-pkcs8-key.pem")) + Files.readString(resource("ec-cert.pem")));

    assertThat(new CertificateFiles(both, both).read().chain()).hasSize(1);
  }

  @Test
  void refusesTheKeyOfAnother() {
    assertThatThrownBy(() -> files("ec-cert.pem", "rsa-pkcs8-key.pem").read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ec-cert.pem")
        .hasMessageContaining("not that of the certificate");
  }

  @Test
  void refusesAnEncryptedKey() {
    assertThatThrownBy(() -> files("rsa-cert.pem", "rsa-encrypted-key.pem").read())
        .hasMessageContaining("encrypted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
  void saysWhatIsWrongWithAFile(String text) {
    assertThatThrownBy(() -> Pem.certificates(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Pem.key(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhichFileIsNotThere() {
    assertThatThrownBy(() -> files("none.pem", "none.pem").read())
        .hasMessageMatching("read \\S+none.pem: there is no such file");
  }

  @Test
  void whatIsSelfSignedIsForAHostAndItsPods() throws Exception {
    Certificate made = Certificates.selfSigned("localhost", Instant.now(), new SecureRandom());

    assertThat(made.names()).containsExactly("localhost", "*.localhost");
    made.chain().get(0).verify(made.chain().get(0).getPublicKey());
    made.chain().get(0).checkValidity();
  }

  @Test
  void needsACertificate() {
    assertThatThrownBy(() -> Certificates.of(List.of())).hasMessageContaining("none");
  }
}
