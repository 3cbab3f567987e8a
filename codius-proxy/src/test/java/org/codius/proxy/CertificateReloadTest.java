package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.codius.proxy.tls.Certificate;
import org.codius.proxy.tls.CertificateFiles;
import org.codius.proxy.tls.Certificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files of certificates change while clients are busy. */
@ExtendWith(LeakCheck.class)
class CertificateReloadTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int CLIENTS = 8;
  private static final int RENEWALS = 5;

  @TempDir private Path folder;

  @Test
  void noConnectionIsDroppedWhenFilesChange() throws Exception {
    CertificateFiles files =
        new CertificateFiles(folder.resolve("tls.pem"), folder.resolve("tls.pem"));
    Certificate current = renew(files);
    Certificates certificates = Certificates.read(List.of(files));
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyConfig.DEFAULT.withTls(certificates))) {
      certificates.watch(List.of(files), Duration.ofMillis(10), timer);
      AtomicBoolean isOver = new AtomicBoolean();
      AtomicInteger answers = new AtomicInteger();
      List<Future<?>> busy = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        SSLSocket socket = connect(proxy.proxy.localAddress(), current);
        busy.add(clients.submit(() -> keepAsking(socket, isOver, answers)));
      }

      for (int i = 0; i < RENEWALS; i++) {
        Files.writeString(folder.resolve("broken"), "in the middle of being written");
        Files.move(folder.resolve("broken"), files.chain(), StandardCopyOption.ATOMIC_MOVE);
        Certificate renewed = renew(files);
        awaitShown(proxy.proxy.localAddress(), renewed);
        int before = answers.get();
        while (answers.get() < before + CLIENTS) {
          Thread.onSpinWait();
        }
      }
      isOver.set(true);

      for (Future<?> client : busy) {
        client.get(); // fails if its connection was dropped
      }
      assertThat(answers.get()).isGreaterThanOrEqualTo(RENEWALS * CLIENTS);
    } finally {
      timer.shutdownNow();
      clients.shutdownNow();
    }
  }

  /** Puts a new certificate where the one before was. */
  private Certificate renew(CertificateFiles files) throws Exception {
    Certificate made = Certificates.selfSigned("localhost", Instant.now(), RANDOM);
    Path draft = folder.resolve("draft");
    Files.writeString(
        draft,
        pem("CERTIFICATE", made.chain().get(0).getEncoded())
            + pem("PRIVATE KEY", made.key().getEncoded()));
    Files.move(draft, files.chain(), StandardCopyOption.ATOMIC_MOVE);
    return made;
  }

  private static String pem(String kind, byte[] content) {
    String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
  }

  private static @Nullable Void keepAsking(
      SSLSocket socket, AtomicBoolean isOver, AtomicInteger answers) throws IOException {
    try (Wire client = new Wire(socket)) {
      while (!isOver.get()) {
        assertThat(client.send(get("api", "/")).answer().status()).isEqualTo(200);
        answers.incrementAndGet();
      }
      return null;
    }
  }

  /** Connects as a client that believes this certificate alone. */
  private static SSLSocket connect(InetSocketAddress address, Certificate believed)
      throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("believed", believed.chain().get(0));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), RANDOM);
    Socket plain = new Socket(address.getAddress(), address.getPort());
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, "localhost", address.getPort(), true);
    socket.startHandshake();
    return socket;
  }

  private static void awaitShown(InetSocketAddress address, Certificate expected) throws Exception {
    while (true) {
      try (SSLSocket socket = connect(address, expected)) {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        assertThat(shown).isEqualTo(expected.chain().get(0));
        return;
      } catch (IOException e) {
        Thread.onSpinWait(); // the one before is still shown, which this client does not believe
      }
    }
  }
}
