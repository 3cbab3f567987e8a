package org.codius.daemon.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.http.ApiException;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.http.Endpoint;

/** Every call an operator has. */
public final class AdminApi implements Endpoint {

  private final List<AdminCall> calls = new ArrayList<>();
  private final boolean isCompatible;

  /**
   * @param isCompatible whether the original's calls that only read need no token
   */
  public AdminApi(
      PodCalls pods,
      BanCalls bans,
      SalesCalls sales,
      MetricsCall metrics,
      OriginalCalls original,
      boolean isCompatible) {
    this.isCompatible = isCompatible;
    calls.add(AdminCall.of("GET", "/pods", pods::list));
    calls.add(AdminCall.of("GET", "/pods/{}", pods::inspect));
    calls.add(AdminCall.of("DELETE", "/pods/{}", pods::remove));
    calls.add(AdminCall.of("POST", "/pods/{}/suspend", pods::suspend));
    calls.add(AdminCall.of("POST", "/pods/{}/resume", pods::resume));
    calls.add(AdminCall.of("POST", "/pods/{}/fund", pods::fund));
    calls.add(AdminCall.of("GET", "/bans", bans::list));
    calls.add(AdminCall.of("PUT", "/bans", bans::add));
    calls.add(AdminCall.of("DELETE", "/bans", bans::remove));
    calls.add(AdminCall.of("GET", "/price", sales::price));
    calls.add(AdminCall.of("PUT", "/price", sales::setPrice));
    calls.add(AdminCall.of("GET", "/drain", sales::drain));
    calls.add(AdminCall.of("PUT", "/drain", sales::setDrain));
    calls.add(AdminCall.of("GET", "/ledger", sales::ledger));
    calls.add(AdminCall.of("GET", "/metrics", metrics));
    calls.add(AdminCall.of("GET", "/getPods", original::pods));
    calls.add(AdminCall.of("GET", "/getPodInfo", original::pod));
    calls.add(AdminCall.of("GET", "/getAllUptime", original::uptime));
    calls.add(AdminCall.of("POST", "/config", original::config));
    calls.add(AdminCall.of("GET", "/.*", original::test)); // as in the original: whatever else
  }

  /** Returns whether {@code request} needs no token. */
  boolean isFree(HttpRequest request) {
    return isCompatible
        && request.method().equals(HttpMethod.GET)
        && OriginalCalls.READ_ONLY.contains(new QueryStringDecoder(request.uri()).rawPath());
  }

  @Override
  public ApiResponse respond(ApiRequest request) throws InterruptedException {
    for (AdminCall call : calls) {
      Optional<ApiResponse> answer = call.tryAnswer(request);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    throw new ApiException(
        HttpResponseStatus.NOT_FOUND,
        "Not Found",
        "NO_SUCH_CALL",
        "There is no %s %s here; docs/operating.md lists the calls."
            .formatted(request.method(), request.path()));
  }
}
