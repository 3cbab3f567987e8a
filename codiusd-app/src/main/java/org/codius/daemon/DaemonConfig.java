package org.codius.daemon;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codius.daemon.peers.PeerUri;
import org.codius.hyper.image.ImagePolicy;
import org.codius.proxy.tls.CertificateFiles;

/**
 * How a host is set up. {@code docs/configuration.md} lists the keys.
 *
 * @param publicUri where clients reach the host; its pods are at {@code <hash>.<host>}
 * @param bind where the front door listens
 * @param tls how it encrypts
 * @param root the folder that holds everything the host remembers
 */
public record DaemonConfig(
    URI publicUri,
    InetSocketAddress bind,
    Tls tls,
    Path root,
    PodRuntime runtime,
    PodSources sources,
    Money money,
    BigDecimal costPerMonth,
    double memoryFraction,
    Duration purchaseTimeout,
    Duration maximumDuration,
    int unpaidStarts,
    int purchases,
    Peering peering,
    boolean isPublicPlayMoneyAllowed) {

  private static final String SELF_SIGNED = "self-signed";
  private static final Splitter LIST = Splitter.on(',').trimResults().omitEmptyStrings();

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
  }

  /**
   * Which other hosts this one gossips with.
   *
   * @param bootstrap whom it asks first
   * @param isPrivateAllowed whether it also talks to hosts on private addresses, and without TLS
   */
  public record Peering(List<PeerUri> bootstrap, boolean isPrivateAllowed) {

    public Peering {
      bootstrap = List.copyOf(bootstrap);
    }
  }

  /** What runs the pods. */
  public sealed interface PodRuntime {

    /**
     * The strongest there is: hyperd if its socket is there and its open network is accepted, else
     * a containerd of our own.
     */
    record Auto(Hyperd hyperd) implements PodRuntime {

      /** Returns what it comes to on this machine, now. */
      public PodRuntime choose() {
        return hyperd.isOpenNetworkAccepted() && Files.exists(hyperd.socket())
            ? hyperd
            : new PrivateContainerd();
      }
    }

    /** A private containerd, started and kept by the daemon. */
    record PrivateContainerd() implements PodRuntime {}

    /**
     * A containerd or CRI-O that is there already.
     *
     * @param handler which of its runtime handlers runs the pods; empty for its default
     */
    record Cri(Path socket, String handler) implements PodRuntime {}

    /**
     * hyperd.
     *
     * @param isOpenNetworkAccepted whether pods may run although nothing keeps them apart on the
     *     bridge that hyperd puts them on
     */
    record Hyperd(Path socket, boolean isOpenNetworkAccepted) implements PodRuntime {}
  }

  /**
   * Where pods get what they are made of.
   *
   * @param nameServers whom they ask for names: IP addresses
   */
  public record PodSources(ImagePolicy images, List<String> nameServers) {

    /** The large public registries, and two public resolvers that sell no data. */
    public static final PodSources DEFAULT =
        new PodSources(ImagePolicy.DEFAULT, List.of("1.1.1.1", "9.9.9.9"));

    public PodSources {
      nameServers = List.copyOf(nameServers);
    }
  }

  /** Where the money comes from. */
  public sealed interface Money {

    /**
     * A connector of our own that hands out play money.
     *
     * @param port where it listens on loopback, for BTP
     */
    record Play(int port) implements Money {}

    /**
     * An account at a connector.
     *
     * @param uri {@code btp+ws://user:token@host:port}; it holds a secret
     */
    record Uplink(URI uri) implements Money {

      @Override
      public String toString() {
        return "Uplink[***@" + uri.getHost() + ":" + uri.getPort() + "]";
      }
    }
  }

  /** Returns whether money here is play money, and so nothing but loopback may be answered. */
  public boolean isLocal() {
    return money instanceof Money.Play;
  }

  /**
   * Reads a configuration from the environment.
   *
   * @throws StartException if a {@code CODIUS_} key is unknown or a value is of no use; it names
   *     all of them
   */
  public static DaemonConfig from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    DaemonConfig config = read(settings);
    settings.failIfWrong();
    return config;
  }

  /** Returns the names of all settings. */
  static Set<String> keys() {
    Settings settings = new Settings(Map.of());
    read(settings);
    return settings.known();
  }

  private static DaemonConfig read(Settings settings) {
    int port = settings.integer("CODIUS_PORT", 3000, 1, 65535);
    InetAddress bind = settings.address("CODIUS_BIND_IP", "127.0.0.1");
    Money money = money(settings);
    Tls tls = tls(settings);
    String scheme = tls instanceof Tls.Off ? "http" : "https";
    return new DaemonConfig(
        settings.httpUri("CODIUS_PUBLIC_URI", scheme + "://localhost:" + port),
        new InetSocketAddress(bind, port),
        tls,
        Path.of(settings.text("CODIUS_ROOT", "/var/lib/codius")),
        runtime(settings),
        sources(settings, money instanceof Money.Play && bind.isLoopbackAddress()),
        money,
        settings.firstDecimal(
            new BigDecimal(10), "CODIUS_COST_PER_MONTH", "COST_PER_MONTH", "CODIUS_XRP_PER_MONTH"),
        settings.fraction("CODIUS_MAX_MEMORY_FRACTION", 0.75),
        settings.seconds("CODIUS_PURCHASE_TIMEOUT", Duration.ofSeconds(55)),
        settings.seconds("CODIUS_MAX_DURATION", Duration.ofDays(365)),
        settings.integer("CODIUS_UNPAID_STARTS", 4, 1, 1024),
        settings.integer("CODIUS_PURCHASES", 64, 1, 1024),
        new Peering(
            settings.peers("CODIUS_BOOTSTRAP_PEERS"), settings.flag("CODIUS_PRIVATE_PEERS")),
        settings.flag("CODIUS_I_KNOW"));
  }

  private static Tls tls(Settings settings) {
    String chains = settings.text("CODIUS_TLS_CERTIFICATE", "");
    String keys = settings.text("CODIUS_TLS_KEY", chains);
    int redirectPort = settings.integer("CODIUS_REDIRECT_PORT", 0, 0, 65535);
    if (chains.isEmpty()) {
      if (redirectPort != 0) {
        settings.wrong(
            "CODIUS_REDIRECT_PORT", "" + redirectPort, "nothing without CODIUS_TLS_CERTIFICATE");
      }
      return new Tls.Off();
    }
    if (chains.equals(SELF_SIGNED)) {
      return new Tls.SelfSigned(redirectPort);
    }
    List<String> chainFiles = LIST.splitToList(chains);
    List<String> keyFiles = LIST.splitToList(keys);
    if (chainFiles.size() != keyFiles.size()) {
      settings.wrong("CODIUS_TLS_KEY", keys, "as many files as CODIUS_TLS_CERTIFICATE names");
      return new Tls.Off();
    }
    List<CertificateFiles> files = new ArrayList<>();
    for (int i = 0; i < chainFiles.size(); i++) {
      files.add(new CertificateFiles(Path.of(chainFiles.get(i)), Path.of(keyFiles.get(i))));
    }
    return new Tls.Files(files, redirectPort);
  }

  private static PodRuntime runtime(Settings settings) {
    String driver = settings.text("CODIUS_DRIVER", "auto");
    Path criSocket = Path.of(settings.text("CODIUS_CRI_SOCKET", "/run/containerd/containerd.sock"));
    String handler = settings.text("CODIUS_CRI_HANDLER", "");
    PodRuntime.Hyperd hyperd =
        new PodRuntime.Hyperd(
            Path.of(settings.text("CODIUS_HYPER_SOCKET", "/var/run/hyper.sock")),
            settings.flag("CODIUS_HYPER_OPEN_NETWORK"));
    return switch (driver) {
      case "auto" -> new PodRuntime.Auto(hyperd);
      case "containerd" -> new PodRuntime.PrivateContainerd();
      case "cri" -> new PodRuntime.Cri(criSocket, handler);
      case "hyperd" -> hyperd;
      default -> {
        settings.wrong("CODIUS_DRIVER", driver, "auto, containerd, cri or hyperd");
        yield new PodRuntime.Auto(hyperd);
      }
    };
  }

  /**
   * Reads where images and names come from.
   *
   * @param isOnlyForUs whether nobody else can upload: then a registry on this machine is as good
   *     as any
   */
  private static PodSources sources(Settings settings, boolean isOnlyForUs) {
    ImagePolicy images =
        settings
            .list(
                "CODIUS_REGISTRIES", "a list of hosts, or * for any", ImagePolicy::requireRegistry)
            .map(registries -> ImagePolicy.DEFAULT.withRegistries(Set.copyOf(registries)))
            .orElse(ImagePolicy.DEFAULT);
    List<String> nameServers =
        settings
            .list("CODIUS_POD_DNS", "a list of IP addresses", InetAddresses::forString)
            .orElse(PodSources.DEFAULT.nameServers());
    return new PodSources(isOnlyForUs ? images.withLoopback() : images, nameServers);
  }

  private static Money money(Settings settings) {
    int port = settings.integer("CODIUS_CONNECTOR_PORT", 7768, 0, 65535);
    String uplink = settings.text("CODIUS_UPLINK", "");
    if (uplink.isEmpty()) {
      return new Money.Play(port);
    }
    return new Money.Uplink(settings.btpUri("CODIUS_UPLINK", uplink));
  }

  /** Returns the same with the front door elsewhere. */
  public DaemonConfig withBind(InetSocketAddress bind, URI publicUri) {
    return new DaemonConfig(
        publicUri,
        bind,
        tls,
        root,
        runtime,
        sources,
        money,
        costPerMonth,
        memoryFraction,
        purchaseTimeout,
        maximumDuration,
        unpaidStarts,
        purchases,
        peering,
        isPublicPlayMoneyAllowed);
  }

  /**
   * Refuses play money on an address others can reach: whoever pays with it pays nothing.
   *
   * @throws StartException if that is so and was not asked for
   */
  void failIfPublicPlayMoney() {
    InetAddress address = bind.getAddress();
    if (isLocal() && !address.isLoopbackAddress() && !isPublicPlayMoneyAllowed) {
      throw new StartException(
          "bind address: " + InetAddresses.toAddrString(address) + " with play money",
          "Set CODIUS_UPLINK to an Interledger account to sell pods for real money, or bind to"
              + " 127.0.0.1. To give pods away for nothing, say --i-know.");
    }
  }
}
