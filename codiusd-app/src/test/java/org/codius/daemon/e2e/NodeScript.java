package org.codius.daemon.e2e;

import com.google.common.io.Resources;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs on Node 16 with the original's npm packages. */
final class NodeScript {

  private NodeScript() {}

  /** Returns one of our small programs around those packages, named in {@code client/}. */
  static Program of(Path folder, String name, String... arguments) {
    return node(folder, resource("client/" + name), arguments);
  }

  /** Returns the original's command line client, npm {@code codius}. */
  static Program codius(Path folder, String... arguments) {
    return node(folder, Checkout.npmPackage("codius").resolve("bin/codius.js"), arguments);
  }

  static Path resource(String name) {
    try {
      return Path.of(Resources.getResource(NodeScript.class, name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError("a resource in a folder has a path", e);
    }
  }

  private static Program node(Path folder, Path script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(Checkout.node().toString(), script.toString()));
    command.addAll(List.of(arguments));
    return new Program(folder, Map.of("NODE_PATH", Checkout.npmModules().toString()), command);
  }
}
