package org.codius.daemon.receipt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.codius.manifest.CanonicalJson;

/**
 * A receipt whose signature was found to be that of the key it names.
 *
 * <p>Whose key that is, a signature cannot tell: compare {@code hostKey} with what the host says of
 * itself, {@code hostKey} in its {@code /info}, or with what was noted when the pod was bought.
 *
 * @param hostKey 32 bytes in base64url without padding
 */
public record SignedReceipt(Statement statement, String hostKey) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Checks a receipt. Needs nothing but its text.
   *
   * @throws InvalidReceiptException if it is none, or was changed since it was signed
   */
  public static SignedReceipt verify(String json) {
    JsonNode receipt;
    try {
      receipt = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidReceiptException(
          "it is no JSON: look at line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    JsonNode said = receipt.path("statement");
    if (!said.isObject()) {
      throw new InvalidReceiptException("it has no statement");
    }
    byte[] bytes = CanonicalJson.of(said.toString().getBytes(StandardCharsets.UTF_8));
    byte[] key =
        decode("hostKey", said.path("hostKey").asText(), Ed25519PublicKeyParameters.KEY_SIZE);
    byte[] signature =
        decode(
            "signature",
            receipt.path("signature").asText(),
            Ed25519PublicKeyParameters.KEY_SIZE * 2);
    Ed25519Signer verifier = new Ed25519Signer();
    try {
      verifier.init(false, new Ed25519PublicKeyParameters(key));
    } catch (IllegalArgumentException e) {
      throw new InvalidReceiptException("hostKey: not an Ed25519 key");
    }
    verifier.update(bytes, 0, bytes.length);
    if (!verifier.verifySignature(signature)) {
      throw new InvalidReceiptException("the signature is not of this statement by this key");
    }
    return new SignedReceipt(Statement.from(said), said.path("hostKey").asText());
  }

  private static byte[] decode(String what, String text, int length) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length == length) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // told below, with the wrong lengths
    }
    throw new InvalidReceiptException(what + ": not " + length + " bytes in base64url");
  }
}
