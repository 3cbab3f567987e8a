package org.codius.payments.connector;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.codius.payments.Asset;
import org.codius.payments.Uplink;
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
 * @param listeners where children connect, and which
 * @param address the connector's own ILP address; of one with a parent the parent's word counts
 * @param host where the daemon's own account is below that address: one or more segments
 * @param children what a child's account is like unless it comes with settings of its own: asset,
 *     credit ({@code minBalance}, base units; none means unlimited), largest packet and packets per
 *     second. Its id and times mean nothing
 * @param grant how much play money, in base units, an account of a local listener gets when it runs
 *     dry
 * @param minimumMessageWindow what is taken off a packet's expiry before it is passed on
 * @param maximumHold the longest a packet passed on may take
 * @param maximumAccounts how many accounts of a local listener are kept in memory; beyond, the one
 *     longest without a link goes. Its balance stays in the books
 * @param maximumConnections how many sockets a listener may have open at once
 * @param drain how long Prepares are still answered, with T99, while closing, once those under way
 *     have ended
 */
public record ConnectorConfig(
    List<Listener> listeners,
    InterledgerAddress address,
    String host,
    AccountSettings children,
    UnsignedLong grant,
    Duration minimumMessageWindow,
    Duration maximumHold,
    int maximumAccounts,
    int maximumConnections,
    Duration drain) {

  /** Where every Codius client looks for a connector: {@code 127.0.0.1:7768}. */
  public static final int DEFAULT_PORT = 7768;

  /** What the original's command line client can show prices in. */
  public static final Asset DEFAULT_ASSET = new Asset("XRP", 9);

  /** The address of moneyd, whose place a connector with play money takes. */
  private static final InterledgerAddress LOCAL = InterledgerAddress.of("private.moneyd");

  /** 10,000 XRP: the price of a pod for a thousand months. */
  private static final UnsignedLong GRANT = UnsignedLong.valueOf(10_000_000_000_000L);

  /**
   * The original's clients try a packet that met T99 again after 100, 300, 700 and 1,500 ms, and
   * wait half a minute in vain for the answer to one they sent as the link broke. So it breaks
   * while they wait for the last of these.
   */
  private static final Duration DRAIN = Duration.ofMillis(900);

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_~-]{1,64}(\\.[A-Za-z0-9_~-]{1,64})*");

  public ConnectorConfig {
    listeners = List.copyOf(listeners);
    requireNonNull(address, "address");
    requireNonNull(children, "children");
    requireNonNull(grant, "grant");
    requireNonNull(minimumMessageWindow, "minimumMessageWindow");
    requireNonNull(maximumHold, "maximumHold");
    requireNonNull(drain, "drain");
    if (!NAME.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "connector host: \"" + host + "\" (expected: segments of 1 to 64 of A-Z a-z 0-9 _ ~ -)");
    }
  }

  /**
   * Returns the connector of local mode, which any Codius client takes for a moneyd: play money
   * from a faucet, for programs on this machine.
   *
   * @param instance tells this host's address, {@code private.moneyd.local.<instance>}, from that
   *     of others; keep it
   */
  public static ConnectorConfig playMoney(InetSocketAddress listen, String instance) {
    return of(List.of(new Listener.Local(listen)), LOCAL, "local." + instance, DEFAULT_ASSET);
  }

  /** Returns a connector whose accounts count in the parent's asset, below the parent. */
  public static ConnectorConfig below(Uplink parent) {
    return of(List.of(), parent.address(), "host", parent.asset());
  }

  private static ConnectorConfig of(
      List<Listener> listeners, InterledgerAddress address, String host, Asset asset) {
    return new ConnectorConfig(
        listeners,
        address,
        host,
        childrenIn(asset),
        GRANT,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        10_000,
        1_000,
        DRAIN);
  }

  private static AccountSettings childrenIn(Asset asset) {
    return AccountSettings.builder()
        .accountId(AccountId.of("child"))
        .accountRelationship(AccountRelationship.CHILD)
        .linkType(LinkType.of("BTP"))
        .assetCode(asset.code())
        .assetScale(asset.scale())
        .balanceSettings(AccountBalanceSettings.builder().minBalance(0L).build())
        .rateLimitSettings(AccountRateLimitSettings.builder().maxPacketsPerSecond(1_000).build())
        .build();
  }

  /** Returns the same with other settings for its children. */
  public ConnectorConfig withChildren(AccountSettings settings) {
    return new ConnectorConfig(
        listeners,
        address,
        host,
        settings,
        grant,
        minimumMessageWindow,
        maximumHold,
        maximumAccounts,
        maximumConnections,
        drain);
  }

  /** Returns what amounts are counted in, on every account here. */
  public Asset asset() {
    return new Asset(children.assetCode(), children.assetScale());
  }

  /** Returns what of this concerns a listener. */
  BtpServerConfig btp(Listener listener) {
    BtpServerConfig defaults =
        BtpServerConfig.of(listener.address(), listener instanceof Listener.Local);
    return new BtpServerConfig(
        defaults.listen(),
        defaults.isLocal(),
        defaults.authenticationTimeout(),
        maximumHold.plus(minimumMessageWindow),
        defaults.heartbeat(),
        maximumConnections,
        defaults.maximumPending(),
        defaults.maximumFrame(),
        defaults.maximumFailures());
  }
}
