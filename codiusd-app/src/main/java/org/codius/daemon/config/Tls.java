package org.codius.daemon.config;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.codius.proxy.tls.CertificateFiles;

/** Whether and how connections to the front door are encrypted. */
public sealed interface Tls {

  /** Not at all. */
  record Off() implements Tls {}

  /**
   * With a certificate made at the start, which nobody vouches for.
   *
   * @param redirectPort sends clients on that come without TLS; 0 for none
   */
  record SelfSigned(int redirectPort) implements Tls {}

  /**
   * With certificates that are read again when their files change.
   *
   * @param redirectPort sends clients on that come without TLS; 0 for none
   */
  record Files(List<CertificateFiles> files, int redirectPort) implements Tls {

    public Files {
      files = List.copyOf(files);
    }
  }

  /** Reads the certificates' names, not the certificates. */
  static Tls from(Settings settings) {
    String chains = settings.text("CODIUS_TLS_CERTIFICATE", "");
    String keys = settings.text("CODIUS_TLS_KEY", chains);
    int redirectPort = settings.integer("CODIUS_REDIRECT_PORT", 0, 0, 65535);
    if (chains.isEmpty()) {
      if (redirectPort != 0) {
        settings.wrong(
            "CODIUS_REDIRECT_PORT", "" + redirectPort, "nothing without CODIUS_TLS_CERTIFICATE");
      }
      return new Off();
    }
    if (chains.equals("self-signed")) {
      return new SelfSigned(redirectPort);
    }
    Splitter list = Splitter.on(',').trimResults().omitEmptyStrings();
    List<String> chainFiles = list.splitToList(chains);
    List<String> keyFiles = list.splitToList(keys);
    if (chainFiles.size() != keyFiles.size()) {
      settings.wrong("CODIUS_TLS_KEY", keys, "as many files as CODIUS_TLS_CERTIFICATE names");
      return new Off();
    }
    List<CertificateFiles> files = new ArrayList<>();
    for (int i = 0; i < chainFiles.size(); i++) {
      files.add(new CertificateFiles(Path.of(chainFiles.get(i)), Path.of(keyFiles.get(i))));
    }
    return new Files(files, redirectPort);
  }
}
