package org.codius.daemon.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.math.BigDecimal;
import org.codius.daemon.http.ApiException;
import org.codius.daemon.http.ApiRequest;
import org.codius.manifest.ManifestHash;

/** Reads what calls are given. */
final class Input {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int LONGEST_NUMBER = 50;

  private Input() {}

  /**
   * @throws ApiException if it is none
   */
  static ManifestHash hash(String text) {
    return ManifestHash.parse(text)
        .orElseThrow(
            () ->
                bad(
                    "BAD_HASH",
                    "A pod's hash has 52 letters and digits: codiusd pods lists them."));
  }

  /**
   * @throws ApiException if the body is no JSON object
   */
  static JsonNode body(ApiRequest request) {
    request.requireJson();
    try {
      JsonNode body = JSON.readTree(request.body());
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (IOException e) {
      // answered below, with what is JSON and no object
    }
    throw bad("NOT_JSON", "Send a JSON object.");
  }

  /**
   * @throws ApiException if it is no number above 0
   */
  static BigDecimal positive(JsonNode value, String name) {
    String text = value.asText();
    if ((value.isNumber() || value.isTextual()) && text.length() < LONGEST_NUMBER) {
      try {
        BigDecimal number = new BigDecimal(text);
        if (number.signum() > 0
            && number.precision() < 20
            && number.scale() > -20
            && number.scale() < 20) {
          return number;
        }
      } catch (NumberFormatException e) {
        // answered below, with the numbers out of range
      }
    }
    throw bad("BAD_NUMBER", "Give \"" + name + "\" a number above 0.");
  }

  static ApiException bad(String code, String help) {
    return new ApiException(HttpResponseStatus.BAD_REQUEST, "Invalid request payload", code, help);
  }
}
