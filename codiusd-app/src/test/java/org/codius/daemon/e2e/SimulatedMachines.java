package org.codius.daemon.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.SimulatedImage;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a host under test can run its pods on where real ones are not what is to be tried. To be
 * registered before the host.
 */
final class SimulatedMachines implements AfterAllCallback {

  static final SimulatedImage IMAGE =
      SimulatedImage.of("127.0.0.1:5000/app", "1", "sha256:" + "a".repeat(64));

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Path folder;
  private final HyperdSimulator hyperd;

  SimulatedMachines() {
    try {
      folder = Files.createTempDirectory("codius-e2e-machines-");
      hyperd = HyperdSimulator.start(socket(), loops, "10.168.0.0/16");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hyperd.publish(IMAGE);
  }

  /** Returns a pod of the smallest kind, to be uploaded. */
  static ObjectNode upload(String name) {
    ObjectNode upload = new ObjectMapper().createObjectNode();
    ObjectNode manifest = upload.putObject("manifest");
    manifest.put("name", name).put("version", "1.0.0").put("machine", "tiny");
    manifest.putArray("containers").addObject().put("id", "app").put("image", IMAGE.digested());
    upload.putObject("private");
    return upload;
  }

  /** Returns the settings of the host. */
  Map<String, String> settings() {
    return Map.of(
        "CODIUS_DRIVER", "hyperd",
        "CODIUS_HYPER_SOCKET", socket().toString(),
        "CODIUS_HYPER_OPEN_NETWORK", "true",
        "CODIUS_CLASSES", "tiny=1/16/64/10",
        "CODIUS_UNPAID_STARTS", "64");
  }

  /** Returns the ids of the pods there are, whoever's they are. */
  List<String> pods() {
    return hyperd.pods();
  }

  private Path socket() {
    return folder.resolve("hyper.sock");
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    hyperd.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    MoreFiles.deleteRecursively(folder);
  }
}
