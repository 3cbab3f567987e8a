package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of hyperd's API that the driver makes.
 *
 * <p>The status of a failure is found by hyperd from words in its message, which includes names, so
 * it means little: what failed is found from the call and from what is there afterwards. Safe for
 * use by several threads.
 */
final class HyperdApi {

  private static final Logger log = LoggerFactory.getLogger(HyperdApi.class);

  private static final AsciiString TAR = AsciiString.cached("application/x-tar");

  private final HyperdConnection connection;
  private final HyperdConfig config;

  HyperdApi(HyperdConnection connection, HyperdConfig config) {
    this.connection = connection;
    this.config = config;
  }

  /**
   * Who answers: a version, which looks like a number to hyperd if it has one dot and is taken as
   * either, and the id of its process.
   */
  record Version(String text, String process) {}

  CompletableFuture<Version> version() {
    HyperdRequest request = question("ask hyperd's version", "/version");
    return connection
        .ask(request)
        .thenApply(
            reply -> {
              JsonNode json = reply.json(request.action());
              return new Version(json.path("Version").asText(), json.path("ID").asText());
            });
  }

  /** Returns every pod of hyperd, in whatever state. */
  CompletableFuture<List<PodRow>> rows() {
    HyperdRequest request = question("list pods", HyperdRequest.uri("/list", "item", "pod"));
    return connection.ask(request).thenApply(reply -> parseRows(reply.json(request.action())));
  }

  /** Returns every container of hyperd, in whatever state. */
  CompletableFuture<List<ContainerRow>> containers() {
    HyperdRequest request =
        question("list containers", HyperdRequest.uri("/list", "item", "container"));
    return connection
        .ask(request)
        .thenApply(reply -> parse(reply.json(request.action()).path("cData"), ContainerRow::parse));
  }

  CompletableFuture<Optional<PodRow>> row(PodId id) {
    HyperdRequest request =
        question("find pod " + id, HyperdRequest.uri("/list", "item", "pod", "pod", id.toString()));
    return connection
        .ask(request)
        .thenApply(
            reply ->
                parseRows(reply.json(request.action())).stream()
                    .filter(row -> row.isOf(id))
                    .findFirst());
  }

  private static List<PodRow> parseRows(JsonNode json) {
    return parse(json.path("podData"), PodRow::parse);
  }

  private static <T> List<T> parse(JsonNode lines, Function<String, Optional<T>> parser) {
    List<T> rows = new ArrayList<>();
    for (JsonNode line : lines) {
      parser
          .apply(line.asText())
          .ifPresentOrElse(rows::add, () -> log.debug("row of hyperd's list skipped: {}", line));
    }
    return rows;
  }

  /** Returns what hyperd tells of the pod, or empty if it tells nothing, for whatever reason. */
  CompletableFuture<Optional<PodInfo>> info(String podId) {
    HyperdRequest request =
        question("ask for pod " + podId, HyperdRequest.uri("/pod/info", "podName", podId));
    return connection
        .ask(request)
        .thenApply(
            reply ->
                reply.isSuccess()
                    ? Optional.of(PodInfo.parse(reply.json(request.action())))
                    : Optional.empty());
  }

  /** Boots a virtual machine with the pod in it, but starts no process. */
  CompletableFuture<HyperdReply> create(PodId id, JsonNode pod) {
    return connection.call(
        new HyperdRequest(
            "create pod " + id,
            HttpMethod.POST,
            "/pod/create",
            pod.toString(),
            config.timeouts().create()));
  }

  CompletableFuture<HyperdReply> start(PodId id) {
    return connection.call(
        HyperdRequest.post(
            "start pod " + id,
            HyperdRequest.uri("/pod/start", "podId", id.toString()),
            config.timeouts().start()));
  }

  /** Starts a container that has ended, and leaves one alone that runs. */
  CompletableFuture<HyperdReply> startContainer(String container) {
    return connection.call(
        HyperdRequest.post(
            "start container " + container,
            HyperdRequest.uri("/container/start", "container", container),
            config.timeouts().start()));
  }

