package org.codius.proxy.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads PEM (RFC 7468): certificates, and keys as PKCS#8, PKCS#1 (RSA) and SEC 1 (EC). */
final class Pem {

  private Pem() {}

  /** Returns all certificates of a text, in their order. */
  static List<X509Certificate> certificates(String text) {
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Object part : parts(text)) {
        if (part instanceof X509CertificateHolder holder) {
          certificates.add(converter.getCertificate(holder));
        }
      }
    } catch (CertificateException e) {
      throw new IllegalArgumentException("certificate: " + e.getMessage(), e);
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(
          "certificate: none (expected: PEM, -----BEGIN CERTIFICATE)");
    }
    return certificates;
  }

  /** Returns the first key of a text. */
  static PrivateKey key(String text) {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try {
      for (Object part : parts(text)) {
        if (part instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        } else if (part instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        } else if (part instanceof PEMEncryptedKeyPair
            || part instanceof PKCS8EncryptedPrivateKeyInfo) {
          throw new IllegalArgumentException(
              "key: encrypted (expected: without a passphrase, and readable to us alone)");
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("key: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("key: none (expected: PEM, -----BEGIN … PRIVATE KEY)");
  }

  private static List<Object> parts(String text) {
    List<Object> parts = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("PEM: " + e.getMessage(), e);
    }
    return parts;
  }
}
