package org.codius.daemon.http;

import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.ManagementToken;
import org.codius.manifest.ManifestHash;

/** {@code GET /pods/{hash}/logs?follow=}: what a pod writes. */
final class LogsEndpoint implements Endpoint {

  private final LeaseService leases;

  LogsEndpoint(LeaseService leases) {
    this.leases = leases;
  }

  @Override
  public ApiResponse respond(ApiRequest request) {
    ManifestHash hash = PodQuery.pathHash(request);
    boolean follow = request.parameter("follow").filter("true"::equals).isPresent();
    ManagementToken token = PodQuery.findManagementToken(request).orElse(null);
    return new ApiResponse.Lines(leases.logs().read(hash, follow, token));
  }
}
