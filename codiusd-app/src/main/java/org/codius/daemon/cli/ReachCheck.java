package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.io.BaseEncoding;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.codius.daemon.FrontDoor;
import org.codius.daemon.StartException;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.Tls;
import org.codius.daemon.selftest.SelfTestMode;
import org.codius.daemon.selftest.Visit;
import org.codius.proxy.PodProxy;

/**
 * Comes to the host by its public name, as strangers do: to the one that runs, or else to a front
 * door opened for it, with the host's certificates and on its port.
 */
final class ReachCheck {

  private static final String CHECK = "reach";
  private static final String SELF_TEST = "self-test";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WORD_BYTES = 16;

  /** A name below the host's that is no pod's, so that the host itself answers. */
  private static final String BELOW = "codius-doctor.";

  private final DaemonConfig config;
  private final URI publicUri;
  private final Consumer<String> progress;
  private Optional<JsonNode> info = Optional.empty();

  /**
   * @param progress is told what is done
   */
  ReachCheck(DaemonConfig config, Consumer<String> progress) {
    this.config = config;
    this.publicUri = config.frontDoor().publicUri();
    this.progress = progress;
  }

  /**
   * Returns what was found, of the way and of the last self test.
   *
   * @param isRunning whether something listens at the front door's address already
   */
  List<Finding> look(boolean isRunning) {
    progress.accept("coming to " + publicUri + " as strangers do");
    return isRunning ? running() : List.of(fresh(), notTested());
  }

  /** Returns what the host that runs said of itself, if it was reached. */
  Optional<JsonNode> info() {
    return info;
  }

  private List<Finding> running() {
    JsonNode told;
    try (Visit visit = Visit.open(publicUri)) {
      told = parse(visit.get("/info"));
    } catch (IOException e) {
      return List.of(unreachable(publicUri, e), notTested());
    }
    if (!told.path("uri").asText().equals(publicUri.toString())) {
      return List.of(
          Finding.problem(
              CHECK,
              publicUri + "/info is not that of this host",
              "Something else answers there. Does the name lead to this machine, and its port to"
                  + " codiusd?"),
          notTested());
    }
    info = Optional.of(told);
    return List.of(
        Finding.ok(CHECK, "the host that runs answers at " + publicUri),
        selfTest(told.path("selfTest")));
  }

  private Finding fresh() {
    byte[] bytes = new byte[WORD_BYTES];
    SecureRandom random = new SecureRandom();
    random.nextBytes(bytes);
    String word = BaseEncoding.base16().lowerCase().encode(bytes);
    ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    try (PodProxy door =
        FrontDoor.open(
            config,
            pod -> Optional.empty(),
            pipeline -> pipeline.addLast(new WordHandler(word)),
            timers,
            random)) {
      for (URI site : List.of(publicUri, below(publicUri))) {
        try (Visit visit = Visit.open(site)) {
          if (!visit.get("/").equals(word)) {
            return Finding.problem(
                CHECK,
                "somebody else answers at " + site,
                "Does the name lead to this machine, and its port to %s?"
                    .formatted(door.localAddress()));
          }
        } catch (IOException e) {
          return unreachable(site, e);
        }
      }
      return Finding.ok(CHECK, "we reach ourselves at " + publicUri + " and at names below it");
    } catch (StartException e) {
      return Finding.problem(CHECK, String.valueOf(e.getMessage()), e.help());
    } finally {
      timers.shutdownNow();
    }
  }

  private Finding unreachable(URI site, IOException e) {
    String evidence = "from here %s is not reached: %s".formatted(site, e);
    return config.frontDoor().tls() instanceof Tls.SelfSigned
        ? Finding.warning(CHECK, evidence, "Nobody believes a self-signed certificate; see tls.")
        : Finding.problem(
            CHECK,
            evidence,
            "Look at names and tls above, and at firewalls and routers in between. Some routers do"
                + " not let a machine reach itself by its public address: then try from outside.");
  }

  private static URI below(URI uri) {
    return URI.create(uri.getScheme() + "://" + BELOW + uri.getRawAuthority());
  }

  private Finding notTested() {
    return config.selfTest() == SelfTestMode.OFF
        ? Finding.ok(SELF_TEST, "off, as CODIUS_SELF_TEST says")
        : Finding.ok(SELF_TEST, "a host buys from itself once it runs and is reached");
  }

  private static Finding selfTest(JsonNode selfTest) {
    String evidence =
        "%s (%s)".formatted(selfTest.path("message").asText(), selfTest.path("at").asText());
    return switch (selfTest.path("state").asText()) {
      case "off" -> Finding.ok(SELF_TEST, "off, as CODIUS_SELF_TEST says");
      case "passed" -> Finding.ok(SELF_TEST, evidence);
      case "failed" -> Finding.problem(SELF_TEST, evidence, selfTest.path("help").asText());
      default -> Finding.ok(SELF_TEST, "under way");
    };
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // whoever that is, it is no host
    }
  }

  /**
   * Answers every request with one word.
   *
   * <p>Inbound: {@link HttpObject}. Confined to the channel's event loop.
   */
  private static final class WordHandler extends SimpleChannelInboundHandler<HttpObject> {

    private final String word;

    WordHandler(String word) {
      this.word = word;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part instanceof LastHttpContent) {
        DefaultFullHttpResponse answer =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(word, US_ASCII));
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, word.length());
        ctx.writeAndFlush(answer);
      }
    }
  }
}
