package org.codius.hyper.auto;

import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * What came of a runtime that could have been chosen.
 *
 * @param candidate what it is, as {@code private containerd with runsc}
 * @param words why it was not chosen, or what was seen of it
 */
public record Finding(String candidate, Isolation isolation, boolean isChosen, String words) {

  @Override
  public String toString() {
    return candidate + (isChosen ? ": chosen, " : ": not chosen, ") + words;
  }
}
