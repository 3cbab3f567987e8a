package org.codius.daemon.lease;

import java.util.List;
import java.util.Optional;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Container;
import org.codius.manifest.Manifest;

/** Everything that must hold for an order to be sold. Safe for use by several threads. */
final class Admission {

  private final List<AdmissionRule> rules;

  Admission(List<AdmissionRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Asks the rules, in their order.
   *
   * @throws RefusedException of the first that does not hold
   */
  void check(Order order) {
    rules.forEach(rule -> rule.check(order));
  }

  /**
   * Asks the rules about the images that a pod runs.
   *
   * @throws RefusedException of the first that does not hold
   */
  void checkImages(Manifest manifest, PodStatus status) {
    for (Container container : manifest.containers()) {
      String image = PodKeeper.image(container, status);
      rules.forEach(rule -> rule.checkImage(image));
    }
  }

  /** Asks every rule, whatever the others say. */
  List<Verdict> verdicts(Order order) {
    return rules.stream().map(rule -> verdict(rule, order)).toList();
  }

  private static Verdict verdict(AdmissionRule rule, Order order) {
    try {
      rule.check(order);
      return new Verdict(rule.name(), Optional.empty());
    } catch (RefusedException refusal) {
      return new Verdict(rule.name(), Optional.of(refusal));
    }
  }
}
