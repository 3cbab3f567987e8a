package org.codius.payments.connector;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.regex.Pattern;
import org.codius.payments.Asset;
import org.codius.payments.btp.BtpServerConfig;
import org.interledger.connector.accounts.AccountBalanceSettings;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountRateLimitSettings;
import org.interledger.connector.accounts.AccountRelationship;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.interledger.link.LinkType;

/**
 * What a connector is, and what it grants its children.
 *
 * @param listen where children connect; port 0 takes a free one
 * @param isLocal whether only clients that call us by a loopback name are let in
 * @param address the connector's own ILP address
 * @param children what every child's account is like: asset, credit ({@code minBalance}; none means
 *     unlimited), largest packet and packets per second. Its id and times mean nothing
 * @param minimumMessageWindow what is taken off a packet's expiry before it is passed on
 * @param maximumHold the longest a packet passed on may take
 * @param maximumAccounts how many accounts are kept; beyond, the one longest without a link goes
 * @param maximumConnections how many sockets may be open at once
 * @param drain how long Prepares are still answered, with T99, while closing
 */
public record ConnectorConfig(
    InetSocketAddress listen,
    boolean isLocal,
    InterledgerAddress address,
    AccountSettings children,
    Duration minimumMessageWindow,
    Duration maximumHold,
    int maximumAccounts,
    int maximumConnections,
    Duration drain) {

  /** Where every Codius client looks for a connector: {@code 127.0.0.1:7768}. */
  public static final int DEFAULT_PORT = 7768;

  /** What the original's command line client can show prices in. */
  public static final Asset DEFAULT_ASSET = new Asset("XRP", 9);

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9_~-]{1,64}");

  public ConnectorConfig {
    requireNonNull(listen, "listen");
    requireNonNull(address, "address");
    requireNonNull(children, "children");
    requireNonNull(minimumMessageWindow, "minimumMessageWindow");
    requireNonNull(maximumHold, "maximumHold");
    requireNonNull(drain, "drain");
  }

  /**
   * Returns the connector of local mode: loopback names only, play money, unlimited credit.
   *
   * @param instance a segment of the connector's address, {@code private.codius.<instance>}; keep
   *     it, since every address here begins with it
   */
  public static ConnectorConfig playMoney(InetSocketAddress listen, String instance) {
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "connector instance: \"" + instance + "\" (expected: 1 to 64 of A-Z a-z 0-9 _ ~ -)");
    }
    AccountSettings children =
        AccountSettings.builder()
            .accountId(AccountId.of("child"))
            .accountRelationship(AccountRelationship.CHILD)
            .linkType(LinkType.of("BTP"))
            .assetCode(DEFAULT_ASSET.code())
            .assetScale(DEFAULT_ASSET.scale())
            .balanceSettings(AccountBalanceSettings.builder().build())
            .rateLimitSettings(
                AccountRateLimitSettings.builder().maxPacketsPerSecond(1_000).build())
            .build();
    return new ConnectorConfig(
        listen,
        true,
        InterledgerAddress.of("private.codius." + instance),
        children,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        10_000,
        1_000,
        Duration.ofMillis(300));
  }

  /** Returns what amounts are counted in, on every account here. */
  public Asset asset() {
    return new Asset(children.assetCode(), children.assetScale());
  }

  /** Returns what of this concerns the listener. */
  BtpServerConfig btp() {
    BtpServerConfig defaults = BtpServerConfig.of(listen, isLocal);
    return new BtpServerConfig(
        listen,
        isLocal,
        defaults.authenticationTimeout(),
        maximumHold.plus(minimumMessageWindow),
        defaults.heartbeat(),
        maximumConnections,
        defaults.maximumPending(),
        defaults.maximumFrame(),
        defaults.maximumFailures());
  }
}
