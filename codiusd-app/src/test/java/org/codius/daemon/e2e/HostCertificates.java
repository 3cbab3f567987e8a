package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.codius.proxy.tls.Certificate;
import org.codius.proxy.tls.Certificates;

/**
 * The certificates of a host that serves https, in files as its operator has them: one for the name
 * of its API, and one for its public name and its pods, each vouched for by nobody else.
 */
record HostCertificates(Path folder) {

  /** A name that every program finds on this machine. */
  static final String API_NAME = "localhost";

  /** A name that no program finds by itself. Browsers take no wildcard below a single label. */
  static final String PUBLIC_NAME = "codius.test";

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Makes both, in a new folder. */
  static HostCertificates create() {
    try {
      HostCertificates made = new HostCertificates(Files.createTempDirectory("codius-e2e-tls-"));
      made.write(API_NAME);
      made.write(PUBLIC_NAME);
      return made;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns what tells a host of them. */
  Map<String, String> settings(int port) {
    return Map.of(
        "CODIUS_PUBLIC_URI", "https://" + PUBLIC_NAME + ":" + port,
        "CODIUS_TLS_CERTIFICATE", chain(PUBLIC_NAME) + "," + chain(API_NAME),
        "CODIUS_TLS_KEY", key(PUBLIC_NAME) + "," + key(API_NAME));
  }

  /** Returns the file with the certificate for a name. */
  Path chain(String name) {
    return folder.resolve(name + ".pem");
  }

  private Path key(String name) {
    return folder.resolve(name + "-key.pem");
  }

  /** Puts another certificate, with another key, in the place of the one for a name. */
  X509Certificate write(String name) throws IOException {
    Certificate made = Certificates.selfSigned(name, Instant.now(), RANDOM);
    X509Certificate certificate = made.chain().get(0);
    try {
      move(pem("PRIVATE KEY", made.key().getEncoded()), key(name));
      move(pem("CERTIFICATE", certificate.getEncoded()), chain(name));
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
    return certificate;
  }

  private static String pem(String what, byte[] bytes) {
    String base64 = Base64.getMimeEncoder().encodeToString(bytes);
    return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
  }

  private void move(String text, Path to) throws IOException {
    Path written = Files.writeString(folder.resolve("new"), text, US_ASCII);
    Files.move(written, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns a client for the API. */
  HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(trusting(chain(API_NAME)))
        .build();
  }

  /** Returns what trusts one certificate and no other. */
  static SSLContext trusting(Path chain) {
    try (InputStream in = Files.newInputStream(chain)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "host", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError("trust " + chain, e);
    }
  }
}
