package org.codius.hyper.cri;

import static org.codius.hyper.cri.v1.SnapshotsGrpc.newBlockingStub;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.hyper.cri.v1.ContainerdSnapshots;
import org.codius.hyper.cri.v1.ContainerdSnapshots.UsageRequest;
import org.codius.hyper.cri.v1.ContainerdSnapshots.UsageResponse;
import org.codius.hyper.cri.v1.SnapshotsGrpc.SnapshotsBlockingStub;

/**
 * What containerd's snapshots take up on disk, counted when asked: CRI's own figures are older, and
 * it has none for a layer that is being unpacked. Other runtimes do not know. The calls block. Safe
 * for use by several threads.
 */
final class Snapshots {

  /** Set by containerd's CRI, where its annotations are not disabled. */
  private static final String IMAGE_LABEL = "containerd.io/snapshot/cri.image-ref";

  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

  private final CriChannel channel;
  private final SnapshotsBlockingStub stub;

  Snapshots(CriChannel channel) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, "k8s.io");
    this.channel = channel;
    this.stub =
        channel
            .stub(managed -> newBlockingStub(managed))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Returns what a snapshot takes up, or empty if there is none or nobody to ask. */
  Optional<DiskUse> use(String snapshotter, String name, Duration timeout) {
    UsageRequest request =
        UsageRequest.newBuilder().setSnapshotter(snapshotter).setKey(name).build();
    try {
      UsageResponse usage = channel.call(() -> CriChannel.within(timeout, stub).usage(request));
      return Optional.of(new DiskUse(usage.getSize(), usage.getInodes()));
    } catch (StatusRuntimeException e) {
      if (isAnAnswer(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns what the layers of an image take up that is pulled or was. */
  DiskUse useOfImage(String snapshotter, String image, Duration timeout) {
    DiskUse sum = DiskUse.NONE;
    for (String name : ofImage(snapshotter, image, timeout)) {
      sum = sum.plus(use(snapshotter, name, timeout).orElse(DiskUse.NONE));
    }
    return sum;
  }

  private List<String> ofImage(String snapshotter, String image, Duration timeout) {
    ContainerdSnapshots.ListSnapshotsRequest request =
        ContainerdSnapshots.ListSnapshotsRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .addFilters("labels.\"%s\"==\"%s\"".formatted(IMAGE_LABEL, image))
            .build();
    try {
      return channel.call(
          () -> {
            List<String> names = new ArrayList<>();
            CriChannel.within(timeout, stub)
                .list(request)
                .forEachRemaining(
                    page -> page.getInfoList().forEach(info -> names.add(info.getName())));
            return names;
          });
    } catch (StatusRuntimeException e) {
      if (isAnAnswer(e)) {
        return List.of();
      }
      throw e;
    }
  }

  /** Gone meanwhile, or not a containerd. */
  private static boolean isAnAnswer(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.NOT_FOUND
        || e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
  }
}