  /** Returns the id of a program that is to be run, which hyperd makes for anything. */
  CompletableFuture<String> createExec(String container, List<String> command) {
    ArrayNode words = JsonNodeFactory.instance.arrayNode();
    command.forEach(words::add);
    HyperdRequest request =
        HyperdRequest.post(
            "run a program in container " + container,
            HyperdRequest.uri(
                "/exec/create",
                "container",
                container,
                "command",
                words.toString(),
                "tty",
                "false"),
            config.timeouts().call());
    return connection.call(request).thenApply(reply -> reply.json(request.action()).asText());
  }

  /** Returns the call that turns its connection into the program's streams. */
  HyperdRequest startExec(String container, String exec, Duration timeout) {
    return HyperdRequest.post(
        "run a program in container " + container,
        HyperdRequest.uri("/exec/start", "container", container, "exec", exec),
        timeout);
  }

  CompletableFuture<Integer> execExitCode(String container, String exec) {
    HyperdRequest request =
        HyperdRequest.get(
            "ask how a program in container " + container + " ended",
            HyperdRequest.uri("/exitcode", "container", container, "exec", exec),
            config.timeouts().call());
    return connection.call(request).thenApply(reply -> reply.json(request.action()).asInt());
  }

  /** Waits until a container that was started has ended, and returns its code. */
  CompletableFuture<Integer> exitCode(String container) {
    HyperdRequest request =
        HyperdRequest.get(
            "wait for the end of container " + container,
            HyperdRequest.uri("/exitcode", "container", container),
            config.timeouts().start());
    return connection.call(request).thenApply(reply -> reply.json(request.action()).asInt());
  }

  CompletableFuture<HyperdReply> delete(PodId id) {
    return connection.call(
        new HyperdRequest(
            "delete pod " + id,
            HttpMethod.DELETE,
            HyperdRequest.uri("/pod", "podId", id.toString()),
            "",
            config.timeouts().remove()));
  }

  /** Completes with a reply whose body is the error, or with a success whose body is empty. */
  CompletableFuture<HyperdReply> pull(String image, PullLayers layers) {
    return connection.call(
        HyperdRequest.post(
            "pull " + image,
            HyperdRequest.uri("/image/create", "imageName", image),
            config.timeouts().pull()),
        new PullProgressAggregator(config.limits().replyBytes(), layers::take));
  }

  /**
   * Puts an image where pods are made from.
   *
   * @param archive as {@code docker save} writes it
   */
  CompletableFuture<HyperdReply> load(byte[] archive) {
    return connection.call(
        new HyperdRequest(
            "load an image",
            HttpMethod.POST,
            "/image/load",
            Unpooled.wrappedBuffer(archive),
            TAR,
            config.timeouts().call()));
  }

  CompletableFuture<HyperdReply> deleteImage(String image) {
    return connection.call(
        new HyperdRequest(
            "delete " + image,
            HttpMethod.DELETE,
            HyperdRequest.uri("/image", "imageId", image),
            "",
            config.timeouts().call()));
  }

  CompletableFuture<HyperdReply> stop(PodId id) {
    return connection.call(
        HyperdRequest.post(
            "stop pod " + id,
            HyperdRequest.uri("/pod/stop", "podId", id.toString()),
            config.timeouts().remove()));
  }

  /**
   * Returns the call for one container's log.
   *
   * @param follow whether to wait for new lines, whatever the query says
   */
  HyperdRequest logs(String container, boolean follow, LogQuery query) {
    QueryStringEncoder uri = new QueryStringEncoder("/container/logs");
    uri.addParam("container", container);
    for (String what : List.of("stdout", "stderr", "timestamps")) {
      uri.addParam(what, "1");
    }
    if (follow) {
      uri.addParam("follow", "1");
    }
    if (query.tail() < Integer.MAX_VALUE) {
      uri.addParam("tail", Integer.toString(query.tail()));
    }
    Instant since = query.since();
    if (since.isAfter(Instant.EPOCH)) {
      uri.addParam("since", "%d.%09d".formatted(since.getEpochSecond(), since.getNano()));
    }
    return HyperdRequest.get(
        "read logs of container " + container, uri.toString(), config.timeouts().call());
  }

  private HyperdRequest question(String action, String uri) {
    return HyperdRequest.get(action, uri, config.timeouts().call());
  }
}
