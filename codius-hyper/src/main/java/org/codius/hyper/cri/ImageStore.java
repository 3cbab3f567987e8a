package org.codius.hyper.cri;

import com.google.common.hash.Hashing;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PullProgress;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.image.CheckedImage;
import org.codius.hyper.image.ImageName;
import org.codius.hyper.image.ImageRegistries;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images this instance pulled: gets them, and throws away those used longest ago when all
 * together take up more than they may. Images of others are not touched.
 *
 * <p>Of each there is a note, a file that holds its name and is as old as its last use. Blocks.
 * Safe for use by several threads.
 */
final class ImageStore {

  private static final Logger log = LoggerFactory.getLogger(ImageStore.class);

  /** What was just pulled is about to be run. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  /** Collected is down to this share of the watermark, or it would be at it again at once. */
  private static final double ENOUGH = 0.8;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final CriConfig config;
  private final CriClient client;
  private final ImageRegistries registries;
  private final PullGuard guard;
  private final Path notes;
  private final String snapshotter;
  private final InstantSource clock;

  ImageStore(
      CriConfig config,
      CriClient client,
      ImageRegistries registries,
      PullGuard guard,
      Path notes,
      String snapshotter,
      InstantSource clock) {
    this.config = config;
    this.client = client;
    this.registries = registries;
    this.guard = guard;
    this.notes = notes;
    this.snapshotter = snapshotter;
    this.clock = clock;
  }

  void pull(String image, ImageLimits limits, Consumer<? super PullProgress> progress)
      throws IOException {
    ImageName name = parse(image);
    // Also of what somebody else put there, or we under other rules.
    registries.requireAllowed(name);
    try {
      if (!client.images().has(name.toString(), config.limits().callTimeout())) {
        CheckedImage checked = registries.check(image, limits);
        noteUse(image); // before it is there, so that it is never there without
        progress.accept(new PullProgress(0, checked.compressedBytes()));
        guard.pull(name, limits);
        progress.accept(new PullProgress(checked.compressedBytes(), checked.compressedBytes()));
      }
      noteUse(image);
    } catch (StatusRuntimeException e) {
      throw CriErrors.onPull(image, e);
    }
  }

  /** Returns the name that {@code image} spells; one that is none can be no image's. */
  static ImageName parse(String image) {
    try {
      return ImageName.parse(image);
    } catch (IllegalArgumentException e) {
      throw new PodDriverException(Reason.IMAGE_NOT_FOUND, "pull: " + e.getMessage(), e);
    }
  }

  /** Notes that {@code image} is used now. */
  void noteUse(String image) throws IOException {
    String name = parse(image).toString();
    Files.createDirectories(notes);
    Path note = notes.resolve(Hashing.sha256().hashString(name, StandardCharsets.UTF_8).toString());
    Files.writeString(note, name);
    Files.setLastModifiedTime(note, FileTime.from(clock.instant()));
  }

  /** Throws away unused images if all together take up too much. */
  void collect() {
    try {
      List<Kept> kept = kept();
      long sum = kept.stream().mapToLong(Kept::bytes).sum();
      if (sum <= config.limits().imageBytes()) {
        return;
      }
      Set<String> inUse =
          client.containers(Map.of(), TIMEOUT).stream()
              .map(Cri.Container::getImageRef)
              .collect(Collectors.toSet());
      Instant justUsed = clock.instant().minus(GRACE);
      for (Kept image : kept) {
        if (sum <= config.limits().imageBytes() * ENOUGH) {
          return;
        }
        if (!inUse.contains(image.id()) && image.lastUse().isBefore(justUsed)) {
          client.images().remove(image.name(), TIMEOUT);
          Files.deleteIfExists(image.note());
          sum -= image.bytes();
          log.debug("image thrown away image={} bytes={}", image.name(), image.bytes());
        }
      }
    } catch (IOException | StatusRuntimeException e) {
      log.debug("images not collected", e); // the next time, then
    }
  }

  /** Returns the images noted that are there, the one used longest ago first. */
  private List<Kept> kept() throws IOException {
    Map<String, Cri.Image> present =
        client.images().list(TIMEOUT).stream()
            .flatMap(
                image -> image.getRepoDigestsList().stream().map(name -> Map.entry(name, image)))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a));
    List<Kept> kept = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(notes)) {
      for (Path note : files) {
        String name = Files.readString(note);
        Instant lastUse = Files.getLastModifiedTime(note).toInstant();
        Cri.Image image = present.get(name);
        if (image != null) {
          kept.add(new Kept(note, name, image.getId(), lastUse, bytes(name, image)));
        } else if (lastUse.isBefore(clock.instant().minus(GRACE))) {
          Files.deleteIfExists(note); // its pull failed, or somebody else removed it
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // nothing was ever pulled
    }
    kept.sort(Comparator.comparing(Kept::lastUse));
    return kept;
  }

  /** As fetched and as unpacked; layers that two images share are the first one's. */
  private long bytes(String name, Cri.Image image) {
    return image.getSize() + client.snapshots().useOfImage(snapshotter, name, TIMEOUT).bytes();
  }

  private record Kept(Path note, String name, String id, Instant lastUse, long bytes) {}
}
