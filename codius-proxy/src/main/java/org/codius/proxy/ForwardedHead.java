package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes heads as they go on to the other side.
 *
 * <p>Fields for one hop only are taken out and those for the next put in. {@code Host} stays as it
 * is. What a client claims about whom it forwards for is replaced by what the proxy knows, unless
 * the client is a trusted proxy itself.
 */
final class ForwardedHead {

  private static final byte[] FOR = ascii("X-Forwarded-For: ");
  private static final byte[] NEXT = ascii(", ");
  private static final byte[] PROTO_HTTP = ascii("\r\nX-Forwarded-Proto: http");
  private static final byte[] PROTO_HTTPS = ascii("\r\nX-Forwarded-Proto: https");
  private static final byte[] HOST = ascii("\r\nX-Forwarded-Host: ");
  private static final Map<Protocol, byte[]> VIA = via();
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] ANSWER_VIA = ascii("Via: 1.1 codius\r\n\r\n");

  /** Most heads, with the first bytes of a small body, fit into it. */
  private static final FastThreadLocal<LoopBuffer> BUFFER = LoopBuffer.ofEachLoop(8 * 1024);

  /** Room for what is put in. */
  private static final int ADDED = 512;

  private ForwardedHead() {}

  /** Returns the request as the pod gets it. */
  static ByteBuf request(ByteBufAllocator alloc, RequestHead head, Client client) {
    ByteBuf out = buffer(alloc, head.size() + ADDED);
    head.writeTo(out, (fields, i) -> isForPod(head, i, client));
    if (head.length() == Body.CHUNKED) {
      out.writeBytes(CHUNKED);
    }
    if (head.forwards() > 0) {
      out.writeCharSequence("Max-Forwards: " + (head.forwards() - 1) + "\r\n", US_ASCII);
    }
    String upgrade = head.upgrade();
    if (upgrade != null) {
      writeUpgrade(out, upgrade);
    }
    writeForwarding(out, head, client);
    out.writeBytes(VIA.get(head.protocol()));
    return out;
  }

  private static boolean isForPod(RequestHead head, int i, Client client) {
    FieldName known = head.fields().known(i);
    if (known == FieldName.X_FORWARDED_HOST || known == FieldName.X_FORWARDED_PROTO) {
      return client.isTrusted();
    }
    if (known == FieldName.MAX_FORWARDS) {
      return head.forwards() < 0; // otherwise one less is put in
    }
    if (known == FieldName.X_FORWARDED_FOR
        || known == FieldName.FORWARDED
        || (known == FieldName.EXPECT && !head.protocol().hasInterimAnswers())) {
      return false;
    }
    return !head.connection().isHopByHop(head.fields(), i);
  }

  /** Says who asked. A client that is trusted is believed, and added to those it names. */
  private static void writeForwarding(ByteBuf out, RequestHead head, Client client) {
    HeaderFields fields = head.fields();
    boolean isTrusted = client.isTrusted();
    out.writeBytes(FOR);
    for (int i = 0; isTrusted && i < fields.count(); i++) {
      if (fields.known(i) == FieldName.X_FORWARDED_FOR) {
        fields.writeValue(out, i);
        out.writeBytes(NEXT);
      }
    }
    out.writeBytes(client.text());
    if (!isTrusted || fields.indexOf(FieldName.X_FORWARDED_PROTO) < 0) {
      out.writeBytes(client.isSecure() ? PROTO_HTTPS : PROTO_HTTP);
    }
    if (!isTrusted || fields.indexOf(FieldName.X_FORWARDED_HOST) < 0) {
      out.writeBytes(HOST);
      int host = fields.indexOf(FieldName.HOST);
      if (host >= 0) {
        fields.writeValue(out, host);
      }
    }
  }

  /**
   * Returns the head of an answer as the client gets it.
   *
   * @param isChunked whether its body goes on in chunks
   * @param isKept whether the client's connection goes on afterwards
   * @param room for the body's first bytes
   */
  static ByteBuf answer(
      ByteBufAllocator alloc,
      AnswerHead head,
      RequestHead request,
      boolean isChunked,
      boolean isKept,
      int room) {
    ByteBuf out = buffer(alloc, head.size() + ADDED + room);
    head.writeTo(out, request.host());
    if (head.isSwitch()) {
      writeUpgrade(out, head.upgrade());
    } else if (!head.isInterim()) {
      if (!head.hasDate()) {
        out.writeBytes(DateField.now().line());
      }
      if (isChunked) {
        out.writeBytes(CHUNKED);
      }
      if (!isKept) {
        out.writeBytes(CLOSE);
      } else if (request.protocol() == Protocol.HTTP_1_0) {
        out.writeBytes(KEEP_ALIVE);
      }
    }
    out.writeBytes(ANSWER_VIA);
    return out;
  }

  private static void writeUpgrade(ByteBuf out, String protocol) {
    out.writeCharSequence("Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n", US_ASCII);
  }

  private static ByteBuf buffer(ByteBufAllocator alloc, int capacity) {
    LoopBuffer small = BUFFER.get();
    return capacity <= small.capacity() ? small.take(alloc) : alloc.buffer(capacity);
  }

  /** Returns what ends a request's head, by what its client speaks. */
  private static Map<Protocol, byte[]> via() {
    Map<Protocol, byte[]> via = new EnumMap<>(Protocol.class);
    for (Protocol protocol : Protocol.values()) {
      via.put(protocol, ascii("\r\nVia: " + protocol + " codius\r\n\r\n"));
    }
    return via;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
