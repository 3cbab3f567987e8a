package org.codius.payments.stream;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.codius.payments.PayToken;

/**
 * Hides an invoice's terms in the last segment of the address it names, so that nobody has to
 * remember them.
 *
 * <p>The segment is base64url of {@code IV (12) | tag (16) | AES-256-GCM of: pay token (16) |
 * SHA-256 of the item (32) | price u64 | issue time, seconds u64 | random (18)}. Both keys come
 * from the server's secret, as those of {@code @interledger/stream-receiver} do. Safe for use by
 * several threads.
 */
final class InvoiceSeal {

  private static final int SECRET = 32;
  private static final int TOKEN = 16;
  private static final int HASH = 32;
  private static final int SALT = 18;
  private static final int IV_TEXT = 16; // 12 bytes in base64
  private static final int LENGTH = TOKEN + HASH + 2 * Long.BYTES + SALT;

  private final SecretKeySpec sealing;
  private final byte[] sharing;

  InvoiceSeal(byte[] serverSecret) {
    checkArgument(
        serverSecret.length == SECRET,
        "server secret: %s bytes (expected: %s)",
        serverSecret.length,
        SECRET);
    sealing =
        new SecretKeySpec(
            StreamKeys.hmac(serverSecret, "ilp_stream_connection_token".getBytes(UTF_8)), "AES");
    sharing = StreamKeys.hmac(serverSecret, "ilp_stream_shared_secret".getBytes(UTF_8));
  }

  /** Returns the address segment that hides {@code terms}: 147 characters, never the same twice. */
  String seal(Terms terms, SecureRandom random) {
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    byte[] plain =
        ByteBuffer.allocate(LENGTH)
            .put(terms.token().bytes())
            .put(terms.itemHash)
            .putLong(terms.price())
            .putLong(terms.issued().getEpochSecond())
            .put(salt)
            .array();
    return encode(StreamKeys.encrypt(sealing, plain, random));
  }

  /** Returns the terms hidden in a segment, or empty if we did not hide them. */
  Optional<Terms> open(String segment) {
    return decode(segment).flatMap(hidden -> StreamKeys.decrypt(sealing, hidden)).map(Terms::read);
  }

  /** Returns what tells a segment that we sealed from every other: its IV is never used twice. */
  static String nameOf(String segment) {
    return segment.substring(0, IV_TEXT);
  }

  /** Returns the secret shared with whoever was given the address with this segment. */
  byte[] sharedSecret(String segment) {
    return StreamKeys.hmac(sharing, Base64.getUrlDecoder().decode(segment));
  }

  private static String encode(byte[] hidden) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hidden);
  }

  private static Optional<byte[]> decode(String segment) {
    try {
      byte[] hidden = Base64.getUrlDecoder().decode(segment);
      return Optional.of(hidden).filter(bytes -> encode(bytes).equals(segment)); // in one way only
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not base64url, so not ours
    }
  }

  /** What an invoice was issued for. The price is unsigned base units. */
  static final class Terms {

    private final PayToken token;
    private final byte[] itemHash;
    private final long price;
    private final Instant issued;

    private Terms(PayToken token, byte[] itemHash, long price, Instant issued) {
      this.token = token;
      this.itemHash = itemHash;
      this.price = price;
      this.issued = issued;
    }

    static Terms of(PayToken token, String item, long price, Instant issued) {
      return new Terms(token, hash(item), price, issued);
    }

    private static Terms read(byte[] plain) {
      ByteBuffer in = ByteBuffer.wrap(plain);
      byte[] token = new byte[TOKEN];
      byte[] itemHash = new byte[HASH];
      in.get(token).get(itemHash);
      return new Terms(
          PayToken.of(token), itemHash, in.getLong(), Instant.ofEpochSecond(in.getLong()));
    }

    PayToken token() {
      return token;
    }

    boolean isFor(String item) {
      return MessageDigest.isEqual(itemHash, hash(item));
    }

    /** Returns the hash of the item, in hex. */
    String item() {
      return BaseEncoding.base16().lowerCase().encode(itemHash);
    }

    /** Returns {@link #item} of an invoice for {@code item}. */
    static String itemOf(String item) {
      return BaseEncoding.base16().lowerCase().encode(hash(item));
    }

    long price() {
      return price;
    }

    Instant issued() {
      return issued;
    }

    private static byte[] hash(String item) {
      return Hashing.sha256().hashString(item, UTF_8).asBytes();
    }
  }
}
