package org.codius.daemon.receipt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Suppliers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.codius.manifest.CanonicalJson;

/**
 * What a host signs receipts with: an Ed25519 key (RFC 8032).
 *
 * <p>Made when it is first asked for: the JVM checks the signature of all of its library then, a
 * third of a second that no start should wait for. Safe for use by several threads.
 */
public final class HostKey {

  private final Supplier<Ed25519PrivateKeyParameters> key;

  private HostKey(Supplier<Ed25519PrivateKeyParameters> key) {
    this.key = key;
  }

  /** Returns the key that comes of a 32-byte seed. */
  public static HostKey of(byte[] seed) {
    byte[] copy = seed.clone();
    return new HostKey(Suppliers.memoize(() -> new Ed25519PrivateKeyParameters(copy)));
  }

  /** Returns the public key, 32 bytes in base64url without padding. */
  public String publicKey() {
    return encode(key.get().generatePublicKey().getEncoded());
  }

  /** Returns the receipt as it is sent: {@code {"statement": …, "signature": …}}. */
  public ObjectNode sign(Statement statement) {
    ObjectNode said = statement.toJson(publicKey());
    byte[] bytes = CanonicalJson.of(said.toString().getBytes(StandardCharsets.UTF_8));
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key.get());
    signer.update(bytes, 0, bytes.length);
    ObjectNode receipt = JsonNodeFactory.instance.objectNode();
    receipt.set("statement", said);
    receipt.put("signature", encode(signer.generateSignature()));
    return receipt;
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "HostKey[" + publicKey() + "]";
  }
}
