package org.codius.hyper.network;

import java.util.List;

/**
 * What pods may do on the network, as data: the firewall's chains are written from it, and so is
 * {@code docs/network-policy.md}. In each chain the first rule that fits decides; what none fits
 * goes on its way.
 */
final class NetworkPolicy {

  /** Where a pod finds the host's Interledger connector (ILP over BTP). */
  static final String ILP_ADDRESS = "169.254.77.68";

  static final int ILP_PORT = 7768;

  private static final String NEIGHBOUR_DISCOVERY =
      "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept";

  static final List<Rule> RULES =
      List.of(
          // before anything else: is the packet from where it says?
          new Rule(
              Chain.SOURCE,
              "iifname @interfaces6 " + NEIGHBOUR_DISCOVERY,
              "pod with an IPv6 address → its link: neighbour discovery",
              Outcome.ALLOWED,
              "IPv6 does not work without"),
          new Rule(
              Chain.SOURCE,
              "iifname @interfaces meta nfproto ipv4 iifname . ip saddr != @pods4 drop",
              "pod → anything, from an IPv4 address that is not its own",
              Outcome.DROPPED,
              "nobody can be impersonated"),
          new Rule(
              Chain.SOURCE,
              "iifname @interfaces meta nfproto ipv6 iifname . ip6 saddr != @pods6 drop",
              "pod → anything, from an IPv6 address that is not its own, link-local ones included",
              Outcome.DROPPED,
              "the same; a pod that was given no IPv6 address has no IPv6 at all"),
          new Rule(
              Chain.SOURCE,
              "iifname != \"lo\" ip saddr @subnets4 iifname . ip saddr != @pods4 drop",
              "anybody else → anything, from an address of the pods' range",
              Outcome.DROPPED,
              "only pods speak for pods"),
          new Rule(
              Chain.SOURCE,
              "iifname != \"lo\" iifname != @interfaces ip daddr " + ILP_ADDRESS + " drop",
              "any interface that is no pod's → " + ILP_ADDRESS,
              Outcome.DROPPED,
              "the pods' connector is theirs alone"),
          // for the host itself
          new Rule(
              Chain.TO_HOST,
              "iifname @interfaces ct state established,related accept",
              "pod → host, in answer to the host",
              Outcome.ALLOWED,
              "the host's proxy fetches pages from pods"),
          new Rule(
              Chain.TO_HOST,
              "iifname @interfaces ip daddr %s tcp dport %d accept"
                  .formatted(ILP_ADDRESS, ILP_PORT),
              "pod → " + ILP_ADDRESS + ", tcp " + ILP_PORT,
              Outcome.ALLOWED,
              "a pod pays and is paid over Interledger; before the link-local addresses are dropped"),
          new Rule(
              Chain.TO_HOST,
              "iifname @interfaces6 " + NEIGHBOUR_DISCOVERY,
              "pod with an IPv6 address → host: neighbour discovery",
              Outcome.ALLOWED,
              "as above"),
          new Rule(
              Chain.TO_HOST,
              "iifname @interfaces drop",
              "pod → host, any other port of any address",
              Outcome.DROPPED,
              "what listens on the host is not for strangers' code"),
          // through the host
          new Rule(
              Chain.FORWARD,
              "iifname @interfaces oifname @interfaces drop",
              "pod → pod",
              Outcome.DROPPED,
              "pods are strangers to each other"),
          new Rule(Chain.FORWARD, "iifname @interfaces jump from_pod", "", Outcome.SEE, "from_pod"),
          new Rule(Chain.FORWARD, "oifname @interfaces jump to_pod", "", Outcome.SEE, "to_pod"),
          new Rule(
              Chain.FORWARD,
              "ip daddr @subnets4 drop",
              "anybody → an address of the pods' range that is no pod's now",
              Outcome.DROPPED,
              "a packet for a pod that is gone goes nowhere"),
          // from a pod to the world
          new Rule(
              Chain.FROM_POD,
              "ct state established,related accept",
              "pod → anybody, in a conversation that was allowed to begin",
              Outcome.ALLOWED,
              ""),
          new Rule(
              Chain.FROM_POD,
              "meta nfproto ipv4 iifname . ip saddr != @egress4 drop",
              "pod that is not paid for yet → anybody, IPv4",
              Outcome.DROPPED,
              "an unpaid start is no free connection"),
          new Rule(
              Chain.FROM_POD,
              "meta nfproto ipv6 iifname . ip6 saddr != @egress6 drop",
              "pod that is not paid for yet → anybody, IPv6",
              Outcome.DROPPED,
              "the same"),
          new Rule(
              Chain.FROM_POD,
              "meta l4proto { tcp, udp } th dport 53 ip daddr @resolvers4 accept",
              "pod → the configured resolvers, tcp and udp 53, IPv4",
              Outcome.ALLOWED,
              "`CODIUS_POD_DNS`"),
          new Rule(
              Chain.FROM_POD,
              "meta l4proto { tcp, udp } th dport 53 ip6 daddr @resolvers6 accept",
              "pod → the configured resolvers, tcp and udp 53, IPv6",
              Outcome.ALLOWED,
              "`CODIUS_POD_DNS`"),
          new Rule(
              Chain.FROM_POD,
              "meta l4proto { tcp, udp } th dport 53 drop",
              "pod → any other resolver, tcp and udp 53",
              Outcome.DROPPED,
              "no tunnels and no attacks through DNS"),
          new Rule(
              Chain.FROM_POD,
              "ip daddr @private4 drop",
              "pod → IPv4 addresses that are not public",
              Outcome.DROPPED,
              "the operator's networks and the cloud's metadata service are not for strangers"),
          new Rule(
              Chain.FROM_POD,
              "ip6 daddr @private6 drop",
              "pod → IPv6 addresses that are not public",
              Outcome.DROPPED,
              "the same; also what is IPv4 in disguise"),
          new Rule(
              Chain.FROM_POD,
              "tcp dport { 25, 465, 587 } reject with tcp reset",
              "pod → mail servers, tcp 25, 465, 587",
              Outcome.REFUSED,
              "spam; a reset, so that programs need not wait for a timeout"),
          new Rule(
              Chain.FROM_POD,
              "meta l4proto { tcp, udp } th dport 5060-5061 drop",
              "pod → telephony, tcp and udp 5060-5061",
              Outcome.DROPPED,
              "toll fraud"),
          new Rule(
              Chain.FROM_POD,
              "accept",
              "pod → anything else that is public",
              Outcome.ALLOWED,
              "what was paid for"),
          // from the world to a pod
          new Rule(
              Chain.TO_POD,
              "ct state established,related accept",
              "anybody → pod, in answer to the pod",
              Outcome.ALLOWED,
              ""),
          new Rule(
              Chain.TO_POD,
              "udp dport { 19, 22, 80, 111, 137-139, 389, 520, 1900, 5093, 5353, 11211, 33434-33534 } drop",
              "anybody → pod, udp 19, 22, 80, 111, 137-139, 389, 520, 1900, 5093, 5353, 11211, 33434-33534",
              Outcome.DROPPED,
              "amplifiers, as in the original"),
          new Rule(
              Chain.TO_POD,
              "drop",
              "anybody → pod, anything else",
              Outcome.DROPPED,
              "the way to a pod leads through the host's proxy"));

