package org.codius.payments.btp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.codius.payments.ilp.Oer;
import org.codius.payments.ilp.OerException;

/**
 * BTP packets as bytes (RFC 23 §Packet Structure).
 *
 * <p>A type (1 byte), a request id (4), and the body behind a length: what the type adds, then the
 * number of protocol data entries and each as name, content type (1) and data.
 */
final class BtpCodec {

  private static final int RESPONSE = 1;
  private static final int FAILURE = 2;
  private static final int MESSAGE = 6;
  private static final int TRANSFER = 7;

  private static final int CODE_LENGTH = 3;
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss.SSS'Z'", Locale.ROOT);

  private BtpCodec() {}

  /**
   * Reads one packet that must take all of {@code in}.
   *
   * @throws OerException if it does not, or is no packet of a known type
   */
  static BtpPacket read(ByteBuf in) {
    need(in, 1 + Integer.BYTES, "packet");
    int type = in.readUnsignedByte();
    int requestId = in.readInt();
    ByteBuf body = Unpooled.wrappedBuffer(Oer.readVarOctets(in, BtpLimits.MAXIMUM_FRAME));
    if (in.isReadable()) {
      throw new OerException("packet: " + in.readableBytes() + " bytes after its end");
    }
    return switch (type) {
      case RESPONSE -> new BtpPacket.Response(requestId, readEntries(body));
      case FAILURE -> readFailure(requestId, body);
      case MESSAGE -> new BtpPacket.Message(requestId, readEntries(body));
      case TRANSFER -> {
        need(body, Long.BYTES, "transfer");
        yield new BtpPacket.Transfer(requestId, body.readLong(), readEntries(body));
      }
      default -> throw new OerException("packet type: " + type + " (expected: 1, 2, 6 or 7)");
    };
  }

  static void write(ByteBuf out, BtpPacket packet) {
    ByteBuf body = Unpooled.buffer();
    out.writeByte(typeOf(packet));
    out.writeInt(packet.requestId());
    if (packet instanceof BtpPacket.Failure failure) {
      writeFailure(body, failure);
    } else if (packet instanceof BtpPacket.Transfer transfer) {
      body.writeLong(transfer.amount());
    }
    Oer.writeVarUInt(body, packet.protocolData().size());
    for (ProtocolData entry : packet.protocolData()) {
      Oer.writeVarOctets(body, entry.name().getBytes(UTF_8));
      body.writeByte(entry.contentType());
      Oer.writeVarOctets(body, entry.data());
    }
    byte[] bytes = new byte[body.readableBytes()];
    body.readBytes(bytes);
    Oer.writeVarOctets(out, bytes);
  }

  private static int typeOf(BtpPacket packet) {
    if (packet instanceof BtpPacket.Response) {
      return RESPONSE;
    }
    if (packet instanceof BtpPacket.Failure) {
      return FAILURE;
    }
    return packet instanceof BtpPacket.Message ? MESSAGE : TRANSFER;
  }

  private static List<ProtocolData> readEntries(ByteBuf in) {
    long count = Oer.readVarUInt(in);
    if (Long.compareUnsigned(count, BtpLimits.MAXIMUM_ENTRIES) > 0) {
      throw new OerException(
          "protocol data: more than " + BtpLimits.MAXIMUM_ENTRIES + " entries in one packet");
    }
    List<ProtocolData> entries = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      String name = readText(in);
      need(in, 1, "content type");
      int contentType = in.readUnsignedByte();
      entries.add(new ProtocolData(name, contentType, Oer.readVarOctets(in, in.readableBytes())));
    }
    return entries;
  }

  private static BtpPacket.Failure readFailure(int requestId, ByteBuf in) {
    need(in, CODE_LENGTH, "error");
    String code = in.readString(CODE_LENGTH, ISO_8859_1);
    String name = readText(in);
    String time = readText(in);
    String text = readText(in);
    try {
      Instant triggeredAt = LocalDateTime.parse(time, GENERALIZED_TIME).toInstant(ZoneOffset.UTC);
      return new BtpPacket.Failure(requestId, code, name, triggeredAt, text, readEntries(in));
    } catch (DateTimeException e) {
      throw new OerException("error: no time in \"triggered at\"", e);
    }
  }

  private static void writeFailure(ByteBuf out, BtpPacket.Failure failure) {
    out.writeCharSequence(failure.code(), ISO_8859_1);
    Oer.writeVarOctets(out, failure.name().getBytes(UTF_8));
    String time =
        GENERALIZED_TIME.format(LocalDateTime.ofInstant(failure.triggeredAt(), ZoneOffset.UTC));
    Oer.writeVarOctets(out, time.getBytes(UTF_8));
    Oer.writeVarOctets(out, failure.text().getBytes(UTF_8));
  }

  private static String readText(ByteBuf in) {
    return new String(Oer.readVarOctets(in, BtpLimits.MAXIMUM_NAME), UTF_8);
  }

  private static void need(ByteBuf in, int bytes, String what) {
    if (in.readableBytes() < bytes) {
      throw new OerException(
          what + ": " + in.readableBytes() + " bytes (expected: at least " + bytes + ")");
    }
  }
}
