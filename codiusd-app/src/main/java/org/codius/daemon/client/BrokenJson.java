package org.codius.daemon.client;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.io.JsonEOFException;

/** Says what is wrong with JSON that a person wrote. The reader's own words name its classes. */
final class BrokenJson {

  private BrokenJson() {}

  /** Returns where it is broken and what belongs there: {@code line 3, column 5 (expected: …)}. */
  static String words(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    String where =
        place == null
            ? "it cannot be read"
            : "line " + place.getLineNr() + ", column " + place.getColumnNr();
    return where + " (expected: " + expected(e) + ")";
  }

  private static String expected(JsonProcessingException e) {
    String end = e instanceof JsonEOFException ? "; the file ends too early" : "";
    if (!(e.getProcessor() instanceof JsonParser parser)) {
      return "JSON" + end;
    }
    JsonStreamContext context = parser.getParsingContext();
    if (context.inObject()) {
      return "names in double quotes, each with a colon and a value, commas between them, and }"
          + end;
    }
    return (context.inArray() ? "values, commas between them, and ]" : "an object, { to }") + end;
  }
}
