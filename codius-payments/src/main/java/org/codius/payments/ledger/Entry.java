package org.codius.payments.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.time.Instant;
import org.codius.payments.Asset;
import org.jspecify.annotations.Nullable;

/**
 * {@code amount} moved from one account to another: both halves of a double entry in one row, so
 * that neither can be there without the other.
 *
 * @param id 1, 2, 3, …
 * @param amount base units, zero or more
 * @param reference names it uniquely, if anything does
 * @param item what the money is for, if it is for anything
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
    Instant bookedAt) {

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

  /**
   * Returns this entry's link of the chain, in hex: SHA-256 of the one before it and every field,
   * each with its length before it.
   */
  String hash(String previous) {
    Hasher hasher = Hashing.sha256().newHasher();
    put(hasher, previous);
    hasher.putLong(id);
    put(hasher, kind.name());
    put(hasher, source);
    put(hasher, target);
    put(hasher, asset.code());
    hasher.putInt(asset.scale());
    hasher.putLong(amount);
    put(hasher, reference);
    put(hasher, item);
    put(hasher, bookedAt.toString());
    return hasher.hash().toString();
  }

  private static void put(Hasher hasher, @Nullable String text) {
    if (text == null) {
      hasher.putInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(UTF_8);
    hasher.putInt(bytes.length).putBytes(bytes);
  }
}
