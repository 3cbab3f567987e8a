package org.codius.daemon.cli;

/**
 * What one check found.
 *
 * @param evidence what was seen
 * @param next what to do about it; empty if nothing
 */
record Finding(String check, Verdict verdict, String evidence, String next) {

  enum Verdict {
    OK,
    /** A host works without it, but not as well. */
    WARNING,
    /** A host does not work. */
    PROBLEM
  }

  static Finding ok(String check, String evidence) {
    return new Finding(check, Verdict.OK, evidence, "");
  }

  static Finding warning(String check, String evidence, String next) {
    return new Finding(check, Verdict.WARNING, evidence, next);
  }

  static Finding problem(String check, String evidence, String next) {
    return new Finding(check, Verdict.PROBLEM, evidence, next);
  }
}
