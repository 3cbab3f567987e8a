package org.codius.payments.ilp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import org.codius.payments.Asset;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPreparePacket;

/**
 * How a child asks its parent for an address (IL-DCP, RFC 31): a Prepare of nothing to {@code
 * peer.config}, and a Fulfill with address, asset scale and asset code in its data.
 */
public final class Ildcp {

  private static final InterledgerAddress DESTINATION = InterledgerAddress.of("peer.config");

  /** 32 zero bytes, as RFC 31 prescribes. Its condition is known to all: it protects no money. */
  private static final InterledgerFulfillment FULFILMENT = InterledgerFulfillment.of(new byte[32]);

  private static final int MAXIMUM_ADDRESS = 1023;
  private static final int MAXIMUM_CODE = 255;

  private Ildcp() {}

  /**
   * What a parent tells its child.
   *
   * @param address the child's
   * @param asset what amounts between the two are counted in
   */
  public record Details(InterledgerAddress address, Asset asset) {

    public Details {
      requireNonNull(address, "address");
      requireNonNull(asset, "asset");
    }
  }

  public static InterledgerPreparePacket request(Instant expiry) {
    return InterledgerPreparePacket.builder()
        .amount(UnsignedLong.ZERO)
        .expiresAt(expiry)
        .executionCondition(FULFILMENT.getCondition())
        .destination(DESTINATION)
        .data()
        .build();
  }

  public static boolean isRequest(InterledgerPreparePacket prepare) {
    return prepare.getDestination().equals(DESTINATION);
  }

  public static InterledgerFulfillPacket response(Details details) {
    ByteBuf data = Unpooled.buffer();
    Oer.writeVarOctets(data, details.address().getValue().getBytes(US_ASCII));
    data.writeByte(details.asset().scale());
    Oer.writeVarOctets(data, details.asset().code().getBytes(UTF_8));
    return InterledgerFulfillPacket.builder()
        .fulfillment(FULFILMENT)
        .data(ByteBufUtil.getBytes(data))
        .build();
  }

  /**
   * Reads what the parent answered.
   *
   * @throws OerException if it is not an address, a scale and a code
   */
  public static Details parse(InterledgerFulfillPacket response) {
    ByteBuf in = Unpooled.wrappedBuffer(response.getData());
    String address = new String(Oer.readVarOctets(in, MAXIMUM_ADDRESS), ISO_8859_1);
    if (!in.isReadable()) {
      throw new OerException("asset scale: missing");
    }
    int scale = in.readUnsignedByte();
    String code = new String(Oer.readVarOctets(in, MAXIMUM_CODE), UTF_8);
    try {
      return new Details(InterledgerAddress.of(address), new Asset(code, scale));
    } catch (IllegalArgumentException e) {
      throw new OerException("address from our parent: " + e.getMessage(), e);
    }
  }
}
