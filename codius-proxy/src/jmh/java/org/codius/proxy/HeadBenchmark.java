package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What each head costs: to find its end and read it, and to write it as it goes on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class HeadBenchmark {

  private static final String HOST = "a".repeat(52) + ".codius.example";
  private static final String SHORT = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";

  /** What Chromium sends. */
  private static final String BROWSER =
      "GET /index.html?q=1 HTTP/1.1\r\nHost: "
          + HOST
          + "\r\nConnection: keep-alive\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n"
          + "Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)"
          + " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36\r\n"
          + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
          + "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n"
          + "Sec-Fetch-Dest: document\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
          + "Accept-Language: en-US,en;q=0.9\r\nCookie: session=0123456789abcdef\r\n\r\n";

  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 20:00:00 GMT\r\n"
          + "Content-Type: text/plain\r\nContent-Length: 1024\r\nConnection: keep-alive\r\n\r\n";

  @Param({"short", "browser"})
  String request = "short";

  private final Client client =
      Client.of(
          new EmbeddedChannel(), List.of(), new Admission(Limits.DEFAULT, new Refusals()));
  private final RequestReader reader = new RequestReader(Limits.DEFAULT);
  private final HeadScanner scanner = new HeadScanner(Syntax.ANSWER, 65_536, 65_536);
  private final ByteBuf answerBytes = bytes(ANSWER);
  private ByteBuf requestBytes = Unpooled.EMPTY_BUFFER;
  private Http2Headers stream = new DefaultHttp2Headers();
  private RequestHead head;
  private AnswerHead answer;

  private static ByteBuf bytes(String text) {
    return Unpooled.directBuffer().writeBytes(text.getBytes(US_ASCII));
  }

  @Setup
  public void read() throws Exception {
    String text = request.equals("short") ? SHORT : BROWSER;
    requestBytes = bytes(text);
    stream = new DefaultHttp2Headers().method("GET").scheme("https").authority(HOST).path("/");
    text.lines()
        .skip(2)
        .filter(line -> line.contains(": ") && !line.startsWith("Connection"))
        .map(line -> line.split(": ", 2))
        .forEach(field -> stream.add(field[0].toLowerCase(Locale.ROOT), field[1]));
    head = readRequest();
    answer = readAnswer();
  }

  @Benchmark
  public RequestHead readRequest() throws RefusedException {
    return reader.read(requestBytes.readerIndex(0));
  }

  /** The same from HTTP/2, after HPACK. */
  @Benchmark
  public RequestHead readStream() throws Exception {
    byte[] text = StreamHead.write(stream, true, Limits.DEFAULT);
    return RequestParser.parseTranslated(text, 102, Host.NONE);
  }

  @Benchmark
  public boolean writeRequest() {
    return ForwardedHead.request(ByteBufAllocator.DEFAULT, head, client).release();
  }

  @Benchmark
  public AnswerHead readAnswer() throws RefusedException {
    answerBytes.readerIndex(0);
    byte[] copy = new byte[scanner.scan(answerBytes)];
    answerBytes.readBytes(copy);
    return AnswerHead.parse(copy, head, 100);
  }

  @Benchmark
  public boolean writeAnswer() {
    return ForwardedHead.answer(ByteBufAllocator.DEFAULT, answer, head, false, true, 1024)
        .release();
  }
}
