package org.codius.daemon.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.codius.manifest.CanonicalJson;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedReceiptTest {

  private static final HostKey KEY = HostKey.of(new byte[32]);
  private static final Statement STATEMENT =
      new Statement(
          URI.create("https://codius.example.com"),
          new ManifestHash("hyd3zxd5g26mhsnbmnrcupkv3xdiuqcq5obmatbykxe5flxu2fya"),
          List.of("nginx@sha256:" + "0".repeat(64)),
          Instant.parse("2026-01-01T00:00:00.123Z"),
          Instant.parse("2026-01-01T01:00:00.123Z"),
          Amount.of(1_141_553, new Asset("XRP", 9)));

  @Test
  void saysWhatWasSigned() {
    SignedReceipt receipt = SignedReceipt.verify(KEY.sign(STATEMENT).toPrettyString());

    assertThat(receipt.statement()).isEqualTo(STATEMENT);
    assertThat(receipt.hostKey()).isEqualTo(KEY.publicKey());
  }

  /** RFC 8032 has another implementation in every Java. */
  @Test
  void isSignedAsTheJavaPlatformVerifiesIt() throws Exception {
    ObjectNode receipt = KEY.sign(STATEMENT);
    byte[] point = Base64.getUrlDecoder().decode(KEY.publicKey());
    Signature verifier = Signature.getInstance("Ed25519");

    verifier.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, decode(point))));
    verifier.update(
        CanonicalJson.of(receipt.get("statement").toString().getBytes(StandardCharsets.UTF_8)));

    assertThat(verifier.verify(Base64.getUrlDecoder().decode(receipt.get("signature").asText())))
        .isTrue();
  }

  @Test
  void isSpelledCanonically() {
    String said = KEY.sign(STATEMENT).get("statement").toString();

    assertThat(
            new String(
                CanonicalJson.of(said.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"amount\":\"1141553\",\"asset\":{\"code\":\"XRP\",\"scale\":9},"
                + "\"from\":\"2026-01-01T00:00:00.123Z\",\"host\":\"https://codius.example.com\","
                + "\"hostKey\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik\",\"images\":[\"nginx@sha256:"
                + "0".repeat(64)
                + "\"],\"manifestHash\":\"hyd3zxd5g26mhsnbmnrcupkv3xdiuqcq5obmatbykxe5flxu2fya\","
                + "\"to\":\"2026-01-01T01:00:00.123Z\",\"type\":\"codius-receipt/1\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "hostKey",
        "manifestHash",
        "from",
        "to",
        "amount",
        "images",
        "asset",
        "type"
      })
  void isVoidOnceAFieldIsChanged(String field) {
    ObjectNode receipt = KEY.sign(STATEMENT);
    ((ObjectNode) receipt.get("statement")).put(field, "something else");

    assertThatThrownBy(() -> SignedReceipt.verify(receipt.toString()))
        .isInstanceOf(InvalidReceiptException.class);
  }

  @Test
  void isVoidOnceAFieldIsAdded() {
    ObjectNode receipt = KEY.sign(STATEMENT);
    ((ObjectNode) receipt.get("statement")).put("refundable", true);

    assertThatThrownBy(() -> SignedReceipt.verify(receipt.toString()))
        .hasMessage("the signature is not of this statement by this key");
  }

  @Test
  void namesTheKeyThatSignedAndNoOther() {
    ObjectNode receipt = KEY.sign(STATEMENT);
    byte[] seed = new byte[32];
    seed[0] = 1;
    ((ObjectNode) receipt.get("statement")).put("hostKey", HostKey.of(seed).publicKey());

    assertThatThrownBy(() -> SignedReceipt.verify(receipt.toString()))
        .hasMessage("the signature is not of this statement by this key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{nope",
        "{\"statement\":{}}",
        "{\"statement\":{\"hostKey\":\"AA\"},\"signature\":\"AA\"}",
        "{\"statement\":[],\"signature\":5}",
      })
  void isNoReceipt(String json) {
    assertThatThrownBy(() -> SignedReceipt.verify(json))
        .isInstanceOf(InvalidReceiptException.class);
  }

  private static EdECPoint decode(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
    }
    boolean isOdd = bigEndian[0] < 0;
    bigEndian[0] &= 0x7f;
    return new EdECPoint(isOdd, new BigInteger(1, bigEndian));
  }
}
