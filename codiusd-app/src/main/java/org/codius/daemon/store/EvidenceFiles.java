package org.codius.daemon.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.codius.daemon.lease.Evidence;
import org.codius.daemon.lease.EvidenceStore;
import org.codius.hyper.LogLine;
import org.codius.manifest.ManifestHash;

/**
 * What pods left, a file for each, which only its owner can read: a JSON object with the exits and
 * events, then an array for each line. Above {@link #LIMIT} bytes in all the oldest files go.
 */
public final class EvidenceFiles implements EvidenceStore {

  /** How much all files may hold together. */
  private static final long LIMIT = 1L << 30;

  private static final String SUFFIX = ".jsonl";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  private EvidenceFiles(Path folder) {
    this.folder = folder;
  }

  /** Opens the folder, made on first use. */
  public static EvidenceFiles open(Path folder) throws IOException {
    DataFolder.makePrivate(folder);
    return new EvidenceFiles(folder);
  }

  @Override
  public synchronized void keep(ManifestHash hash, Evidence evidence, List<LogLine> log) {
    try {
      Path draft = Files.createTempFile(folder, "draft", ".tmp"); // 0600
      try {
        try (Writer out = Files.newBufferedWriter(draft, StandardCharsets.UTF_8)) {
          write(out, evidence, log);
        }
        Files.setLastModifiedTime(draft, FileTime.from(evidence.ended()));
        Files.move(draft, file(hash), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      trim();
    } catch (IOException e) {
      throw new StoreException("keep evidence: " + e.getMessage(), e);
    }
  }

  private static void write(Writer out, Evidence evidence, List<LogLine> log) throws IOException {
    ObjectNode head = JSON.createObjectNode();
    head.put("ended", evidence.ended().toString());
    ObjectNode exits = head.putObject("exits");
    evidence.exits().forEach(exits::put);
    ArrayNode events = head.putArray("events");
    evidence
        .events()
        .forEach(e -> events.addObject().put("at", e.at().toString()).put("what", e.what()));
    out.append(head.toString()).append('\n');
    for (LogLine line : log) {
      ArrayNode row = JSON.createArrayNode();
      row.add(line.at().toString())
          .add(line.container())
          .add(line.stream().name())
          .add(line.text());
      out.append(row.toString()).append('\n');
    }
  }

  @Override
  public Optional<Evidence> find(ManifestHash hash) {
    try (KeptLog kept = open(hash).orElse(null)) {
      return Optional.ofNullable(kept).map(KeptLog::evidence);
    }
  }

  @Override
  public Optional<KeptLog> open(ManifestHash hash) {
    try {
      return Optional.of(new Rows(JSON.readerFor(JsonNode.class).readValues(file(hash).toFile())));
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read evidence", e);
    }
  }

  private static StoreException failed(String action, IOException e) {
    String reason =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return new StoreException(action + ": " + reason, e);
  }

  /** A file that is read as far as somebody asks for it. It may be replaced meanwhile. */
  private static final class Rows implements KeptLog {

    private final MappingIterator<JsonNode> rows;
    private final Evidence evidence;

    Rows(MappingIterator<JsonNode> rows) throws IOException {
      this.rows = rows;
      boolean isGood = false;
      try {
        evidence = headOf(rows.nextValue());
        isGood = true;
      } finally {
        if (!isGood) {
          rows.close();
        }
      }
    }

    @Override
    public Evidence evidence() {
      return evidence;
    }

    @Override
    public boolean hasNext() {
      try {
        return rows.hasNextValue();
      } catch (IOException e) {
        throw failed("read evidence", e);
      }
    }

    @Override
    public LogLine next() {
      try {
        return line(rows.nextValue());
      } catch (IOException e) {
        throw failed("read evidence", e);
      }
    }

    @Override
    public void close() {
      try {
        rows.close();
      } catch (IOException e) {
        throw failed("read evidence", e);
      }
    }
  }

  private static Evidence headOf(JsonNode head) {
    Map<String, String> exits = new TreeMap<>();
    head.path("exits").properties().forEach(e -> exits.put(e.getKey(), e.getValue().asText()));
    List<Evidence.Event> events = new ArrayList<>();
    for (JsonNode event : head.path("events")) {
      events.add(
          new Evidence.Event(
              Instant.parse(event.path("at").asText()), event.path("what").asText()));
    }
    return new Evidence(Instant.parse(head.path("ended").asText()), exits, events);
  }

  private static LogLine line(JsonNode row) {
    return new LogLine(
        Instant.parse(row.path(0).asText()),
        row.path(1).asText(),
        LogLine.Stream.valueOf(row.path(2).asText()),
        row.path(3).asText());
  }

  @Override
  public synchronized void forget(Instant before) {
    try {
      for (Kept kept : all()) {
        if (kept.at().isBefore(before)) {
          Files.deleteIfExists(kept.file());
        }
      }
    } catch (IOException e) {
      throw new StoreException("forget evidence: " + e.getMessage(), e);
    }
  }

  private void trim() throws IOException {
    List<Kept> all = new ArrayList<>(all());
    all.sort(Comparator.comparing(Kept::at));
    long size = all.stream().mapToLong(Kept::size).sum();
    for (Kept oldest : all) {
      if (size <= LIMIT) {
        return;
      }
      Files.deleteIfExists(oldest.file());
      size -= oldest.size();
    }
  }

  private List<Kept> all() throws IOException {
    List<Kept> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        all.add(new Kept(file, Files.getLastModifiedTime(file).toInstant(), Files.size(file)));
      }
    }
    return all;
  }

  private Path file(ManifestHash hash) {
    return folder.resolve(hash.value() + SUFFIX);
  }

  private record Kept(Path file, Instant at, long size) {}
}
