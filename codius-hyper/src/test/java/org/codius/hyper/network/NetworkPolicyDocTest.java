package org.codius.hyper.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codius.hyper.network.NetworkPolicy.Chain;
import org.codius.hyper.network.NetworkPolicy.Outcome;
import org.codius.hyper.network.NetworkPolicy.Rule;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/network-policy.md} says what the rules say. With {@code -Dcodius.write-docs=true} it
 * is written anew.
 */
class NetworkPolicyDocTest {

  private static final Path DOCUMENT = Path.of("../docs/network-policy.md");

  @Test
  void theDocumentIsCurrent() throws Exception {
    String text = render();
    if (Boolean.getBoolean("codius.write-docs")) {
      Files.writeString(DOCUMENT, text);
    }

    assertThat(DOCUMENT).content().isEqualTo(text);
  }

  private static String render() {
    StringBuilder text =
        new StringBuilder(
            """
            # Network policy

            What pods may do on the network. This page is written from the firewall's own rules (`NetworkPolicy`) and the
            cases it is measured with (`FirewallLab`); a test fails when it is not current.

            The firewall is a table `inet codius_<instance>` of nftables, and for pods on a bridge another one, `bridge
            codius_<instance>`. Every change replaces them in one transaction and is read back from the kernel, by an
            `nft -i` that the daemon keeps for it. When the daemon starts, real packets between namespaces made for it show that the
            rules hold; if they do not, no pod runs. Every few seconds the tables are compared with what was written, and written
            again if somebody changed them.

            A pod is known by its interface *and* its address. In each list the first rule that fits decides. When the daemon
            comes back and does not find a pod that runs, every interface that was a pod's is still taken for one, with no
            address that would be its own: nothing gets out of it.

            """);
    for (Chain chain : Chain.values()) {
      text.append("## ")
          .append(chain.title())
          .append("\n\n| | Who → whom | Why |\n|---|---|---|\n");
      for (Rule rule : NetworkPolicy.of(chain)) {
        if (rule.outcome() != Outcome.SEE) {
          text.append(
              "| %s | %s | %s |\n".formatted(word(rule.outcome()), rule.says(), rule.why()));
        }
      }
      text.append('\n');
    }
    text.append(
        """
        What fits no rule is none of ours: the host's own packets, and other people's. Packets of pods leave with the host's
        address (masquerade). IP forwarding is switched on when the first pod needs it and off again when the table goes, if
        it was off before and nobody else forwards by then. A policy of somebody else that drops forwarded packets, such as
        Docker's, is found at the start and named in the log with the chain.

        ## On a bridge

        Pods that share a bridge (hyperd's, or the CNI plugin of that name) could pass each other packets without the host's IP
        layer seeing them, whatever `bridge-nf-call-iptables` says. The second table drops whatever would go from one port of
        the bridge to another, takes from a pod's port only its own MAC and IP address, in ARP too, and takes these addresses
        from no other port. hyperd's pods are bound to their port when their machine is up and before a program of theirs
        starts; from then on it is closed to every port of the bridge, also to those that come later.

        ## Which addresses are not public

        IPv4: %s.

        IPv6: %s.

        ## Measured

        With real packets between network namespaces, IPv4 and IPv6, the bridge with `bridge-nf-call-iptables=0`: every row is
        what `PodFirewallLabIT` saw. *Refused* is a TCP reset. Its second test shows that without the firewall none of this
        is blocked. `PodFirewallIT` measures the same from real containers, IPv4 and IPv6: another pod, the host by each of its
        addresses, private, link-local and metadata addresses, DNS elsewhere, mail, and the public, each with the firewall and
        without; and that a pod which is not found again is shut off.

        | From, to | Tried | Seen |
        |---|---|---|
        """
            .formatted(ranges(PublicAddresses.NOT_PUBLIC_4), ranges(PublicAddresses.NOT_PUBLIC_6)));
    for (FirewallCase row : FirewallCase.ALL) {
      text.append("| %s | %s | %s |\n".formatted(row.says(), row.target(), row.expected()));
    }
    return text.toString();
  }

  private static String ranges(List<AddressRange> ranges) {
    return String.join(", ", ranges.stream().map(AddressRange::toString).toList());
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case ALLOWED -> "allowed";
      case DROPPED -> "**dropped**";
      case REFUSED -> "**refused**";
      case SEE -> "";
    };
  }
}
