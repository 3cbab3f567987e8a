package org.codius.hyper.image;

import com.google.common.base.Ascii;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry wants to be asked: the value of a {@code WWW-Authenticate} header (RFC 9110
 * §11.6.1).
 *
 * @param scheme in lower case
 * @param parameters by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

  private static final int LONGEST = 4096;
  private static final Pattern SHAPE = Pattern.compile("\\s*([A-Za-z]{1,20})(?:\\s+(.*))?");
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z_]{1,20})=(?:\"([^\"]*)\"|([^\\s,\"]+))");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  static Optional<Challenge> parse(String header) {
    if (header.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher shape = SHAPE.matcher(header);
    if (!shape.matches()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    Matcher parameter = PARAMETER.matcher(shape.group(2) == null ? "" : shape.group(2));
    while (parameter.find()) {
      String bare = parameter.group(3);
      parameters.put(
          Ascii.toLowerCase(parameter.group(1)), bare == null ? parameter.group(2) : bare);
    }
    return Optional.of(new Challenge(Ascii.toLowerCase(shape.group(1)), parameters));
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}
