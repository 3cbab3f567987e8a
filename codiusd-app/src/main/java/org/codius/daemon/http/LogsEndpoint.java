package org.codius.daemon.http;

import com.google.common.base.Splitter;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.codius.daemon.lease.LeaseService;
import org.codius.manifest.ManifestHash;

/** {@code GET /pods/{hash}/logs?follow=}: what a pod writes. */
final class LogsEndpoint implements Endpoint {

  private final LeaseService leases;

  LogsEndpoint(LeaseService leases) {
    this.leases = leases;
  }

  @Override
  public ApiResponse respond(ApiRequest request) {
    List<String> segments = Splitter.on('/').splitToList(request.path());
    String label = segments.get(2);
    ManifestHash hash =
        ManifestHash.parse(label)
            .orElseThrow(
                () ->
                    new ApiException(
                        HttpResponseStatus.NOT_FOUND,
                        "no pod found with this id. id=" + label,
                        "POD_NOT_FOUND",
                        "A pod is named by its manifest hash, 52 characters."));
    boolean follow = request.parameter("follow").filter("true"::equals).isPresent();
    return new ApiResponse.Lines(leases.logs(hash, follow));
  }
}
