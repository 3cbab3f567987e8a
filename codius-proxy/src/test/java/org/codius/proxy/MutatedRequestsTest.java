package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.StreamWire.DATA;
import static org.codius.proxy.StreamWire.END_HEADERS;
import static org.codius.proxy.StreamWire.END_STREAM;
import static org.codius.proxy.StreamWire.HEADERS;
import static org.codius.proxy.StreamWire.RST_STREAM;
import static org.codius.proxy.StreamWire.WINDOW_UPDATE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Good requests of which some bytes were changed, left out, doubled or put in: the pod gets well
 * formed requests or none, and whoever comes next is served.
 *
 * <p>{@code -Dcodius.mutations=100000} tries as many.
 */
@ExtendWith(LeakCheck.class)
class MutatedRequestsTest {

  private static final int MUTATIONS = Integer.getInteger("codius.mutations", 500);

  private static final int MOST_CHANGES = 6;

  /** Bytes that mean something in a head, in chunks or in frames. */
  private static final byte[] TELLING =
      "\r\n \t:;,=\"/*0159afAFGHT\0\u0001\u0004\u007f\u0080\u00ff".getBytes(ISO_8859_1);

  /** Longer than any frame, and none itself: ends an HTTP/2 connection wherever it stands. */
  private static final byte[] NO_FRAME = new byte[20_000];

  static {
    Arrays.fill(NO_FRAME, (byte) 0xff);
  }

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private RecordingPod pod;

  /** How many of the pod's requests were looked at. */
  private int checked;

  @BeforeEach
  void route() throws IOException {
    pod = new RecordingPod();
    proxy.routes.put(ONE, pod.raw().address());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    pod.close();
    checked = 0;
    assertPodGotGood("in the end");
  }

  @Test
  void ofHttp1() throws IOException {
    List<byte[]> good =
        List.of(
            bytes(get(ONE, "/a?b=c") + get(ONE, "/d")),
            bytes("POST / HTTP/1.1\r\nHost: " + ONE + "\r\nContent-Length: 5\r\n\r\nabcde"),
            bytes(
                "PUT /e HTTP/1.1\r\nHost: "
                    + ONE
                    + ".codius.example:3000\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
                    + "5\r\nabcde\r\nA;b=c\r\n0123456789\r\n0\r\nX: y\r\n\r\n"
                    + get(ONE, "/f")),
            bytes(
                "GET http://"
                    + ONE
                    + "/g HTTP/1.1\r\nHost: "
                    + ONE
                    + "\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 0\r\nCookie: a=b\r\n\r\n"));
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] request = mutated(good.get(i % good.size()), new Random(i));
      try (Wire client = proxy.client()) {
        client.send(request);
        client.socket.shutdownOutput();
        client.readAll();
      } catch (SocketException e) {
        // reset, as the proxy may
      }
      assertOthersAreServed(i, request);
    }
  }

  @Test
  void ofHttp2() throws IOException {
    List<byte[]> good = List.of(streams(), streamsOfOneConnection());
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] frames = mutated(good.get(i % good.size()), new Random(i));
      try (Wire client = proxy.client()) {
        client.send(frames);
        client.send(NO_FRAME);
        client.readAll();
      } catch (SocketException e) {
        // reset, as the proxy may
      }
      assertOthersAreServed(i, frames);
    }
  }

  /** A GET, and a POST with its body in two frames. */
  private static byte[] streams() {
    ByteArrayOutputStream out = hello();
    out.writeBytes(head(1, true, ":method", "GET"));
    out.writeBytes(head(3, false, ":method", "POST", "content-length", "5"));
    out.writeBytes(StreamWire.bytes(DATA, 0, 3, bytes("abc")));
    out.writeBytes(StreamWire.bytes(DATA, END_STREAM, 3, bytes("de")));
    return out.toByteArray();
  }

  /** Streams that are open together, with trailers, a reset and a window. */
  private static byte[] streamsOfOneConnection() {
    ByteArrayOutputStream out = hello();
    out.writeBytes(head(1, false, ":method", "POST", "te", "trailers", "cookie", "a=b"));
    out.writeBytes(head(3, false, ":method", "PUT", "x-forwarded-for", "1.2.3.4"));
    out.writeBytes(StreamWire.bytes(DATA, 0, 1, bytes("abcde")));
    out.writeBytes(StreamWire.bytes(WINDOW_UPDATE, 0, 3, StreamWire.number(7)));
    out.writeBytes(StreamWire.bytes(RST_STREAM, 0, 3, StreamWire.number(8)));
    out.writeBytes(
        StreamWire.bytes(HEADERS, END_HEADERS | END_STREAM, 1, StreamWire.block("x-sum", "1")));
    return out.toByteArray();
  }

  private static ByteArrayOutputStream hello() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(StreamWire.hello(1 << 20));
    return out;
  }

  private static byte[] head(int stream, boolean isEnd, String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(StreamWire.block(Arrays.copyOf(fields, 2)));
    block.writeBytes(StreamWire.block(":scheme", "http", ":authority", ONE, ":path", "/h"));
    block.writeBytes(StreamWire.block(Arrays.copyOfRange(fields, 2, fields.length)));
    int flags = END_HEADERS | (isEnd ? END_STREAM : 0);
    return StreamWire.bytes(HEADERS, flags, stream, block.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = good;
    for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
      int from = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextInt(10) == 0 ? 99 : 4));
      byte[] piece = Arrays.copyOfRange(bytes, from, to);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> spliced(bytes, from, to, new byte[0]);
            case 1 -> spliced(bytes, to, to, piece);
            case 2 -> spliced(bytes, from, from + 1, new byte[] {(byte) random.nextInt()});
            case 3 -> spliced(bytes, from, from + 1, new byte[] {telling(random)});
            default -> spliced(bytes, from, from, new byte[] {telling(random)});
          };
      if (bytes.length == 0) {
        return good;
      }
    }
    return bytes;
  }

  private static byte telling(Random random) {
    return TELLING[random.nextInt(TELLING.length)];
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(piece);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }

  private void assertOthersAreServed(int seed, byte[] request) throws IOException {
    try (Wire other = proxy.client()) {
      assertThat(other.send(get(ONE, "/other")).answer().body())
          .as("seed %d", seed)
          .isEqualTo("pod");
    }
    assertPodGotGood("seed %d: %s".formatted(seed, new String(request, ISO_8859_1)));
  }

  private void assertPodGotGood(String what) {
    List<String> got = pod.requests();
    assertThat(got.subList(checked, got.size()))
        .as("%s", what)
        .noneMatch(one -> one.contains(RecordingPod.MALFORMED));
    checked = got.size();
  }
}
