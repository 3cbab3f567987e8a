package org.codius.daemon.config;

import com.google.common.base.Ascii;
import com.google.common.net.InetAddresses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codius.daemon.selftest.SelfTestMode;

/**
 * How a host is set up. {@code docs/configuration.md} lists the keys.
 *
 * @param root the folder that holds everything the host remembers
 * @param selfTest what becomes of the host's purchase from itself
 */
public record DaemonConfig(
    FrontDoorConfig frontDoor,
    Path root,
    PodRuntime runtime,
    PodSources sources,
    PodPolicy pods,
    Money money,
    Sales sales,
    ApiSettings api,
    Peering peering,
    AdminConfig admin,
    SelfTestMode selfTest) {

  /**
   * Returns where the settings of a program come from, the first wins: flags, the environment, and
   * the file one of these two may name.
   *
   * @throws InvalidConfigException if there is no such file, or it is no good
   */
  public static List<ConfigSource> sources(
      Map<String, String> flags, Map<String, String> environment) {
    List<ConfigSource> sources = new ArrayList<>();
    sources.add(ConfigSource.flags(flags));
    sources.add(ConfigSource.environment(environment));
    String file =
        flags.getOrDefault("CODIUS_CONFIG", environment.getOrDefault("CODIUS_CONFIG", ""));
    if (!file.isEmpty()) {
      sources.add(ConfigFile.read(Path.of(file)));
    }
    return sources;
  }

  /** Reads a configuration from the environment, and the file it may name. */
  public static DaemonConfig from(Map<String, String> environment) {
    return from(sources(Map.of(), environment));
  }

  /**
   * Reads a configuration.
   *
   * @throws InvalidConfigException if a key is unknown or a value is of no use; it names all of
   *     them
   */
  public static DaemonConfig from(List<ConfigSource> sources) {
    Settings settings = new Settings(sources);
    DaemonConfig config = read(settings);
    settings.failIfWrong();
    return config;
  }

  /** Returns every setting as it is in force, wrong or not, in the order of the document. */
  public static List<Setting> show(List<ConfigSource> sources) {
    Settings settings = new Settings(sources);
    read(settings);
    return settings.all();
  }

  private static DaemonConfig read(Settings settings) {
    settings.text("CODIUS_CONFIG", ""); // has been read: the sources have what is in it
    FrontDoorConfig frontDoor = FrontDoorConfig.from(settings);
    Path root = settings.path("CODIUS_ROOT", "/var/lib/codius");
    PodRuntime runtime = PodRuntime.from(settings);
    Money money = Money.from(settings);
    return new DaemonConfig(
        frontDoor,
        root,
        runtime,
        PodSources.from(settings, money instanceof Money.Play && frontDoor.isLoopback()),
        PodPolicy.from(settings, frontDoor.isLoopback()),
        money,
        Sales.from(settings),
        ApiSettings.from(settings),
        Peering.from(settings),
        AdminConfig.from(settings, root),
        selfTest(settings, frontDoor.isNamedLocalhost()));
  }

  /** There is nothing to find out about the way from this machine to itself. */
  private static SelfTestMode selfTest(Settings settings, boolean isNamedLocalhost) {
    SelfTestMode otherwise = isNamedLocalhost ? SelfTestMode.OFF : SelfTestMode.REPORT;
    String text = settings.text("CODIUS_SELF_TEST", Ascii.toLowerCase(otherwise.name()));
    for (SelfTestMode mode : SelfTestMode.values()) {
      if (Ascii.toLowerCase(mode.name()).equals(text)) {
        return mode;
      }
    }
    settings.wrong("CODIUS_SELF_TEST", text, "off, report or gate");
    return otherwise;
  }

  /** Returns whether money here is play money, and so nothing but loopback may be answered. */
  public boolean isLocal() {
    return money instanceof Money.Play;
  }

  /** Returns whether play money is given to everybody who asks. */
  public boolean isPublicPlayMoneyAllowed() {
    return money instanceof Money.Play play && play.isPublicAllowed();
  }

  /**
   * Refuses play money on an address others can reach: whoever pays with it pays nothing.
   *
   * @throws InvalidConfigException if that is so and was not asked for
   */
  public void failIfPublicPlayMoney() {
    if (isLocal() && !frontDoor.isLoopback() && !isPublicPlayMoneyAllowed()) {
      throw new InvalidConfigException(
          "bind address: "
              + InetAddresses.toAddrString(frontDoor.bind().getAddress())
              + " with play money",
          "Set CODIUS_UPLINK to an Interledger account to sell pods for real money, or bind to"
              + " 127.0.0.1. To give pods away for nothing, say --i-know.");
    }
  }
}
