package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.codius.daemon.selftest.SelfTestMode;
import org.junit.jupiter.api.Test;

class DaemonConfigTest {

  @Test
  void hasDefaultsThatRunOnALaptop() {
    assertThat(DaemonConfig.from(Map.of()))
        .isEqualTo(
            new DaemonConfig(
                FrontDoorConfig.from(Given.nothing()),
                Path.of("/var/lib/codius"),
                PodRuntime.from(Given.nothing()),
                PodSources.from(Given.nothing(), true),
                PodPolicy.from(Given.nothing(), true),
                Money.from(Given.nothing()),
                Sales.from(Given.nothing()),
                ApiSettings.from(Given.nothing()),
                Peering.from(Given.nothing()),
                AdminConfig.from(Given.nothing(), Path.of("/var/lib/codius")),
                SelfTestMode.OFF));
  }

  @Test
  void buysFromItselfOnceItHasANameThatOthersKnow() {
    assertThat(selfTest(Map.of("CODIUS_PUBLIC_URI", "https://codius.example.com")))
        .isEqualTo(SelfTestMode.REPORT);
    assertThat(selfTest(Map.of("CODIUS_PUBLIC_URI", "http://me.localhost:3000")))
        .isEqualTo(SelfTestMode.OFF);
    assertThat(selfTest(Map.of("CODIUS_PUBLIC_URI", "http://[::1]:3000")))
        .isEqualTo(SelfTestMode.OFF);
    assertThat(selfTest(Map.of("CODIUS_SELF_TEST", "gate"))).isEqualTo(SelfTestMode.GATE);
    Given.assertRefused("CODIUS_SELF_TEST", "on", "off, report or gate");
  }

  private static SelfTestMode selfTest(Map<String, String> settings) {
    return DaemonConfig.from(settings).selfTest();
  }

  @Test
  void takesTheDataFolder() {
    assertThat(DaemonConfig.from(Map.of("CODIUS_ROOT", "/srv/codius")).root())
        .isEqualTo(Path.of("/srv/codius"));
    Given.assertRefused("CODIUS_ROOT", "data", "an absolute path");
  }

  @Test
  void looksAtRegistriesOfThisMachineOnlyIfNobodyElseUploads() {
    DaemonConfig open =
        DaemonConfig.from(Map.of("CODIUS_BIND_IP", "0.0.0.0", "CODIUS_I_KNOW", "true"));

    assertThat(open.sources()).isEqualTo(PodSources.from(Given.nothing(), false));
  }

  @Test
  void namesEverythingWrongAtOnceWithTheNearestKey() {
    InvalidConfigException wrong =
        catchThrowableOfType(
            InvalidConfigException.class,
            () -> DaemonConfig.from(Map.of("CODIUS_PRT", "3000", "CODIUS_BIND_IP", "here")));

    assertThat(wrong)
        .hasMessage(
            "configuration: CODIUS_BIND_IP: \"here\" (expected: an IP address);"
                + " CODIUS_PRT: no such setting (did you mean CODIUS_PORT?)");
    assertThat(wrong.help()).startsWith("docs/configuration.md lists every setting");
  }

  @Test
  void refusesTheOriginalsSettingsThatNothingAnswersToAndSaysWhatReplacesThem() {
    for (String key : Retired.keys()) {
      assertThatThrownBy(() -> DaemonConfig.from(Map.of(key, "true")))
          .hasMessageStartingWith("configuration: " + key + ": no longer a setting: ");
    }
  }

  @Test
  void mindsNoOtherProgramsVariables() {
    assertThat(DaemonConfig.from(Map.of("PATH", "/bin", "NODE_ENV", "test")))
        .isEqualTo(DaemonConfig.from(Map.of()));
  }

  @Test
  void prefersFlagsToTheEnvironment() {
    List<ConfigSource> sources =
        DaemonConfig.sources(
            Map.of("CODIUS_PORT", "1"), Map.of("CODIUS_PORT", "2", "CODIUS_BIND_IP", "::1"));

    assertThat(DaemonConfig.from(sources).frontDoor().bind().getPort()).isEqualTo(1);
    assertThat(DaemonConfig.show(sources))
        .contains(
            new Setting("CODIUS_PORT", "1", "command line"),
            new Setting("CODIUS_BIND_IP", "::1", "environment"),
            new Setting("CODIUS_PURCHASES", "64", "default"));
  }

  @Test
  void tellsUnderWhichOtherNameAValueWasSet() {
    assertThat(DaemonConfig.show(DaemonConfig.sources(Map.of(), Map.of("COST_PER_MONTH", "3"))))
        .contains(new Setting("CODIUS_COST_PER_MONTH", "3", "environment (COST_PER_MONTH)"));
  }

  @Test
  void refusesPlayMoneyWhereOthersCanReachIt() {
    DaemonConfig open = DaemonConfig.from(Map.of("CODIUS_BIND_IP", "0.0.0.0"));

    assertThatThrownBy(open::failIfPublicPlayMoney)
        .hasMessage("bind address: 0.0.0.0 with play money");

    DaemonConfig.from(Map.of("CODIUS_BIND_IP", "0.0.0.0", "CODIUS_I_KNOW", "true"))
        .failIfPublicPlayMoney();
    DaemonConfig.from(
            Map.of("CODIUS_BIND_IP", "0.0.0.0", "CODIUS_UPLINK", "btp+ws://:x@localhost:7768"))
        .failIfPublicPlayMoney();
  }

  @Test
  void theDocumentListsEveryKeyWithItsDefault() throws IOException {
    Matcher rows =
        Pattern.compile("(?m)^\\| `(CODIUS_[A-Z_]+)` \\| (?:`([^`]*)`)? ?\\|").matcher(document());
    Map<String, String> documented = new TreeMap<>();
    while (rows.find()) {
      documented.put(rows.group(1), rows.group(2) == null ? "" : rows.group(2));
    }

    assertThat(documented)
        .isEqualTo(
            DaemonConfig.show(List.of()).stream()
                .collect(Collectors.toMap(Setting::key, Setting::value)));
  }

  @Test
  void theDocumentNamesTheOriginalsSettings() throws IOException {
    assertThat(document())
        .contains(Retired.keys())
        .contains(
            "COST_PER_MONTH",
            "CODIUS_XRP_PER_MONTH",
            "CODIUS_ADMIN_API",
            "CODIUS_ADMIN_PORT",
            "ILP_PLUGIN",
            "ILP_CREDENTIALS");
  }

  private static String document() throws IOException {
    return Files.readString(Path.of("../docs/configuration.md"));
  }
}
