package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Where the firewall cannot be applied a host runs, tells why it sells nothing, and runs no pod;
 * once it can be, it sells.
 */
final class FirewallIT {

  @RegisterExtension static final HostProcess HOST = HostProcess.withoutFirewall();

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration HEALING_TIMEOUT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void refusesUploadsWithTheReasonAndAnswersAllElseUntilItCanBeApplied() throws Exception {
    try (PodImages images = PodImages.start();
        CodiusProject project = CodiusProject.create("pod-without-a-firewall", images)) {
      ObjectNode upload = project.generate();

      HttpResponse<String> refused = HOST.api().post(upload, FIVE_MINUTES);
      JsonNode info = JSON.readTree(HOST.api().get("/info").body());
      HttpResponse<String> dryRun = HOST.api().dryRun(upload, FIVE_MINUTES);

      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("\"code\":\"FIREWALL_FAILED\"");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(info.get("acceptingUploads").asBoolean()).isFalse();
      assertThat(info.get("runtime").asText()).isEqualTo("none");
      assertThat(dryRun.body())
          .contains("{\"rule\":\"RUNTIME\",\"passes\":false")
          .contains("{\"rule\":\"ROOM\",\"passes\":true");

      HOST.giveFirewallBack();

      Eventually.find("a host that sells again", HEALING_TIMEOUT, () -> runtimeThatSells());
      assertThat(HOST.api().dryRun(upload, FIVE_MINUTES).body())
          .contains("{\"rule\":\"RUNTIME\",\"passes\":true");
    }
  }

  private static Optional<String> runtimeThatSells() throws Exception {
    JsonNode info = JSON.readTree(HOST.api().get("/info").body());
    return info.get("acceptingUploads").asBoolean()
        ? Optional.of(info.get("runtime").asText())
        : Optional.empty();
  }
}
