package org.codius.hyper.hyperd;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one pod run: create, which boots its machine, check its address, admit it to the network,
 * start.
 *
 * <p>What is there but has ended is removed and made anew, as a pod that is stopped and started
 * changes its address unnoticed. Steps that fail are followed by a look at what is there, since
 * hyperd finishes what a client gave up. Confined to one call at a time.
 */
final class PodRun {

  private static final Logger log = LoggerFactory.getLogger(PodRun.class);

  /** After a restart of hyperd, pods that run may hold all the addresses it gives first. */
  private static final int MAX_CREATES = 254;

  private static final int NO_SUCH_IMAGE = 404;

  /** What a shell and a kernel say of a program that is not there. */
  private static final OptionalInt NOT_FOUND = OptionalInt.of(127);

  private final HyperdApi api;
  private final PodReader reader;
  private final PodRemover remover;
  private final PodSpec spec;
  private final PodId id;

  /** Leaked containers that are known, by name. */
  private final Map<String, String> adopted = new LinkedHashMap<>();

  private final List<String> nameServers;
  private final Admission admission;
  private final BooleanSupplier isCancelled;
  private int creates;

  /** What has to be done about a pod between the boot of its machine and the start of programs. */
  interface Admission {
    CompletableFuture<Void> admit(PodId id, InetAddress address);
  }

  /**
   * @param isCancelled whether nobody wants the pod any more, which is found between two steps
   */
  PodRun(
      HyperdApi api,
      PodReader reader,
      PodRemover remover,
      PodSpec spec,
      List<String> nameServers,
      Admission admission,
      BooleanSupplier isCancelled) {
    this.api = api;
    this.reader = reader;
    this.remover = remover;
    this.spec = spec;
    this.id = spec.id();
    this.nameServers = nameServers;
    this.admission = admission;
    this.isCancelled = isCancelled;
  }

  /** Completes with the running pod. If it fails, there is no such pod. */
  CompletableFuture<PodStatus> begin() {
    return remover
        .settled(id)
        .thenCompose(row -> row.isEmpty() ? create() : reader.status(id).thenCompose(this::keep));
  }

  /**
   * Goes on with a pod that was created and, as far as is known, not yet started: by a daemon that
   * ended in between, or by one that is about to. Starting it twice starts it once.
   */
  @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // from a stage
  private CompletableFuture<PodStatus> keep(Optional<PodStatus> status) {
    if (status.isPresent() && status.get().isRunning()) {
      return CompletableFuture.completedFuture(status.get());
    }
    boolean isFresh =
        status.flatMap(PodStatus::address).isPresent()
            && status.get().containers().stream()
                .allMatch(container -> container.exitCode().isEmpty());
    return isFresh
        ? admit(status.get().address().get())
        : remover.remove(id).thenCompose(gone -> create());
  }

  private CompletableFuture<PodStatus> create() {
    if (isCancelled.getAsBoolean()) {
      return giveUp(new CancellationException());
    }
    if (++creates > MAX_CREATES) {
      return giveUp(
          failure(Reason.START_FAILED, "create", "no success in " + MAX_CREATES + " attempts"));
    }
    return Stages.compose(
        api.create(id, PodJson.of(spec, nameServers)),
        (reply, failure) -> {
          if (reply == null) {
            return giveUp(failure);
          }
          return reply.isSuccess() ? checkAddress() : recover(reply);
        });
  }

  private CompletableFuture<PodStatus> recover(HyperdReply reply) {
    Optional<LeakedContainer> leaked = LeakedContainer.parse(reply, id);
    if (leaked.isPresent()) {
      return adopt(leaked.get(), reply);
    }
    if (reply.status() == NO_SUCH_IMAGE) {
      return giveUp(refused(reply));
    }
    return api.row(id)
        .thenCompose(
            row ->
                row.isPresent()
                    ? begin() // somebody else of this instance was faster
                    : giveUp(refused(reply)));
  }

  /** An id has no words that would make it 404, so that is the image. */
  private PodDriverException refused(HyperdReply reply) {
    return reply.failure(
        reply.status() == NO_SUCH_IMAGE ? Reason.IMAGE_NOT_FOUND : Reason.START_FAILED,
        "create pod " + id);
  }

