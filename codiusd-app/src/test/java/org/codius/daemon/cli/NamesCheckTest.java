package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.codius.daemon.cli.Finding.Verdict;
import org.junit.jupiter.api.Test;

class NamesCheckTest {

  private static final String HOST = "codius.example.com";
  private static final String BELOW = "." + HOST;

  @Test
  void areWellIfBothLeadToTheSameAddress() {
    Finding finding = look(Map.of(HOST, "192.0.2.1", BELOW, "192.0.2.1"), HOST);

    assertThat(finding.verdict()).isEqualTo(Verdict.OK);
    assertThat(finding.evidence()).contains("192.0.2.1");
  }

  @Test
  void needOneForTheHost() {
    Finding finding = look(Map.of(BELOW, "192.0.2.1"), HOST);

    assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(finding.next()).contains("*." + HOST);
  }

  @Test
  void needAWildcardForPods() {
    Finding finding = look(Map.of(HOST, "192.0.2.1"), HOST);

    assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(finding.evidence()).contains("names below it do not resolve");
  }

  @Test
  void mustNotLeadPodsElsewhere() {
    Finding finding = look(Map.of(HOST, "192.0.2.1", BELOW, "192.0.2.2"), HOST);

    assertThat(finding.verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(finding.evidence()).contains("192.0.2.1").contains("192.0.2.2");
  }

  @Test
  void ofThisMachineAreKnownToBrowsersAnyway() {
    Finding finding = look(Map.of("localhost", "127.0.0.1"), "localhost");

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.next()).contains("libnss-myhostname");
  }

  /**
   * @param records addresses by name; a name that begins with a dot is for all below it
   */
  private static Finding look(Map<String, String> records, String host) {
    NamesCheck.Names names =
        name -> {
          String found = records.get(name);
          if (found == null && name.contains(".")) {
            found = records.get(name.substring(name.indexOf('.')));
          }
          if (found == null) {
            throw new UnknownHostException(name);
          }
          return new InetAddress[] {InetAddresses.forString(found)};
        };
    return new NamesCheck(names).look(host);
  }
}
