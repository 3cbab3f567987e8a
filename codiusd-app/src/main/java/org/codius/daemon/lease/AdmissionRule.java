package org.codius.daemon.lease;

/**
 * Something that must hold before anybody is asked to pay for an order. Cheap, and without effects:
 * it is also asked by those who only want to know.
 */
public interface AdmissionRule {

  /** Returns what it is about, in capitals with underscores. Stable: clients see it. */
  String name();

  /**
   * Passes in silence.
   *
   * @throws RefusedException if the order cannot be sold now
   */
  void check(Order order);

  /**
   * Passes in silence. Asked before money is taken, of what a pod was found to run: a tag does not
   * tell what it means.
   *
   * @param image {@code name@sha256:…}, or as the manifest has it if nothing more is known
   * @throws RefusedException if that may not be run here
   */
  default void checkImage(String image) {}

  /** Returns the rule called {@code name} that {@code check} is the whole of. */
  static AdmissionRule of(String name, Check check) {
    return new AdmissionRule() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void check(Order order) {
        check.check(order);
      }
    };
  }

  /** What a rule does. */
  @FunctionalInterface
  interface Check {
    void check(Order order);
  }
}