  /**
   * Makes a pod of all leaked containers whose ids are known and of all names that may be taken by
   * others, then removes it. Each attempt tells one id more, and those it knows stay the same.
   */
  private CompletableFuture<PodStatus> adopt(LeakedContainer leaked, HyperdReply reply) {
    if (adopted.put(leaked.name(), leaked.containerId()) != null) {
      return giveUp(refused(reply));
    }
    log.warn("leaked container found pod={} container={}", id, leaked.containerId());
    return Stages.compose(
        api.create(id, PodJson.adopting(spec, adopted)),
        (adoption, failure) -> {
          if (adoption == null) {
            return giveUp(failure);
          }
          if (adoption.isSuccess()) {
            adopted.clear();
            return remover.remove(id).thenCompose(gone -> create());
          }
          return LeakedContainer.parse(adoption, id)
              .map(next -> adopt(next, adoption))
              .orElseGet(() -> giveUp(refused(adoption)));
        });
  }

  private CompletableFuture<PodStatus> checkAddress() {
    return Stages.compose(
        reader.status(id),
        (status, failure) -> {
          if (status == null) {
            return giveUp(failure);
          }
          Optional<InetAddress> address = status.flatMap(PodStatus::address);
          if (address.isPresent()) {
            return admit(address.get());
          }
          log.warn("pod created anew, as its address is not its own pod={}", id);
          return remover.remove(id).thenCompose(gone -> create());
        });
  }

  private CompletableFuture<PodStatus> admit(InetAddress address) {
    return Stages.compose(
        admission.admit(id, address),
        (done, failure) -> failure == null ? start() : giveUp(failure));
  }

  private CompletableFuture<PodStatus> start() {
    if (isCancelled.getAsBoolean()) {
      return giveUp(new CancellationException());
    }
    return Stages.compose(
        api.start(id),
        (reply, failure) -> {
          return reply != null && !reply.isSuccess() ? nameFailed(reply) : checkContainers(failure);
        });
  }

  /** hyperd names the containers that did not start by ids that nobody knows. */
  private CompletableFuture<PodStatus> nameFailed(HyperdReply reply) {
    return Stages.compose(
        api.info(id.toString()),
        (info, failure) -> {
          List<String> failed =
              info == null
                  ? List.of()
                  : info.map(PodInfo::containers).orElse(List.of()).stream()
                      .filter(one -> !one.id().isEmpty() && reply.body().contains(one.id()))
                      .map(one -> "container " + PodInfo.containerName(id, one.name()))
                      .toList();
          String what = failed.isEmpty() ? "" : String.join(", ", failed) + " of ";
          return giveUp(reply.failure(Reason.START_FAILED, "start " + what + "pod " + id));
        });
  }

  private CompletableFuture<PodStatus> checkContainers(@Nullable Throwable late) {
    return Stages.compose(
        reader.status(id),
        (seen, failure) -> {
          if (seen == null) {
            return giveUp(late == null ? failure : late);
          }
          if (seen.isEmpty() || seen.get().address().isEmpty()) {
            return giveUp(
                late == null ? failure(Reason.START_FAILED, "start", "it went away") : late);
          }
          if (isCancelled.getAsBoolean()) {
            return giveUp(new CancellationException());
          }
          PodStatus status = seen.get();
          for (PodStatus.Container container : status.containers()) {
            if (container.exitCode().equals(NOT_FOUND)) {
              return giveUp(
                  failure(
                      Reason.COMMAND_NOT_FOUND,
                      "start",
                      "container " + container.name() + " ended with code 127 at once"));
            }
          }
          return late == null || status.isRunning()
              ? CompletableFuture.completedFuture(status)
              : giveUp(late);
        });
  }

  private PodDriverException failure(Reason reason, String verb, String why) {
    return new PodDriverException(reason, verb + " pod " + id + ": " + why);
  }

  /** Takes down what there is, then fails. */
  private <T> CompletableFuture<T> giveUp(@Nullable Throwable failure) {
    Throwable cause = failure == null ? new AssertionError("no failure") : failure;
    return Stages.compose(
        remover.remove(id),
        (gone, left) -> {
          if (left != null) {
            cause.addSuppressed(left);
          }
          return CompletableFuture.failedFuture(cause);
        });
  }
}
