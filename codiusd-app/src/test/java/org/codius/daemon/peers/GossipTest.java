package org.codius.daemon.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GossipTest {

  private static final PeerUri SELF = PeerUri.parse("https://self.example").orElseThrow();

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** What the other host was asked: method, path and body. */
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  private HttpServer server;
  private PeerUri peer;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    peer = PeerUri.parse("http://localhost:" + server.getAddress().getPort()).orElseThrow();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.stop(0);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
  }

  @Test
  void getsToKnowAHostAndThenWhomItKnows() throws Exception {
    answer("/info", 200, "{\"uri\":\"" + peer + "\",\"fullMem\":false}");
    answer("/peers/discover", 200, "{\"name\":\"x\",\"peers\":[\"http://127.0.0.1:1\",7]}");
    Peers peers = peers(address -> true);

    round(peers, address -> true);

    assertThat(asked.take()).isEqualTo("GET /info ");
    assertThat(peers.sample(5)).containsExactly(peer);

    round(peers, address -> true);

    assertThat(asked.take())
        .isEqualTo("POST /peers/discover {\"peers\":[\"https://self.example\"]}");
    assertThat(peers.unchecked(5, InstantSource.system().instant()))
        .containsExactly(PeerUri.parse("http://127.0.0.1:1").orElseThrow());
  }

  /** The original listed as free just those that said they were full. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void d8AHostIsPassedOnWhateverItSaysOfItsMemory(boolean isFull) throws Exception {
    answer("/info", 200, "{\"uri\":\"" + peer + "\",\"fullMem\":" + isFull + "}");
    Peers peers = peers(address -> true);

    round(peers, address -> true);

    assertThat(peers.sample(5)).containsExactly(peer);
  }

  @Test
  void seen15ForgetsAHostThatGoesByAnotherName() throws Exception {
    answer("/info", 200, "{\"uri\":\"http://elsewhere.example\"}");

    assertForgotten(address -> true);
  }

  @Test
  void followsNoRedirect() throws Exception {
    server.createContext(
        "/info",
        exchange -> {
          exchange.getResponseHeaders().set("Location", peer + "/other");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    answer("/other", 200, "{\"uri\":\"" + peer + "\"}");

    assertForgotten(address -> true);
    assertThat(asked).isEmpty();
  }

  @Test
  void readsNoEndlessAnswer() throws Exception {
    answer("/info", 200, "{\"uri\":\"" + peer + "\",\"x\":\"" + "x".repeat(65_536) + "\"}");

    assertForgotten(address -> true);
  }

  @Test
  void readsNoAnswerThatIsNotJson() throws Exception {
    answer("/info", 200, "<html>");

    assertForgotten(address -> true);
  }

  /** D11: the original asked any host at all, whatever its name led to. */
  @Test
  void d11ConnectsToNoAddressThatIsNotAllowed() throws Exception {
    answer("/info", 200, "{\"uri\":\"" + peer + "\"}");

    assertForgotten(address -> !address.isLoopbackAddress());
    assertThat(asked).as("not even connected to").isEmpty();
  }

  @Test
  void hasAHostAnswerForItselfAgainWhenItStopsGossiping() throws Exception {
    answer("/info", 200, "{\"uri\":\"" + peer + "\"}");
    answer("/peers/discover", 503, "{}");
    Peers peers = peers(address -> true);
    round(peers, address -> true);
    assertThat(peers.count()).isEqualTo(1);

    round(peers, address -> true);

    assertThat(peers.unchecked(5, InstantSource.system().instant())).containsExactly(peer);
    server.removeContext("/info");
    round(peers, address -> true);
    assertThat(peers.count()).isZero();
  }

  private void assertForgotten(Predicate<InetAddress> isAllowed) throws Exception {
    Peers peers = peers(isAllowed);
    assertThat(peers.unchecked(5, InstantSource.system().instant())).containsExactly(peer);

    round(peers, isAllowed);

    assertThat(peers.count()).isZero();
    assertThat(peers.unchecked(5, InstantSource.system().instant())).isEmpty();
  }

  private Peers peers(Predicate<InetAddress> isAllowed) {
    return new Peers(config(isAllowed), new Random(1));
  }

  private PeersConfig config(Predicate<InetAddress> isAllowed) {
    return new PeersConfig(SELF, List.of(peer), isAllowed, true);
  }

  private void round(Peers peers, Predicate<InetAddress> isAllowed) throws Exception {
    try (Gossip gossip =
        new Gossip(
            peers,
            config(isAllowed),
            loops,
            SslContextBuilder.forClient().build(),
            InstantSource.system())) {
      gossip.tick().toCompletableFuture().get();
    }
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }
}
