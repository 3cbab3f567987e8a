package org.codius.payments.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import org.codius.payments.Asset;
import org.jspecify.annotations.Nullable;

/**
 * {@code amount} moved from one account to another: both halves of a double entry in one row, so
 * that neither can be there without the other.
 *
 * @param id 1, 2, 3, …
 * @param amount base units, zero or more
 * @param reference names it uniquely, if anything does
 * @param item what the target's money is for from now on, if that was something else before
 * @param bookedAt ISO 8601, in UTC
 */
record Entry(
    long id,
    Kind kind,
    String source,
    String target,
    Asset asset,
    long amount,
    @Nullable String reference,
    @Nullable String item,
    String bookedAt) {

  /** Why money moves. */
  enum Kind {
    RECEIVE,
    SETTLE,
    TRANSFER,
    SET_ASIDE,
    LEAVE,
    COME_BACK,
    PAY_BACK,
    OWE_AGAIN
  }

  /** What the first entry's hash is made with. */
  static final String FIRST_HASH = "0".repeat(64);

  private static final int TYPICAL_SIZE = 512;

  /**
   * Returns this entry's link of the chain, in hex: SHA-256 of the one before it and every field,
   * each with its length before it, numbers with their lowest byte first.
   */
  String hash(String previous) {
    ByteArrayDataOutput out = ByteStreams.newDataOutput(TYPICAL_SIZE);
    put(out, previous);
    out.writeLong(Long.reverseBytes(id));
    put(out, kind.name());
    put(out, source);
    put(out, target);
    put(out, asset.code());
    out.writeInt(Integer.reverseBytes(asset.scale()));
    out.writeLong(Long.reverseBytes(amount));
    put(out, reference);
    put(out, item);
    put(out, bookedAt);
    return Hashing.sha256().hashBytes(out.toByteArray()).toString();
  }

  private static void put(ByteArrayDataOutput out, @Nullable String text) {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(Integer.reverseBytes(bytes.length));
    out.write(bytes);
  }
}
