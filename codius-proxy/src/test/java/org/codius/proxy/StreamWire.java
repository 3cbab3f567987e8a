package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The client's end of a connection, on which HTTP/2 is spoken by hand, rightly or wrongly. */
final class StreamWire implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  static final int PROTOCOL_ERROR = 1;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
  private static final int PATIENCE_MS = 60_000;
  private static final int LARGE_WINDOW = 1 << 30;

  final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, Answer> answers = new HashMap<>();
  private int goAway;
  private boolean isEnded;

  StreamWire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  /** Connects, and says hello with windows as large as can be. */
  static StreamWire to(InetSocketAddress address) throws IOException {
    return open(new Socket(address.getAddress(), address.getPort()), LARGE_WINDOW);
  }

  /**
   * Says hello, together with the first frame, so that nothing can come in between.
   *
   * @param window how much of an answer may come unasked
   */
  static StreamWire open(Socket socket, int window) throws IOException {
    StreamWire wire = new StreamWire(socket);
    wire.out.write(hello(window));
    return wire;
  }

  /** What a client says first. */
  static byte[] hello(int window) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PREFACE);
    out.writeBytes(
        bytes(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array()));
    out.writeBytes(bytes(WINDOW_UPDATE, 0, 0, number(LARGE_WINDOW)));
    return out.toByteArray();
  }

  static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  void frame(int type, int flags, int stream, byte... payload) throws IOException {
    out.write(bytes(type, flags, stream, payload));
    out.flush();
  }

  static byte[] bytes(int type, int flags, int stream, byte... payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return frame.array();
  }

  /** Sends fields as they are: name, value, name, value. */
  StreamWire headers(int stream, boolean isEnd, String... fields) throws IOException {
    frame(HEADERS, END_HEADERS | (isEnd ? END_STREAM : 0), stream, block(fields));
    return this;
  }

  /** Returns the fields as literals that go into no table (RFC 7541 §6.2.2). */
  static byte[] block(String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      out.write(0);
      string(out, fields[i]);
      string(out, fields[i + 1]);
    }
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    int length = text.length();
    if (length < 127) {
      out.write(length);
    } else {
      out.write(127);
      for (length -= 127; length >= 128; length >>= 7) {
        out.write((length & 0x7f) | 0x80);
      }
      out.write(length);
    }
    out.writeBytes(text.getBytes(ISO_8859_1));
  }

  StreamWire get(int stream, String host, String path) throws IOException {
    return headers(
        stream, true, ":method", "GET", ":scheme", "http", ":authority", host, ":path", path);
  }

  StreamWire post(int stream, String host, String... more) throws IOException {
    List<String> fields =
        new ArrayList<>(
            List.of(":method", "POST", ":scheme", "http", ":authority", host, ":path", "/"));
    fields.addAll(List.of(more));
    return headers(stream, false, fields.toArray(String[]::new));
  }

  StreamWire data(int stream, boolean isEnd, String data) throws IOException {
    frame(DATA, isEnd ? END_STREAM : 0, stream, data.getBytes(ISO_8859_1));
    return this;
  }

  /** Reads the next frame; settings are acknowledged. */
  Frame read() throws IOException {
    out.flush();
    int length;
    try {
      length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    } catch (EOFException e) {
      return new Frame(-1, 0, 0, new byte[0]);
    }
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & Integer.MAX_VALUE;
    byte[] payload = in.readNBytes(length);
    if (type == SETTINGS && flags == 0) {
      frame(SETTINGS, ACK, 0);
    }
    return new Frame(type, flags, stream, payload);
  }

  /** Reads up to a frame of that type, or the end of the connection. */
  Frame readTo(int type) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type() == type || frame.isEnd()) {
        return frame;
      }
      note(frame);
    }
  }

  /** Reads until that stream has ended, and notes what comes on others. */
  Answer answer(int stream) throws IOException {
    Answer answer = answers.computeIfAbsent(stream, number -> new Answer());
    while (!answer.isEnded) {
      Frame frame = read();
      if (frame.isEnd()) {
        throw new EOFException("connection ended in the middle of stream " + stream);
      }
      note(frame);
    }
    return answer;
  }

  /** The same, but the connection may end first. */
  Answer answerOrEnd(int stream) throws IOException {
    try {
      return answer(stream);
    } catch (EOFException | SocketException e) {
      isEnded = true;
      return answers.computeIfAbsent(stream, number -> new Answer());
    }
  }

  /**
   * Whether a stream, or all of the connection, was ended for a reason that is none to be proud of.
   */
  boolean isEndedByError(int stream) {
    Answer answer = answers.get(stream);
    return goAway > 0 || isEnded || (answer != null && answer.reset > 0);
  }

  /** Whether the connection ends after at most so many frames more. */
  boolean endsWithin(int frames) throws IOException {
    try {
      for (int i = 0; i < frames; i++) {
        if (read().isEnd()) {
          return true;
        }
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  /** How much may be sent on a stream now; an acknowledged {@link #ping} makes sure of it. */
  int windowOf(int stream, int initial) {
    Answer answer = answers.computeIfAbsent(stream, number -> new Answer());
    return initial - answer.sent + answer.granted;
  }

  void sent(int stream, int bytes) {
    answers.computeIfAbsent(stream, number -> new Answer()).sent += bytes;
  }

  /** Returns when everything sent before has been read by the other side. */
  void ping() throws IOException {
    frame(PING, 0, 0, new byte[8]);
    readTo(PING);
  }

  /** Reads until something may be sent on a stream. */
  void awaitWindow(int stream, int initial) throws IOException {
    while (windowOf(stream, initial) <= 0) {
      note(readTo(WINDOW_UPDATE));
    }
  }

  private void note(Frame frame) throws IOException {
    if (frame.type() == GOAWAY) {
      goAway = frame.number(4);
    }
    if (frame.stream() == 0) {
      return;
    }
    Answer answer = answers.computeIfAbsent(frame.stream(), number -> new Answer());
    switch (frame.type()) {
      case HEADERS -> answer.headers.add(decode(frame));
      case DATA -> answer.body.writeBytes(frame.payload());
      case WINDOW_UPDATE -> answer.granted += frame.number(0);
      case RST_STREAM -> {
        answer.reset = frame.number(0);
        answer.isEnded = true;
      }
      default -> {}
    }
    boolean mayEnd = frame.type() == HEADERS || frame.type() == DATA;
    answer.isEnded |= mayEnd && (frame.flags() & END_STREAM) != 0;
  }

  private Http2Headers decode(Frame frame) throws IOException {
    ByteBuf block = Unpooled.wrappedBuffer(frame.payload());
    try {
      return hpack.decodeHeaders(frame.stream(), block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A frame; its type is -1 at the end of the connection. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int flags, int stream, byte[] payload) {

    boolean isEnd() {
      return type < 0;
    }

    int number(int at) {
      return ByteBuffer.wrap(payload).getInt(at);
    }
  }

  /** What has come on one stream. */
  static final class Answer {

    private final List<Http2Headers> headers = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int sent;
    private int granted;
    private int reset = -1;
    private boolean isEnded;

    /** Those of the answer, interim answers before and trailers after it. */
    List<Http2Headers> headers() {
      return headers;
    }

    int status() {
      return headers.isEmpty() ? 0 : Integer.parseInt(headers.get(0).status().toString());
    }

    String field(String name) {
      CharSequence value = headers.get(0).get(name);
      return value == null ? "" : value.toString();
    }

    String body() {
      return body.toString(ISO_8859_1);
    }

    /** The error code the stream was reset with, or -1. */
    int reset() {
      return reset;
    }
  }
}
