package org.codius.proxy.tls;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where a certificate and its key are, in PEM.
 *
 * @param chain the certificate, then those that vouch for it
 * @param key PKCS#8, PKCS#1 or SEC 1, not encrypted; may be the same file
 */
public record CertificateFiles(Path chain, Path key) {

  public CertificateFiles {
    requireNonNull(chain, "chain");
    requireNonNull(key, "key");
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if one cannot be read, or they do not belong together
   */
  public Certificate read() {
    return content().parse();
  }

  Content content() {
    return new Content(this, text(chain), text(key));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("read " + file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException("read " + file + ": it may not be read", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("read " + file + ": " + e.getMessage(), e);
    }
  }

  /** What they hold, to be compared with what they held before. */
  record Content(CertificateFiles files, String chainText, String keyText) {

    Certificate parse() {
      try {
        return new Certificate(Pem.key(keyText), Pem.certificates(chainText));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "read " + files.chain + " and " + files.key + ": " + e.getMessage(), e);
      }
    }

    @Override
    public String toString() {
      return "Content[" + files + ", ***]";
    }
  }
}
