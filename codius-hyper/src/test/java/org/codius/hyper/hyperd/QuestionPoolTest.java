package org.codius.hyper.hyperd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that end under a question, at a socket that does nothing but what the test does. */
@Timeout(20)
class QuestionPoolTest {

  private static final HyperdRequest QUESTION =
      HyperdRequest.get("ask", "/version", Duration.ofSeconds(60));
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CountDownLatch lost = new CountDownLatch(1);
  private ServerSocketChannel hyperd;
  private QuestionPool pool;

  @BeforeEach
  void listen() throws IOException {
    Path socket = folder.resolve("hyper.sock");
    hyperd = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    hyperd.bind(UnixDomainSocketAddress.of(socket));
    pool = new QuestionPool(HyperdConfig.of(socket, "pool"), group, lost::countDown);
  }

  @AfterEach
  void stop() throws IOException {
    pool.close();
    hyperd.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /**
   * A socket closed with something in it that nobody has read gives its peer no end but an error.
   */
  @Test
  void aQuestionThatWasCutOffBeforeItWasReadIsAskedAgain() throws Exception {
    CompletableFuture<HyperdReply> reply = pool.ask(QUESTION);
    try (SocketChannel first = hyperd.accept()) {
      read(first, 1);
    }
    answer(hyperd.accept());

    assertThat(reply.get().status()).isEqualTo(200);
    assertThat(lost.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aQuestionWhoseAnswerWasCutOffIsAskedAgain() throws Exception {
    CompletableFuture<HyperdReply> reply = pool.ask(QUESTION);
    try (SocketChannel first = hyperd.accept()) {
      read(first, 4096);
      first.write(US_ASCII.encode(ANSWER.substring(0, ANSWER.length() - 1)));
    }
    answer(hyperd.accept());

    assertThat(reply.get().body()).isEqualTo("{}");
    assertThat(lost.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void answer(SocketChannel connection) throws IOException {
    read(connection, 4096);
    connection.write(US_ASCII.encode(ANSWER));
  }

  private static void read(SocketChannel connection, int atMost) throws IOException {
    assertThat(connection.read(ByteBuffer.allocate(atMost))).isPositive();
  }
}
