package org.codius.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;

/** Finds out which keys belong together. */
final class KeyPairs {

  private static final Map<String, String> SIGNATURES =
      Map.of(
          "RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "Ed25519", "Ed25519", "EdDSA", "EdDSA");

  private KeyPairs() {}

  /** Whether what one signs the other believes. */
  static boolean fit(PrivateKey key, PublicKey publicKey) {
    String algorithm = SIGNATURES.get(key.getAlgorithm());
    if (algorithm == null) {
      throw new IllegalArgumentException(
          "key: " + key.getAlgorithm() + " (expected: RSA, EC or Ed25519)");
    }
    byte[] message = {1};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of different kinds
    }
  }
}
