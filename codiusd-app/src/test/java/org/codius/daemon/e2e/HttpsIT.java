package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A host that serves https: a pod is bought there by the original's client, npm {@code codius}, and
 * visited by its name. Its certificate is renewed before anybody visits it.
 */
final class HttpsIT {

  private static final HostCertificates CERTIFICATES = HostCertificates.create();

  @RegisterExtension static final HostProcess HOST = new HostProcess(CERTIFICATES);

  private static final Duration SOLD = Duration.ofMinutes(5);
  private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(80);
  private static final Duration RENEWAL_TIMEOUT = Duration.ofSeconds(30); // it looks every 10 s

  private static PodImages images;
  private static CodiusProject project;
  private static X509Certificate renewed;
  private static String pod;

  @BeforeAll
  static void buysAPod() throws Exception {
    images = PodImages.start();
    project = CodiusProject.create("pod-behind-https", images);
    renewed = CERTIFICATES.write(HostCertificates.PUBLIC_NAME);
    NodeScript.codius(
            project.folder(), "upload", "-y", "--host", HOST.uri().toString(), "-d", seconds(SOLD))
        .with(HOST.wallet())
        .with(Map.of("NODE_EXTRA_CA_CERTS", chain(HostCertificates.API_NAME).toString()))
        .run(CLIENT_TIMEOUT)
        .succeeded();
    pod = project.state().get("manifestHash").asText() + "." + HostCertificates.PUBLIC_NAME;
    Eventually.find("the renewed certificate", RENEWAL_TIMEOUT, HttpsIT::renewedIsShown);
  }

  @AfterAll
  static void removesItsFiles() throws Exception {
    project.close();
    images.close();
    MoreFiles.deleteRecursively(CERTIFICATES.folder());
  }

  @Test
  void aJavaProgramVisitsThePodOverEveryProtocol() throws Exception {
    Path hosts = Files.writeString(project.folder().resolve("hosts"), "127.0.0.1 " + pod + "\n");

    List<String> lines =
        HttpsVisitor.of(project.folder(), hosts, chain(HostCertificates.PUBLIC_NAME), authority())
            .run(CLIENT_TIMEOUT)
            .succeeded()
            .stdout()
            .lines()
            .toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("HTTP_2 200 ").contains("\"via\":\"2.0 codius\"");
    assertThat(lines.get(1)).startsWith("HTTP_1_1 200 ").contains("\"via\":\"1.1 codius\"");
    assertThat(lines.subList(0, 2))
        .allMatch(line -> line.contains("\"x-forwarded-proto\":\"https\""));
    assertThat(lines.get(2)).isEqualTo("there and back");
  }

  /** It is told which key to trust, as a visitor's authorities would tell it. */
  @Test
  void aBrowserVisitsThePodOverHttp2() throws Exception {
    byte[] key = MessageDigest.getInstance("SHA-256").digest(renewed.getPublicKey().getEncoded());
    try (Chromium browser = Chromium.create()) {
      Program.Ended visit =
          browser
              .visit(
                  "https://" + authority() + "/headers",
                  "*." + HostCertificates.PUBLIC_NAME,
                  "--ignore-certificate-errors-spki-list="
                      + Base64.getEncoder().encodeToString(key),
                  "--dump-dom")
              .run(CLIENT_TIMEOUT);

      assertThat(visit.succeeded().stdout()).contains("\"via\":\"2.0 codius\"");
    }
  }

  @Test
  void whoComesWithoutTlsIsSentOn() throws Exception {
    Program.Ended answer =
        Program.of(
                project.folder(),
                "curl",
                "-sS",
                "-H",
                "Host: " + pod,
                "-w",
                "%{http_code} %{redirect_url}",
                "http://127.0.0.1:" + HOST.redirectPort() + "/a?b")
            .run(CLIENT_TIMEOUT);

    assertThat(answer.succeeded().stdout()).isEqualTo("308 https://" + authority() + "/a?b");
  }

  private static Optional<Boolean> renewedIsShown() throws Exception {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), HOST.port());
        SSLSocket tls =
            (SSLSocket)
                HostCertificates.trusting(chain(HostCertificates.PUBLIC_NAME))
                    .getSocketFactory()
                    .createSocket(plain, HostCertificates.PUBLIC_NAME, HOST.port(), true)) {
      tls.startHandshake();
      return Optional.of(true);
    } catch (SSLHandshakeException e) {
      return Optional.empty(); // still the one before, which nobody trusts any more
    }
  }

  private static String authority() {
    return pod + ":" + HOST.port();
  }

  private static Path chain(String name) {
    return CERTIFICATES.chain(name);
  }

  private static String seconds(Duration duration) {
    return Long.toString(duration.toSeconds());
  }
}
