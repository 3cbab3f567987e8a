package org.codius.daemon.admin;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.lease.SettingStore;
import org.codius.manifest.Container;
import org.codius.manifest.ImageReference;
import org.codius.manifest.Manifest;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;

/**
 * What the operator does not let be run, remembered over restarts.
 *
 * <p>Says nothing of pods that run: those are suspended or removed. Safe for use by several
 * threads.
 */
public final class Bans implements AdmissionRule {

  private static final String PREFIX = "ban.";

  private final SettingStore settings;
  private final Function<ManifestHash, Optional<Manifest>> running;
  private final Map<Ban, String> bans = new ConcurrentHashMap<>();

  /**
   * @param running returns the manifest of a pod that runs, for who wants more time on it
   */
  public Bans(SettingStore settings, Function<ManifestHash, Optional<Manifest>> running) {
    this.settings = settings;
    this.running = running;
    settings
        .all(PREFIX)
        .forEach(
            (name, reason) -> {
              String[] parts = name.split("\\.", 3);
              Ban.Kind.parse(parts[1]).ifPresent(kind -> bans.put(new Ban(kind, parts[2]), reason));
            });
  }

  /** Returns all bans, each with its reason, which may be "". */
  Map<Ban, String> all() {
    Map<Ban, String> sorted = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    sorted.putAll(bans);
    return sorted;
  }

  void add(Ban ban, String reason) {
    settings.put(name(ban), reason);
    bans.put(ban, reason);
  }

  /** Returns whether there was one. */
  boolean remove(Ban ban) {
    settings.remove(name(ban));
    return bans.remove(ban) != null;
  }

  private static String name(Ban ban) {
    return PREFIX + ban.kind() + "." + ban.value();
  }

  @Override
  public String name() {
    return Reason.BANNED.name();
  }

  @Override
  public void check(Order order) {
    fail(new Ban(Ban.Kind.MANIFEST, order.manifestHash().value()));
    order
        .upload()
        .map(PodRequest::manifest)
        .or(() -> running.apply(order.manifestHash()))
        .ifPresent(manifest -> manifest.containers().forEach(this::check));
  }

  private void check(Container container) {
    checkImage(container.image());
  }

  @Override
  public void checkImage(String reference) {
    ImageReference image = ImageReference.parse(reference);
    String digest = image.digest();
    if (digest.startsWith("sha256:")) {
      fail(new Ban(Ban.Kind.IMAGE, digest));
    }
    fail(new Ban(Ban.Kind.REGISTRY, image.registry()));
  }

  private void fail(Ban ban) {
    String reason = bans.get(ban);
    if (reason != null) {
      throw new RefusedException(
          Reason.BANNED,
          "This host does not run the " + ban + (reason.isEmpty() ? "." : ": " + reason),
          "Ask its operator, or choose another host.");
    }
  }
}
