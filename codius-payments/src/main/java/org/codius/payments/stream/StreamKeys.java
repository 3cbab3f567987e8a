package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerFulfillment;

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
    return encrypt(encryption, plain, random);
  }

  /** Returns what was encrypted, or empty if it was not with these keys. */
  Optional<byte[]> decrypt(byte[] data) {
    return decrypt(encryption, data);
  }

  /** Returns the fulfillment of a Prepare that carries {@code data}, encrypted as it is. */
  InterledgerFulfillment fulfillment(byte[] data) {
    return InterledgerFulfillment.of(hmac(fulfillment, data));
  }

  /** Returns whether the fulfillment of {@code data} is the one this condition asks for. */
  boolean canFulfill(byte[] data, InterledgerCondition condition) {
    return fulfillment(data).getCondition().equals(condition);
  }

  static byte[] hmac(byte[] key, byte[] message) {
    return hmac(new SecretKeySpec(key, "HmacSHA256"), message);
  }

  static byte[] encrypt(SecretKeySpec key, byte[] plain, SecureRandom random) {
    byte[] iv = new byte[IV];
    random.nextBytes(iv);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
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
    if (data.length < IV + TAG) {
      return Optional.empty();
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
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
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256, which every JDK has, failed", e);
    }
  }
}
