package org.codius.proxy.tls;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that files of certificates hold something else than before.
 *
 * <p>Reads them, rather than their times: they are small, and links may be turned over (as certbot
 * and Kubernetes do) without a time changing. Confined to one task at a time.
 */
final class FileWatch {

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  private final List<CertificateFiles> files;
  private final Certificates certificates;
  private List<CertificateFiles.Content> known;
  private String lastProblem = "";

  FileWatch(List<CertificateFiles> files, Certificates certificates) {
    this.files = List.copyOf(files);
    this.certificates = certificates;
    this.known = List.of();
  }

  /** Looks once. */
  void look() {
    try {
      List<CertificateFiles.Content> now = files.stream().map(CertificateFiles::content).toList();
      if (now.equals(known)) {
        return;
      }
      certificates.replace(now.stream().map(CertificateFiles.Content::parse).toList());
      log.debug("certificates read files={}", files);
      known = now;
      lastProblem = "";
    } catch (RuntimeException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(lastProblem)) {
        log.warn("certificates kept as they were, new ones of no use reason={}", problem);
        lastProblem = problem;
      }
    }
  }
}
