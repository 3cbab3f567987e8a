package org.codius.daemon;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.io.BaseEncoding;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.codius.daemon.lease.PodAccounts;
import org.codius.daemon.store.HostSecret;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.PaymentException;
import org.codius.payments.connector.ChildAccount;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.connector.Listener;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods' accounts at our own connector, which listens for them at 169.254.77.68:7768, as in the
 * original.
 *
 * <p>An account's secret is derived from the host's, so that it is the same after a restart and
 * lies nowhere. Safe for use by several threads.
 */
final class PodWallets implements PodAccounts {

  private static final Logger log = LoggerFactory.getLogger(PodWallets.class);

  /** What accounts of pods begin with, to be told from those of others. */
  private static final String PREFIX = "pod-";

  private static final InetSocketAddress DOOR = Listener.Pods.DEFAULT;

  private final Connector connector;
  private final AccountSettings settings;
  private final HostSecret secret;
  private final boolean isOn;

  @GuardedBy("this")
  private final Map<ManifestHash, InetAddress> open = new HashMap<>();

  @GuardedBy("this")
  private boolean isListening;

  @GuardedBy("this")
  private String trouble = "";

  /**
   * @param isOn whether pods are given accounts at all
   */
  PodWallets(Connector connector, ConnectorConfig config, HostSecret secret, boolean isOn) {
    this.isOn = isOn;
    this.connector = connector;
    this.settings = config.children();
    this.secret = secret;
  }

  /**
   * Opens the door for pods, unless it is open. Blocks. To be called again now and then: what keeps
   * it from opening, such as another host on this machine, may pass.
   */
  synchronized void listen() {
    if (!isOn || isListening) {
      return;
    }
    try {
      connector.listen(new Listener.Pods(DOOR));
      isListening = true;
      trouble = "";
      log.info("pods can pay at={}", address());
    } catch (PaymentException e) {
      if (!trouble.equals(e.getMessage())) {
        trouble = String.valueOf(e.getMessage());
        log.warn("pods cannot pay reason={}", trouble);
      }
    }
  }

  /** Returns what keeps pods from paying, or empty if nothing does. */
  synchronized Optional<String> trouble() {
    return Optional.of(trouble).filter(words -> !words.isEmpty());
  }

  /**
   * {@code ILP_PLUGIN}, {@code ILP_CREDENTIALS} and its former name {@code ILP_PLUGIN_OPTIONS} are
   * what npm {@code ilp-plugin} reads; {@code CODIUS_ILP_*} the same in parts.
   */
  @Override
  public Map<String, String> variables(ManifestHash hash) {
    if (!isOn) {
      return Map.of();
    }
    String account = account(hash).value();
    String token = token(hash);
    String credentials =
        JsonNodeFactory.instance
            .objectNode()
            .put("server", "btp+ws://" + account + ":" + token + "@" + address())
            .toString();
    Map<String, String> variables = new TreeMap<>();
    variables.put("ILP_PLUGIN", "ilp-plugin-btp");
    variables.put("ILP_PLUGIN_OPTIONS", credentials);
    variables.put("ILP_CREDENTIALS", credentials);
    variables.put("CODIUS_ILP_SERVER", "btp+ws://" + address());
    variables.put("CODIUS_ILP_ACCOUNT", account);
    variables.put("CODIUS_ILP_TOKEN", token);
    variables.put("CODIUS_ILP_ASSET_CODE", settings.assetCode());
    variables.put("CODIUS_ILP_ASSET_SCALE", Integer.toString(settings.assetScale()));
    return variables;
  }

  @Override
  public synchronized void open(ManifestHash hash, InetAddress address) {
    if (!isOn) {
      return;
    }
    InetAddress before = open.put(hash, address);
    if (address.equals(before)) {
      return;
    }
    if (before != null) {
      connector.close(account(hash)); // it was another pod's; that is gone
    }
    AccountSettings account =
        AccountSettings.builder().from(settings).accountId(account(hash)).build();
    try {
      connector
          .open(ChildAccount.pod(account, token(hash), address))
          .toCompletableFuture()
          .join(); // so that what closes it finds it open
    } catch (CompletionException e) {
      log.warn("open account failed hash={} reason={}", hash.value(), String.valueOf(e.getCause()));
      open.remove(hash);
    }
  }

  @Override
  public synchronized void close(ManifestHash hash) {
    if (open.remove(hash) != null) {
      connector.close(account(hash));
    }
  }

  @Override
  public CompletionStage<Void> fund(ManifestHash hash, Amount amount) {
    return connector.fund(account(hash), amount);
  }

  private static AccountId account(ManifestHash hash) {
    return AccountId.of(PREFIX + hash.value());
  }

  private String token(ManifestHash hash) {
    return BaseEncoding.base16()
        .lowerCase()
        .encode(secret.derive("account of pod " + hash.value()));
  }

  private static String address() {
    return DOOR.getAddress().getHostAddress() + ":" + DOOR.getPort();
  }
}
