package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.codius.daemon.lease.RefusedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalsTest {

  @ParameterizedTest
  @EnumSource
  void sayWhyAndWhatNextAndIfThatMayPassWhenToAskAgain(RefusedException.Reason reason)
      throws Exception {
    ApiResponse.Whole answer = Refusals.of(new RefusedException(reason, "Why.", "What next."));

    JsonNode body = new ObjectMapper().readTree(answer.body());
    assertThat(body.get("statusCode").intValue()).isEqualTo(answer.status().code());
    assertThat(body.get("error").textValue()).isEqualTo(answer.status().reasonPhrase());
    assertThat(body.get("message").textValue()).isEqualTo("Why.");
    assertThat(body.get("code").textValue()).isEqualTo(reason.name());
    assertThat(body.get("help").textValue()).isEqualTo("What next.");
    assertThat(answer.headers().containsKey("Retry-After"))
        .isEqualTo(answer.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE));
  }
}
