package org.codius.hyper.auto;

import com.google.common.base.CharMatcher;
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * What came of a runtime that could have been chosen.
 *
 * @param candidate what it is, as {@code private containerd with runsc}
 * @param words why it was not chosen, or what was seen of it; one line
 */
public record Finding(String candidate, Isolation isolation, boolean isChosen, String words) {

  public Finding {
    words = CharMatcher.whitespace().trimAndCollapseFrom(words, ' ');
  }

  @Override
  public String toString() {
    return candidate + (isChosen ? ": chosen, " : ": not chosen, ") + words;
  }
}
