package org.codius.payments.ilp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerRejectPacketBuilder;

/**
 * ILPv4 packets as bytes (RFC 27).
 *
 * <p>A packet is a type and its contents behind a length. Contents are, in this order:
 *
 * <ul>
 *   <li>Prepare (12): amount (8 bytes), expiry (17 digits), condition (32 bytes), destination, data
 *   <li>Fulfill (13): fulfilment (32 bytes), data
 *   <li>Reject (14): code (3 characters), triggered by, message, data
 * </ul>
 *
 * <p>Contents may end in more bytes than we know: they are ignored. What follows the contents is
 * not.
 */
public final class IlpCodec {

  /** How many bytes of data a packet may carry. */
  public static final int MAXIMUM_DATA = 32_767;

  private static final int PREPARE = 12;
  private static final int FULFILL = 13;
  private static final int REJECT = 14;

  private static final int HASH_LENGTH = 32;
  private static final int CODE_LENGTH = 3;
  private static final int MAXIMUM_ADDRESS = 1023;
  private static final int MAXIMUM_MESSAGE = 8192;

  /** More than the longest legal contents, so that a few unknown bytes at the end fit. */
  private static final int MAXIMUM_CONTENTS = 48 * 1024;

  private IlpCodec() {}

  public static byte[] encode(InterledgerPacket packet) {
    ByteBuf out = Unpooled.buffer();
    write(out, packet);
    return ByteBufUtil.getBytes(out);
  }

  /** Reads a packet that must take all of {@code bytes}. See {@link #read}. */
  public static InterledgerPacket decode(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    InterledgerPacket packet = read(in);
    if (in.isReadable()) {
      throw new OerException("packet: " + in.readableBytes() + " bytes after its end");
    }
    return packet;
  }

  /**
   * Reads one packet.
   *
   * <p>A Reject's code is kept as it is, known or not: a connector must pass it on untouched. Who
   * triggered it is kept only if that is an address.
   *
   * @throws OerException if it is not a packet of a known type with legal values
   */
  public static InterledgerPacket read(ByteBuf in) {
    need(in, 1, "packet type");
    int type = in.readUnsignedByte();
    ByteBuf contents = in.readSlice(Oer.readLength(in, MAXIMUM_CONTENTS));
    return switch (type) {
      case PREPARE -> readPrepare(contents);
      case FULFILL -> readFulfill(contents);
      case REJECT -> readReject(contents);
      default -> throw new OerException("packet type: " + type + " (expected: 12, 13 or 14)");
    };
  }

  /**
   * Writes one packet.
   *
   * @throws IllegalArgumentException if it carries more than {@link #MAXIMUM_DATA} bytes of data
   */
  public static void write(ByteBuf out, InterledgerPacket packet) {
    if (packet.getData().length > MAXIMUM_DATA) {
      throw new IllegalArgumentException(
          "packet data: "
              + packet.getData().length
              + " bytes (expected: at most "
              + MAXIMUM_DATA
              + ")");
    }
    ByteBuf contents = Unpooled.buffer(128 + packet.getData().length);
    if (packet instanceof InterledgerPreparePacket prepare) {
      out.writeByte(PREPARE);
      writePrepare(contents, prepare);
    } else if (packet instanceof InterledgerFulfillPacket fulfill) {
      out.writeByte(FULFILL);
      contents.writeBytes(fulfill.getFulfillment().getPreimage());
    } else if (packet instanceof InterledgerRejectPacket reject) {
      out.writeByte(REJECT);
      writeReject(contents, reject);
    } else {
      throw new IllegalArgumentException("packet: " + packet.getClass() + " is of no known type");
    }
    Oer.writeVarOctets(contents, packet.getData());
    Oer.writeLength(out, contents.readableBytes());
    out.writeBytes(contents);
  }

  private static InterledgerPreparePacket readPrepare(ByteBuf in) {
    need(in, Long.BYTES + IlpTimestamp.LENGTH + HASH_LENGTH, "prepare");
    long amount = in.readLong();
    String expiry = in.readString(IlpTimestamp.LENGTH, ISO_8859_1);
    byte[] condition = readHash(in);
    return InterledgerPreparePacket.builder()
        .amount(UnsignedLong.fromLongBits(amount))
        .expiresAt(IlpTimestamp.parse(expiry))
        .executionCondition(InterledgerCondition.of(condition))
        .destination(readAddress(in))
        .data(readData(in))
        .build();
  }

  private static void writePrepare(ByteBuf out, InterledgerPreparePacket prepare) {
    out.writeLong(prepare.getAmount().longValue());
    out.writeCharSequence(IlpTimestamp.format(prepare.getExpiresAt()), US_ASCII);
    out.writeBytes(prepare.getExecutionCondition().getHash());
    Oer.writeVarOctets(out, prepare.getDestination().getValue().getBytes(US_ASCII));
  }

  private static InterledgerFulfillPacket readFulfill(ByteBuf in) {
    need(in, HASH_LENGTH, "fulfill");
    return InterledgerFulfillPacket.builder()
        .fulfillment(InterledgerFulfillment.of(readHash(in)))
        .data(readData(in))
        .build();
  }

  private static InterledgerRejectPacket readReject(ByteBuf in) {
    need(in, CODE_LENGTH, "reject");
    InterledgerRejectPacketBuilder builder =
        InterledgerRejectPacket.builder()
            .code(RejectCode.of(in.readString(CODE_LENGTH, ISO_8859_1)));
    triggeredBy(new String(Oer.readVarOctets(in, MAXIMUM_ADDRESS), ISO_8859_1))
        .ifPresent(builder::triggeredBy);
    return builder
        .message(new String(Oer.readVarOctets(in, MAXIMUM_MESSAGE), UTF_8))
        .data(readData(in))
        .build();
  }

  private static void writeReject(ByteBuf out, InterledgerRejectPacket reject) {
    out.writeCharSequence(reject.getCode().getCode(), ISO_8859_1);
    String triggeredBy = reject.getTriggeredBy().map(InterledgerAddress::getValue).orElse("");
    Oer.writeVarOctets(out, triggeredBy.getBytes(US_ASCII));
    Oer.writeVarOctets(out, reject.getMessage().getBytes(UTF_8));
  }

  private static InterledgerAddress readAddress(ByteBuf in) {
    String address = new String(Oer.readVarOctets(in, MAXIMUM_ADDRESS), ISO_8859_1);
    try {
      return RecentAddresses.get(address);
    } catch (IllegalArgumentException e) {
      throw new OerException("destination: " + e.getMessage(), e);
    }
  }

  private static Optional<InterledgerAddress> triggeredBy(String address) {
    try {
      return address.isEmpty() ? Optional.empty() : Optional.of(InterledgerAddress.of(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the reject itself matters more than who it says sent it
    }
  }

  private static byte[] readHash(ByteBuf in) {
    byte[] hash = new byte[HASH_LENGTH];
    in.readBytes(hash);
    return hash;
  }

  private static byte[] readData(ByteBuf in) {
    return Oer.readVarOctets(in, MAXIMUM_DATA);
  }

  private static void need(ByteBuf in, int bytes, String what) {
    if (in.readableBytes() < bytes) {
      throw new OerException(
          what + ": " + in.readableBytes() + " bytes (expected: at least " + bytes + ")");
    }
  }
}