  private NetworkPolicy() {}

  /** Returns the rules of one chain, in order. */
  static List<Rule> of(Chain chain) {
    return RULES.stream().filter(rule -> rule.chain() == chain).toList();
  }

  /** Where packets are looked at. */
  enum Chain {
    SOURCE(
        "source",
        "type filter hook prerouting priority raw; policy accept;",
        "Where does it come from?"),
    TO_HOST(
        "input",
        "type filter hook input priority filter - 1; policy accept;",
        "For the host itself"),
    FORWARD(
        "forward",
        "type filter hook forward priority filter - 1; policy accept;",
        "Through the host"),
    FROM_POD("from_pod", "", "From a pod to the world"),
    TO_POD("to_pod", "", "From the world to a pod");

    private final String id;
    private final String hook;
    private final String title;

    Chain(String id, String hook, String title) {
      this.id = id;
      this.hook = hook;
      this.title = title;
    }

    String id() {
      return id;
    }

    String hook() {
      return hook;
    }

    String title() {
      return title;
    }
  }

  /** What becomes of a packet. */
  enum Outcome {
    ALLOWED,
    DROPPED,
    REFUSED,
    SEE
  }

  /**
   * One rule.
   *
   * @param nft as nftables reads it
   * @param says the same in words: who → whom
   */
  record Rule(Chain chain, String nft, String says, Outcome outcome, String why) {}
}
