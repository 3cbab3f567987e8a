package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class RequestDecoderTest {

  private static final String POD = "a".repeat(52);
  private static final Duration BODY = ProxyConfig.DEFAULT.timeouts().body();

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel created) {
              Refusals refusals = new Refusals();
              Admission admission = new Admission(Limits.DEFAULT, refusals);
              Client client = Client.of(created, List.of(), admission);
              created
                  .pipeline()
                  .addLast(new RequestDecoder(created, ProxyConfig.DEFAULT, client, refusals));
            }
          });

  /** Feeds bytes in pieces of that size, as long as the connection is open. */
  private void feed(String bytes, int piece) {
    for (int i = 0; i < bytes.length() && channel.isOpen(); i += piece) {
      String part = bytes.substring(i, Math.min(bytes.length(), i + piece));
      channel.writeInbound(Unpooled.copiedBuffer(part, ISO_8859_1));
    }
  }

  /** Takes all that was read: heads as "GET /", the bytes of bodies joined, ends by their name. */
  private List<String> read() {
    List<String> messages = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
      if (message instanceof ByteBuf piece) {
        body.append(piece.toString(ISO_8859_1));
        piece.release();
        continue;
      }
      if (body.length() > 0) {
        messages.add(body.toString());
        body.setLength(0);
      }
      messages.add(
          message instanceof RequestHead head
              ? head.method() + " " + head.target()
              : message.toString());
    }
    if (body.length() > 0) {
      messages.add(body.toString());
    }
    return messages;
  }

  private String written() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(ISO_8859_1));
      out.release();
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10_000})
  void readsABodyOfAGivenLength(int piece) {
    feed("POST /a HTTP/1.1\r\nHost: " + POD + "\r\nContent-Length: 5\r\n\r\nhello", piece);

    assertThat(read()).containsExactly("POST /a", "hello", "COMPLETE");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10_000})
  void hasAPodGetChunksAsTheyCame(int piece) {
    String chunks = "5;x=\"y\"\r\nhello\r\n0A\r\n0123456789\r\n000\r\nSum: 1\r\n\r\n";

    feed(
        "POST /a HTTP/1.1\r\nHost: " + POD + "\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunks,
        piece);

    assertThat(read()).containsExactly("POST /a", chunks, "COMPLETE");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10_000})
  void handsAPipelinedRequestOnWhenTheOneBeforeIsAnswered(int piece) {
    feed("\r\nGET /1 HTTP/1.1\r\nHost: h\r\n\r\n", piece);
    feed("GET http://h/2?x HTTP/1.1\r\nHost: h\r\n\r\n", piece);
    feed("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", piece);

    assertThat(read()).containsExactly("GET /1");
    channel.writeOutbound(ResponseEnd.KEEP);
    assertThat(read()).containsExactly("GET /2?x");
    channel.writeOutbound(ResponseEnd.KEEP);
    assertThat(read()).containsExactly("OPTIONS *");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10_000})
  void refusesAHeadThatIsNotToTheLetter(int piece) {
    feed("GET / HTTP/1.1\r\nHost : h\r\n\r\n", piece);

    assertThat(read()).isEmpty();
    assertThat(written()).startsWith("HTTP/1.1 400 ").contains("\r\nConnection: close\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10_000})
  void refusesABodyThatGoesWrong(int piece) {
    feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", piece);

    assertThat(read())
        .startsWith("POST /")
        .endsWith("BROKEN")
        .noneMatch(message -> message.contains("b"));
    assertThat(written()).startsWith("HTTP/1.1 400 ");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void cutsAnAnswerOffWhenItsRequestGoesWrong() {
    feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 10_000);
    channel.writeOutbound(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\n", ISO_8859_1));
    feed("nonsense\r\n", 10_000);

    assertThat(read()).containsExactly("POST /", "BROKEN");
    assertThat(written()).isEqualTo("HTTP/1.1 200 OK\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void waitsForAHeadAndForMoreOfABodyOnlySoLong() {
    advance(ProxyConfig.DEFAULT.timeouts().idle().minusSeconds(1));
    feed("POST / HTTP/1.1\r\n", 10_000);
    advance(ProxyConfig.DEFAULT.timeouts().head().minusSeconds(1));
    feed("Host: h\r\nContent-Length: 50000\r\n\r\n", 1);
    long part = ProxyConfig.DEFAULT.limits().bodyRate() * BODY.toSeconds();
    for (int i = 0; i < 4; i++) {
      advance(BODY.minusSeconds(1));
      feed("x".repeat((int) part), 1000);
    }
    assertThat(channel.isOpen()).isTrue();
    for (int i = 0; i < 3; i++) { // a little now and then does not count as more
      advance(BODY.dividedBy(3));
      feed("x", 1);
    }

    assertThat(read()).startsWith("POST /").endsWith("BROKEN");
    assertThat(written()).startsWith("HTTP/1.1 408 ");
    assertThat(channel.isOpen()).isFalse();
  }

  /** One byte now and then is not enough: the time is counted from the first. */
  @Test
  void aHeadThatTricklesInIsCutOff() {
    for (int i = 0; i < 10; i++) {
      feed("G", 1);
      advance(ProxyConfig.DEFAULT.timeouts().head().dividedBy(9));
    }

    assertThat(written()).startsWith("HTTP/1.1 408 ");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void closesAnIdleConnectionWithoutAWord() {
    advance(ProxyConfig.DEFAULT.timeouts().idle());

    assertThat(written()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void doesNotCountTheTimeThatTheAnswerTakes() {
    feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 10_000);
    advance(Duration.ofHours(1));

    assertThat(channel.isOpen()).isTrue();
    assertThat(read()).containsExactly("GET /");
  }

  /** Who closes one half may wait for the answer, or may be gone: a quiet minute tells. */
  @Test
  void waitsOnlySoLongForAnAnswerToAClientThatHasClosedItsHalf() {
    feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 10_000);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    for (int i = 0; i < 3; i++) {
      advance(ProxyConfig.DEFAULT.timeouts().idle().minusSeconds(1));
      channel.writeOutbound(Unpooled.copiedBuffer("more", ISO_8859_1));
    }
    assertThat(channel.isOpen()).isTrue();

    advance(ProxyConfig.DEFAULT.timeouts().idle());

    assertThat(channel.isOpen()).isFalse();
    assertThat(read()).containsExactly("GET /");
    assertThat(written()).isEqualTo("moremoremore");
  }

  /** The end may be known of before the beginning of the next request has its turn. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /2 HTT",
        "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1",
        "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      })
  void doesNotWaitForTheRestOfARequestThatCannotCome(String part) {
    feed("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n" + part, 10_000);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(channel.isOpen()).isTrue();

    channel.write(Unpooled.copiedBuffer("answer", ISO_8859_1));
    channel.write(ResponseEnd.KEEP);
    channel.flush();

    assertThat(channel.isOpen()).isFalse();
    assertThat(written()).isEqualTo("answer");
    assertThat(read()).startsWith("GET /1").doesNotContain("COMPLETE");
  }

  @Test
  void closesAfterTheAnswerUnderWayWhenDraining() {
    feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 10_000);
    channel.pipeline().fireUserEventTriggered(ProxyInitializer.DRAIN);
    assertThat(channel.isOpen()).isTrue();

    channel.writeOutbound(ResponseEnd.KEEP);

    assertThat(channel.isOpen()).isFalse();
    assertThat(read()).containsExactly("GET /");
  }

  private void advance(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }
}
