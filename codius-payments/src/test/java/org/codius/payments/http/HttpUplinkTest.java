package org.codius.payments.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.Packets;
import org.codius.payments.ilp.Ildcp;
import org.codius.payments.ilp.IlpCodec;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerPreparePacket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our end of ILP over HTTP, with a parent that answers as it is told. */
class HttpUplinkTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final InterledgerAddress ANYBODY = InterledgerAddress.of("test.anybody");
  private static final byte[] DETAILS =
      IlpCodec.encode(
          Ildcp.response(
              new Ildcp.Details(InterledgerAddress.of("test.parent.us"), new Asset("XRP", 9))));

  private static EventLoopGroup group;
  private static ExecutorService workers;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer parent;
  private volatile int status = 200;
  private volatile byte[] body = DETAILS;
  private HttpUplink uplink;

  @BeforeAll
  static void startThreads() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    workers = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void stopThreads() {
    workers.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void connect() throws IOException {
    parent = HttpServer.create(ANY_PORT, 8);
    parent.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    parent.start();
    URI endpoint = URI.create("http://127.0.0.1:" + parent.getAddress().getPort() + "/ilp");
    uplink =
        await(
            HttpUplink.connect(
                HttpUplinkConfig.of(endpoint, "out", ANY_PORT, "in"), group, workers));
    uplink.onPrepare(ECHO);
  }

  @AfterEach
  void close() {
    uplink.close();
    parent.stop(0);
  }

  @ParameterizedTest
  @CsvSource({"401", "404", "500", "503", "302"})
  void aParentThatAnswersWithAnotherStatusIsAPassingTrouble(int answered) {
    status = answered;
    body = new byte[0];

    assertThat(outcome(uplink.handle(prepare(ANYBODY, 1)))).isEqualTo("T01");
    assertThat(uplink.state().problem()).contains("HTTP status " + answered);
  }

  @Test
  void aParentThatAnswersWithoutAPacketIsAPassingTrouble() {
    for (byte[] answer :
        new byte[][] {{}, {1, 2, 3}, IlpCodec.encode(prepare(ANYBODY, 1)), new byte[60_000]}) {
      body = answer;

      assertThat(outcome(uplink.handle(prepare(ANYBODY, 1)))).isEqualTo("T01");
    }
  }

  @Test
  void aPacketThatHasExpiredIsNotSent() {
    InterledgerPreparePacket late = prepare(ANYBODY, 1, Instant.EPOCH);

    assertThat(outcome(uplink.handle(late))).isEqualTo("R00");
    assertThat(uplink.isConnected()).isTrue();
  }

  @Test
  void answersAPreparePostedWithTheToken() throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = post("Bearer in", "/ilp", IlpCodec.encode(packet()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
    assertThat(IlpCodec.decode(answer.body())).isEqualTo(Packets.fulfill((byte) 'y'));
  }

  @ParameterizedTest
  @CsvSource({
    "'', /ilp, 401",
    "Bearer wrong, /ilp, 401",
    "Bearer in2, /ilp, 401",
    "Basic in, /ilp, 401",
    "Bearer in, /, 404",
    "Bearer in, /ilp/more, 404",
    "bearer in, /ilp, 200",
    "in, /ilp, 200"
  })
  void letsInWhoShowsTheTokenAtItsPath(String authorization, String path, int expected)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = post(authorization, path, IlpCodec.encode(packet()));

    assertThat(answer.statusCode()).isEqualTo(expected);
    assertThat(new String(answer.body(), US_ASCII)).doesNotContain("wrong");
  }

  @Test
  void refusesWhatIsNoPrepare() throws IOException, InterruptedException {
    byte[] prepare = IlpCodec.encode(packet());
    byte[] longer = Arrays.copyOf(prepare, prepare.length + 1);

    assertThat(post("Bearer in", "/ilp", new byte[0]).statusCode()).isEqualTo(400);
    assertThat(post("Bearer in", "/ilp", new byte[] {12, 5, 1}).statusCode()).isEqualTo(400);
    assertThat(post("Bearer in", "/ilp", longer).statusCode()).isEqualTo(400);
    assertThat(post("Bearer in", "/ilp", DETAILS).statusCode()).isEqualTo(400);
    assertThat(post("Bearer in", "/ilp", new byte[100_000]).statusCode()).isEqualTo(413);
  }

  @Test
  void aHandlerThatFailsIsAPassingTrouble() throws IOException, InterruptedException {
    uplink.offPrepare(ECHO);
    uplink.onPrepare(
        prepare -> CompletableFuture.failedStage(new IllegalStateException("a secret")));

    HttpResponse<byte[]> answer = post("Bearer in", "/ilp", IlpCodec.encode(packet()));

    assertThat(IlpCodec.decode(answer.body()).toString()).contains("T00").doesNotContain("secret");
  }

  @Test
  void showsNoToken() {
    assertThat(
            HttpUplinkConfig.of(URI.create("https://h/ilp"), "s3cret", ANY_PORT, "s4cret")
                .toString())
        .doesNotContain("cret");
    assertThatThrownBy(
            () -> HttpUplinkConfig.of(URI.create("https://h/ilp"), "s 3cret", ANY_PORT, "x"))
        .hasMessageNotContaining("3cret");
  }

  private static InterledgerPreparePacket packet() {
    return prepare(InterledgerAddress.of("test.parent.us.x"), 5, (byte) 'y');
  }

  private HttpResponse<byte[]> post(String authorization, String path, byte[] packet)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + uplink.localAddress().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(packet));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
