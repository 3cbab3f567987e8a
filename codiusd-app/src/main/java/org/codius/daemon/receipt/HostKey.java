package org.codius.daemon.receipt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.codius.manifest.CanonicalJson;
import org.jspecify.annotations.Nullable;

/**
 * What a host signs receipts with: an Ed25519 key (RFC 8032).
 *
 * <p>Nothing of its library is touched before it is asked for: the JVM checks the signature of all
 * of it then, a third of a second that no start should wait for. Safe for use by several threads.
 */
public final class HostKey {

  private final byte[] seed;
  private volatile @Nullable String publicKey;

  private HostKey(byte[] seed) {
    this.seed = seed;
  }

  /** Returns the key that comes of a 32-byte seed. */
  public static HostKey of(byte[] seed) {
    return new HostKey(seed.clone());
  }

  /** Returns the public key, 32 bytes in base64url without padding. */
  public String publicKey() {
    String known = publicKey;
    if (known == null) {
      known = encode(Ed25519.publicKey(seed));
      publicKey = known;
    }
    return known;
  }

  /** Returns the receipt as it is sent: {@code {"statement": …, "signature": …}}. */
  public ObjectNode sign(Statement statement) {
    ObjectNode said = statement.toJson(publicKey());
    byte[] bytes = CanonicalJson.of(said.toString().getBytes(StandardCharsets.UTF_8));
    ObjectNode receipt = JsonNodeFactory.instance.objectNode();
    receipt.set("statement", said);
    receipt.put("signature", encode(Ed25519.sign(seed, bytes)));
    return receipt;
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "HostKey[" + publicKey() + "]";
  }

  /** All that touches the library: a class that names its types has them loaded with it. */
  private static final class Ed25519 {

    static byte[] publicKey(byte[] seed) {
      return new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    }

    static byte[] sign(byte[] seed, byte[] message) {
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(true, new Ed25519PrivateKeyParameters(seed));
      signer.update(message, 0, message.length);
      return signer.generateSignature();
    }
  }
}
