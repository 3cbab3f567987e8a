package org.codius.hyper.testing;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.jspecify.annotations.Nullable;

/** The pods of a {@link FakePodDriver}, shared by those that reconnect. All methods lock it. */
final class FakeRuntime {

  private static final Pattern IMAGE =
      Pattern.compile(
          "([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([./_-]+[a-z0-9]+)*"
              + "(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?");

  private final Map<PodId, FakePod> pods = new LinkedHashMap<>();
  private final Set<String> images = new HashSet<>();
  private Function<? super PodId, ? extends InetAddress> addresses =
      id -> InetAddress.getLoopbackAddress();
  private CompletableFuture<Void> pullGate = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> runGate = CompletableFuture.completedFuture(null);
  private @Nullable Reason pullFailure;
  private @Nullable Reason runFailure;
  private @Nullable Reason callFailure;
  private final Map<PodEvents, String> listeners = new ConcurrentHashMap<>();
  private int starts;

  /** Returns what will tell of the pods of {@code instance}, until it is closed. */
  PodEvents listen(String instance) {
    PodEvents events = new PodEvents();
    listeners.put(events, instance);
    return events;
  }

  void publish(PodEvent event) {
    listeners.keySet().forEach(events -> events.publish(event));
  }

  private void publish(String instance, PodEvent event) {
    listeners.forEach(
        (events, listening) -> {
          if (listening.equals(instance)) {
            events.publish(event);
          }
        });
  }

  synchronized void pull(String image) {
    check("pull " + image, pullFailure);
    if (!IMAGE.matcher(image).matches()) {
      throw new PodDriverException(
          Reason.IMAGE_NOT_FOUND, "pull " + image + ": that is no image's name");
    }
    images.add(image);
  }

  synchronized PodStatus run(PodSpec spec) {
    FakePod present = pods.get(spec.id());
    if (present != null && present.isRunning()) {
      return present.status();
    }
    String action = "run pod " + spec.id();
    check(
        action + " of " + spec.containers().stream().map(PodSpec.Container::name).toList(),
        runFailure);
    for (PodSpec.Container container : spec.containers()) {
      if (!images.contains(container.image())) {
        throw new PodDriverException(
            Reason.IMAGE_NOT_FOUND, action + ": image " + container.image() + " was not pulled");
      }
    }
    if (present != null) {
      present.end();
    }
    FakePod pod =
        new FakePod(
            spec, addresses.apply(spec.id()), event -> publish(spec.id().instance(), event));
    pods.put(spec.id(), pod);
    starts++;
    pod.start();
    return pod.status();
  }

  synchronized Optional<FakePod> find(PodId id) {
    return Optional.ofNullable(pods.get(id));
  }

  synchronized List<PodStatus> list(String instance) {
    return pods.values().stream()
        .filter(pod -> pod.spec.id().instance().equals(instance))
        .map(FakePod::status)
        .toList();
  }

  void remove(PodId id) {
    FakePod pod;
    synchronized (this) {
      pod = pods.remove(id);
    }
    if (pod != null) {
      pod.end();
      publish(id.instance(), new PodEvent.Removed(id));
    }
  }

  synchronized List<PodId> others(String instance) {
    return pods.keySet().stream().filter(id -> !id.instance().equals(instance)).toList();
  }

  synchronized void checkCalls(String action) {
    check(action, callFailure);
  }

  private static void check(String action, @Nullable Reason failure) {
    if (failure != null) {
      throw new PodDriverException(failure, action + ": the test wants it to fail");
    }
  }

  synchronized void failPulls(Reason reason) {
    pullFailure = reason;
  }

  synchronized void failRuns(Reason reason) {
    runFailure = reason;
  }

  synchronized void failCalls(Reason reason) {
    callFailure = reason;
  }

  synchronized void heal() {
    pullFailure = null;
    runFailure = null;
    callFailure = null;
  }

  synchronized CompletableFuture<Void> pullGate() {
    return pullGate;
  }

  synchronized CompletableFuture<Void> runGate() {
    return runGate;
  }

  synchronized CompletableFuture<Void> holdPulls() {
    pullGate = new CompletableFuture<>();
    return pullGate;
  }

  synchronized CompletableFuture<Void> holdRuns() {
    runGate = new CompletableFuture<>();
    return runGate;
  }

  synchronized void giveAddresses(Function<? super PodId, ? extends InetAddress> newAddresses) {
    addresses = newAddresses;
  }

  synchronized int starts() {
    return starts;
  }
}
