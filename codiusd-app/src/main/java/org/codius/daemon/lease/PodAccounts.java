package org.codius.daemon.lease;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.PaymentException;

/**
 * The accounts that pods pay from, and are paid to, while they run.
 *
 * <p>An account is the manifest's: whoever uploads the same again gets the same program, and it has
 * what it had. Safe for use by several threads.
 */
public interface PodAccounts {

  /** Of a host whose pods have none. */
  PodAccounts NONE =
      new PodAccounts() {
        @Override
        public Map<String, String> variables(ManifestHash hash) {
          return Map.of();
        }

        @Override
        public void open(ManifestHash hash, InetAddress address) {}

        @Override
        public void close(ManifestHash hash) {}

        @Override
        public CompletionStage<Void> fund(ManifestHash hash, Amount amount) {
          return CompletableFuture.failedStage(
              new PaymentException("fund " + hash.value() + ": pods have no accounts here"));
        }
      };

  /** Returns what a pod's containers find in their environment: how to reach its account. */
  Map<String, String> variables(ManifestHash hash);

  /**
   * Lets the pod in that has {@code address}. That it is open already is fine. Blocks; what fails
   * is logged, and is to be tried again.
   */
  void open(ManifestHash hash, InetAddress address);

  /** Hangs up on the pod. What its account holds stays in the books. Not open is fine. */
  void close(ManifestHash hash);

  /**
   * Gives an open account money of the host's. Durable once it completes; fails with a {@link
   * PaymentException}.
   */
  CompletionStage<Void> fund(ManifestHash hash, Amount amount);
}
