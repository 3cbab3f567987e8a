package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.codius.proxy.tls.Certificate;
import org.codius.proxy.tls.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 and HTTP/2 inside TLS. */
@ExtendWith(LeakCheck.class)
class TlsTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Certificate first = certificateFor("one.example");
  private final Certificate second = certificateFor("two.example");
  private final Certificates certificates = Certificates.of(List.of(first, second));
  private final ProxyUnderTest proxy =
      new ProxyUnderTest(
          ProxyConfig.DEFAULT
              .withTls(certificates)
              .withRedirect(
                  new Redirect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8443)));

  private static Certificate certificateFor(String host) {
    return Certificates.selfSigned(host, Instant.now(), RANDOM);
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  /** Connects; {@code serverName} may be empty. */
  private SSLSocket connect(String serverName, List<String> versions, String... protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, RANDOM);
    InetSocketAddress address = proxy.proxy.localAddress();
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    if (!serverName.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(protocols);
    parameters.setProtocols(versions.toArray(String[]::new));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private SSLSocket connect(String serverName, String... protocols) throws Exception {
    return connect(serverName, List.of("TLSv1.3"), protocols);
  }

  private static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  @Test
  void usesOpenSslWhereItLoads() {
    assertThat(OpenSsl.isAvailable()).as(String.valueOf(OpenSsl.unavailabilityCause())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void speaksHttp2AndHttp11AsAgreed(String version) throws Exception {
    try (RawPod pod = RawPod.answering(ok("pod"));
        SSLSocket two = connect(ONE + ".one.example", List.of(version), "h2", "http/1.1");
        SSLSocket one = connect(ONE + ".one.example", List.of(version), "http/1.1");
        SSLSocket none = connect(ONE + ".one.example", List.of(version))) {
      proxy.routes.put(ONE, pod.address());

      assertThat(two.getApplicationProtocol()).isEqualTo("h2");
      assertThat(two.getSession().getProtocol()).isEqualTo(version);
      assertThat(StreamWire.open(two, 1 << 20).get(1, ONE + ".one.example", "/").answer(1).body())
          .isEqualTo("pod");
      assertThat(one.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(new Wire(one).send(get(ONE + ".one.example", "/")).answer().body())
          .isEqualTo("pod");
      assertThat(new Wire(none).send(get(ONE + ".one.example", "/")).answer().body())
          .isEqualTo("pod");
      assertThat(pod.requests())
          .hasSize(3)
          .allMatch(head -> head.contains("\r\nX-Forwarded-Proto: https\r\n"));
    }
  }

  @Test
  void oneConnectionServesPodsOfOneWildcard() throws Exception {
    try (RawPod one = RawPod.answering(ok("one"));
        RawPod two = RawPod.answering(ok("two"));
        SSLSocket socket = connect(ONE + ".one.example", "h2")) {
      proxy.routes.put(ONE, one.address());
      proxy.routes.put(TWO, two.address());
      StreamWire client = StreamWire.open(socket, 1 << 20);

      client.get(1, ONE + ".one.example", "/").get(3, TWO + ".one.example", "/");

      assertThat(client.answer(3).body()).isEqualTo("two");
      assertThat(client.answer(1).body()).isEqualTo("one");
    }
  }

  @Test
  void showsTheCertificateForTheNameThatWasAskedFor() throws Exception {
    try (SSLSocket exact = connect("two.example");
        SSLSocket wildcard = connect(ONE.toUpperCase(Locale.ROOT) + ".two.example");
        SSLSocket other = connect("x.y.two.example");
        SSLSocket unnamed = connect("")) {

      assertThat(shown(exact)).isEqualTo(second.chain().get(0));
      assertThat(shown(wildcard)).isEqualTo(second.chain().get(0));
      assertThat(shown(other)).isEqualTo(first.chain().get(0));
      assertThat(shown(unnamed)).isEqualTo(first.chain().get(0));
    }
  }

  @Test
  void aNewCertificateIsForNewConnections() throws Exception {
    Certificate renewed = certificateFor("one.example");
    try (SSLSocket before = connect("one.example")) {
      Wire client = new Wire(before);

      certificates.replace(List.of(renewed));

      assertThat(client.send(get("api", "/")).answer().status()).isEqualTo(200);
      try (SSLSocket after = connect("one.example")) {
        assertThat(shown(after)).isEqualTo(renewed.chain().get(0));
      }
      assertThat(client.send(get("api", "/")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void theLastAnswerIsFollowedByAFarewellInTls() throws Exception {
    try (SSLSocket socket = connect("one.example")) {
      Wire client = new Wire(socket);

      client.send("GET / HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n");

      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.readAll()).isEmpty(); // a cut without close_notify would throw
    }
  }

  /** Said by hand: the JDK's client would refuse to ask for them, whatever the server does. */
  @ParameterizedTest
  @CsvSource({"TLS 1.0,1", "TLS 1.1,2"})
  void refusesOldVersions(String name, int minor) throws Exception {
    byte[] answer = answerToHello(minor);

    assertThat(answer[0]).as("record type: alert").isEqualTo((byte) 21);
    assertThat(answer[6]).as("%s: protocol_version", name).isEqualTo((byte) 70);
  }

  @Test
  void takesTheSameHelloWithTls12() throws Exception {
    byte[] answer = answerToHello(3);

    assertThat(answer[0]).as("record type: handshake").isEqualTo((byte) 22);
    assertThat(answer[5]).as("message: ServerHello").isEqualTo((byte) 2);
  }

  /** Returns the first bytes of the answer to a ClientHello of that version (RFC 5246 §7.4.1.2). */
  private byte[] answerToHello(int minor) throws IOException {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    String body =
        "030%d".formatted(minor)
            + HexFormat.of().formatHex(random)
            + "00" // no session
            + "000a" // ECDHE with ECDSA or RSA: AES-128 in GCM, or CBC as old versions have it
            + "c02bc02fc009c013002f"
            + "0100" // no compression
            + "0018" // extensions
            + "000a000400020017" // groups: secp256r1
            + "000b00020100" // points: uncompressed
            + "000d0006000404030804"; // signatures: ECDSA and RSA-PSS with SHA-256
    int length = body.length() / 2;
    String record = "160301%04x01%06x".formatted(length + 4, length) + body;
    try (Wire client = Wire.to(proxy.proxy.localAddress())) {
      client.send(HexFormat.of().parseHex(record));
      return client.read(7).getBytes(ISO_8859_1);
    }
  }

  @Test
  void whoSpeaksNoTlsIsCutOff() throws Exception {
    try (Wire client = Wire.to(proxy.proxy.localAddress())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(client.readAll()).doesNotContain("HTTP/1.1");
    }
  }

  @Test
  void theRedirectPortSendsClientsOn() throws Exception {
    InetSocketAddress redirect = proxy.proxy.redirectAddress().orElseThrow();
    try (Wire client = Wire.to(redirect)) {
      Wire.Answer one = client.send(get(ONE + ".one.example:80", "/p?q=%20")).answer();
      Wire.Answer two =
          client.send("POST /x HTTP/1.1\r\nHost: a.b\r\nContent-Length: 1\r\n\r\nx").answer();

      assertThat(one.status()).isEqualTo(308);
      assertThat(one.has("Location: https://" + ONE + ".one.example:8443/p?q=%20")).isTrue();
      assertThat(one.has("Connection: close")).isFalse();
      assertThat(two.has("Location: https://a.b:8443/x")).isTrue();
      assertThat(two.has("Connection: close")).isTrue();
    }
    try (Wire client = Wire.to(redirect)) {
      assertThat(client.send("GET / HTTP/1.0\r\n\r\n").answer().status()).isEqualTo(400);
    }
    try (Socket socket = new Socket(redirect.getAddress(), redirect.getPort())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(new Wire(socket).answer().status()).isEqualTo(400);
    }
  }

  /** Believes every certificate; the tests look at them themselves. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
