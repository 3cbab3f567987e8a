package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerFulfillment;
import org.jspecify.annotations.Nullable;

/**
 * A connection's two keys, derived once from its shared secret (RFC 29 §5.1, §6).
 *
 * <p>Encrypted data is {@code IV (12 bytes) | tag (16) | ciphertext}, AES-256-GCM with no
 * associated data. Safe for use by several threads.
 */
final class StreamKeys {

  private static final int IV = 12;
  private static final int TAG = 16;

  private final SecretKeySpec encryption;
  private final SecretKeySpec fulfillment;

  /**
   * Ones that know their key already, which is most of what they cost for a packet. Each is used by
   * one thread at a time; a second thread makes its own.
   */
  private final AtomicReference<@Nullable Cipher> spareCipher = new AtomicReference<>();

  private final AtomicReference<@Nullable Mac> spareMac = new AtomicReference<>();

  private StreamKeys(SecretKeySpec encryption, SecretKeySpec fulfillment) {
    this.encryption = encryption;
    this.fulfillment = fulfillment;
  }

  static StreamKeys of(byte[] sharedSecret) {
    return new StreamKeys(
        new SecretKeySpec(hmac(sharedSecret, "ilp_stream_encryption".getBytes(UTF_8)), "AES"),
        new SecretKeySpec(
            hmac(sharedSecret, "ilp_stream_fulfillment".getBytes(UTF_8)), "HmacSHA256"));
  }

  byte[] encrypt(byte[] plain, SecureRandom random) {
    Cipher cipher = takeCipher();
    byte[] data = encrypt(cipher, encryption, plain, random);
    spareCipher.set(cipher);
    return data;
  }

  /** Returns what was encrypted, or empty if it was not with these keys. */
  Optional<byte[]> decrypt(byte[] data) {
    Cipher cipher = takeCipher();
    Optional<byte[]> plain = decrypt(cipher, encryption, data);
    spareCipher.set(cipher);
    return plain;
  }

  private Cipher takeCipher() {
    Cipher spare = spareCipher.getAndSet(null);
    return spare == null ? aesGcm() : spare;
  }

  /** Returns the fulfillment of a Prepare that carries {@code data}, encrypted as it is. */
  InterledgerFulfillment fulfillment(byte[] data) {
    Mac spare = spareMac.getAndSet(null);
    Mac mac = spare == null ? hmacSha256(fulfillment) : spare;
    InterledgerFulfillment preimage = InterledgerFulfillment.of(mac.doFinal(data));
    spareMac.set(mac);
    return preimage;
  }

  /** Returns whether the fulfillment of {@code data} is the one this condition asks for. */
  boolean canFulfill(byte[] data, InterledgerCondition condition) {
    return fulfillment(data).getCondition().equals(condition);
  }

  static byte[] hmac(byte[] key, byte[] message) {
    return hmac(new SecretKeySpec(key, "HmacSHA256"), message);
  }

  static byte[] encrypt(SecretKeySpec key, byte[] plain, SecureRandom random) {
    return encrypt(aesGcm(), key, plain, random);
  }

  private static byte[] encrypt(
      Cipher cipher, SecretKeySpec key, byte[] plain, SecureRandom random) {
    byte[] iv = new byte[IV];
    random.nextBytes(iv);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * Byte.SIZE, iv));
      byte[] data = new byte[IV + plain.length + TAG];
      System.arraycopy(iv, 0, data, 0, IV);
      byte[] tagged = cipher.doFinal(plain); // with the tag at its end, where STREAM has it first
      System.arraycopy(tagged, plain.length, data, IV, TAG);
      System.arraycopy(tagged, 0, data, IV + TAG, plain.length);
      return data;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM, which every JDK has, failed", e);
    }
  }

  static Optional<byte[]> decrypt(SecretKeySpec key, byte[] data) {
    return decrypt(aesGcm(), key, data);
  }

  private static Optional<byte[]> decrypt(Cipher cipher, SecretKeySpec key, byte[] data) {
    if (data.length < IV + TAG) {
      return Optional.empty();
    }
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * Byte.SIZE, data, 0, IV));
      byte[] tagged = new byte[data.length - IV];
      System.arraycopy(data, IV + TAG, tagged, 0, tagged.length - TAG);
      System.arraycopy(data, IV, tagged, tagged.length - TAG, TAG);
      return Optional.of(cipher.doFinal(tagged));
    } catch (AEADBadTagException e) {
      return Optional.empty(); // somebody else's, or garbled: the same to us
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM, which every JDK has, failed", e);
    }
  }

  private static byte[] hmac(SecretKeySpec key, byte[] message) {
    return hmacSha256(key).doFinal(message);
  }

  private static Cipher aesGcm() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM, which every JDK has, failed", e);
    }
  }

  private static Mac hmacSha256(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256, which every JDK has, failed", e);
    }
  }
}
