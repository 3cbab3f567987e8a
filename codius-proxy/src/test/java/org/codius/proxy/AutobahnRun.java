package org.codius.proxy;

import java.util.List;
import java.util.Map;
import me.normanmaurer.maven.autobahntestsuite.AutobahnTestSuite;
import me.normanmaurer.maven.autobahntestsuite.FuzzingCaseResult;

/** The Autobahn suite as a program: the event loop that it has in Python starts only once. */
final class AutobahnRun {

  private AutobahnRun() {}

  /**
   * Prints a line {@code case outcome} for each case; and much else.
   *
   * @param args whom to examine, a URL; the cases, such as {@code *}
   */
  public static void main(String[] args) throws Exception {
    // left out: megabytes, which Python on a JVM takes very long for, and compression, which the
    // pod does not offer
    List<String> left = List.of("9.*", "12.*", "13.*");
    for (FuzzingCaseResult result :
        AutobahnTestSuite.runFuzzingClient("pod", args[0], Map.of(), List.of(args[1]), left)) {
      System.out.println("case " + result.caseName() + " " + result.behavior());
    }
  }
}
