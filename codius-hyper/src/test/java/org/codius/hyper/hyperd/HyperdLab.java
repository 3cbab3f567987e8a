package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.SimulatedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A driver, and the hyperd that it meets. */
abstract class HyperdLab {

  static final String INSTANCE = "traps";
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final SimulatedImage BUSYBOX = HyperdDriverTest.BUSYBOX;
  static final SimulatedImage WEB =
      SimulatedImage.of("127.0.0.1:5000/web", "latest", "sha256:" + "7".repeat(64));

  @TempDir Path folder;
  final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  HyperdSimulator hyperd;
  HyperdConfig config;
  HyperdConnection connection;
  HyperdDriver driver;

  @BeforeEach
  void start() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    hyperd.publish(BUSYBOX);
    hyperd.publish(WEB);
    hyperd.load(BUSYBOX);
    config =
        new HyperdConfig(
            folder.resolve("hyper.sock"),
            INSTANCE,
            null,
            HyperdDriverTest.TIMEOUTS,
            HyperdConfig.Limits.DEFAULT);
    connection = new HyperdConnection(config, group);
    driver = HyperdDriver.connect(config, group);
  }

  @AfterEach
  void stop() {
    driver.close();
    connection.close();
    hyperd.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  JsonNode send(HttpMethod method, String uri, String json) throws Exception {
    HyperdRequest request = new HyperdRequest(uri, method, uri, json, PATIENCE);
    return Json.parse(get(connection.call(request)).body());
  }

  static PodId id(String name) {
    return new PodId(INSTANCE, name);
  }

  static PodSpec pod(String name, String... containers) {
    return new PodSpec(
        id(name),
        Arrays.stream(containers).map(container -> container(container, BUSYBOX.tagged())).toList(),
        new PodSpec.Resources(1, 64, 64, 1024));
  }

  static PodSpec.Container container(String name, String image) {
    return new PodSpec.Container(
        name, image, List.of("sleep", "600"), "", Map.of("SECRET", "s3cret"));
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  static Reason reasonOf(CompletionStage<?> stage) {
    Throwable failure = catchThrowable(() -> get(stage));
    while (failure instanceof ExecutionException || failure instanceof CompletionException) {
      failure = failure.getCause();
    }
    if (failure instanceof PodDriverException podDriverException) {
      return podDriverException.reason();
    }
    throw new AssertionError("no PodDriverException", failure);
  }
}
