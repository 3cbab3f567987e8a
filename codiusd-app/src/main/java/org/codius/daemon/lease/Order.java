package org.codius.daemon.lease;

import java.time.Duration;
import java.util.Optional;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;

/** What a client asks for: time on a pod it uploads, or more time on one that runs. */
public sealed interface Order {

  ManifestHash manifestHash();

  Duration duration();

  /** Returns the pod to start if none runs, or empty if only a running one can be had. */
  Optional<PodRequest> upload();

  /** Returns what is bought in one line. An invoice is sealed to it, and a token spent on it. */
  String item();

  /** A pod, uploaded. If it runs already it runs for longer. */
  record Upload(PodRequest request, Duration duration) implements Order {

    @Override
    public ManifestHash manifestHash() {
      return request.manifest().hash();
    }

    @Override
    public Optional<PodRequest> upload() {
      return Optional.of(request);
    }

    @Override
    public String item() {
      return "upload " + manifestHash().value() + " " + duration.toSeconds();
    }
  }

  /** More time on a pod somebody uploaded before. */
  record Extension(ManifestHash manifestHash, Duration duration) implements Order {

    @Override
    public Optional<PodRequest> upload() {
      return Optional.empty();
    }

    @Override
    public String item() {
      return "extend " + manifestHash.value() + " " + duration.toSeconds();
    }
  }
}
