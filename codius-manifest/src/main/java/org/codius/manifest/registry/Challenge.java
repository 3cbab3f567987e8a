package org.codius.manifest.registry;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants to see before it answers: a {@code WWW-Authenticate} header.
 *
 * @param scheme {@code bearer} or {@code basic}, in lower case
 * @param parameters by lower-case name
 */
record Challenge(String scheme, Map<String, String> parameters) {

  /** The longest header that is looked at. */
  private static final int MAX_LENGTH = 4096;

  private static final Pattern SCHEME = Pattern.compile("\\s*([A-Za-z]+)(?:\\s+(.*))?");
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z_]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))");

  Challenge {
    parameters = ImmutableMap.copyOf(parameters);
  }

  static Optional<Challenge> parse(String header) {
    Matcher scheme = SCHEME.matcher(header);
    if (header.length() > MAX_LENGTH || !scheme.matches()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    String rest = scheme.group(2);
    Matcher parameter = PARAMETER.matcher(rest == null ? "" : rest);
    while (parameter.find()) {
      String quoted = parameter.group(2);
      String value = quoted == null ? parameter.group(3) : quoted;
      String name = parameter.group(1);
      if (name != null && value != null) {
        parameters.put(Ascii.toLowerCase(name), value);
      }
    }
    String word = scheme.group(1);
    return word == null
        ? Optional.empty()
        : Optional.of(new Challenge(Ascii.toLowerCase(word), parameters));
  }
}
