package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import org.codius.manifest.Container;
import org.codius.manifest.Environment;
import org.codius.manifest.ImageReference;
import org.codius.manifest.Manifest;
import org.codius.manifest.PodRequest;

/** What a host will make of a manifest, without the private values. */
final class ManifestExplanation {

  /** What people do not want to read here: it is the file they have. */
  private static final String MANIFEST_VARIABLE = "CODIUS_MANIFEST";

  private final Manifest manifest;
  private final URI url;
  private final Map<String, Map<String, String>> environments;

  private ManifestExplanation(
      Manifest manifest, URI url, Map<String, Map<String, String>> environments) {
    this.manifest = manifest;
    this.url = url;
    this.environments = environments;
  }

  /**
   * @throws org.codius.manifest.InvalidManifestException if its variables do not resolve
   */
  static ManifestExplanation of(PodRequest request, URI host) {
    Manifest manifest = request.manifest();
    Map<String, Map<String, String>> environments =
        Environment.masked(manifest, request.privateVariables(), host.toString());
    String port = host.getPort() < 0 ? "" : ":" + host.getPort();
    URI url =
        URI.create(host.getScheme() + "://" + manifest.hash() + "." + host.getHost() + port + "/");
    return new ManifestExplanation(manifest, url, environments);
  }

  void print(PrintWriter out, boolean isJson) {
    if (isJson) {
      out.println(json());
    } else {
      printText(out);
    }
    out.flush();
  }

  private void printText(PrintWriter out) {
    line(out, "Manifest hash  ", manifest.hash().value());
    line(out, "URL            ", url.toString());
    line(out, "Name           ", manifest.name() + " " + manifest.version());
    line(out, "Web port       ", port());
    line(
        out,
        "Logs           ",
        manifest.isDebug() ? "anyone may read them" : "nobody may read them");
    line(out, "Price          ", "of machine " + manifest.machine() + ", by time");
    for (Container container : manifest.containers()) {
      out.println();
      line(out, "Container ", container.id());
      line(out, "  image    ", image(container));
      line(out, "  command  ", orImages(String.join(" ", container.command())));
      line(out, "  workdir  ", orImages(container.workdir()));
      out.println("  environment");
      environment(container)
          .forEach(
              (name, value) ->
                  line(
                      out,
                      "    ",
                      name + "=" + (name.equals(MANIFEST_VARIABLE) ? "(the manifest)" : value)));
    }
  }

  private String json() {
    ObjectNode tree = ManifestVerdict.JSON.createObjectNode();
    tree.put("manifestHash", manifest.hash().value());
    tree.put("url", url.toString());
    tree.put("name", manifest.name()).put("version", manifest.version());
    if (manifest.port().isPresent()) {
      tree.put("port", manifest.port().getAsInt());
    }
    tree.put("debug", manifest.isDebug());
    tree.putObject("price").put("machine", manifest.machine().name());
    ArrayNode containers = tree.putArray("containers");
    for (Container container : manifest.containers()) {
      ObjectNode node = containers.addObject();
      node.put("id", container.id()).put("image", image(container));
      ArrayNode command = node.putArray("command");
      container.command().forEach(command::add);
      node.put("workdir", container.workdir());
      environment(container).forEach(node.putObject("environment")::put);
    }
    try {
      return ManifestVerdict.JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree can always be written", e);
    }
  }

  private Map<String, String> environment(Container container) {
    return environments.getOrDefault(container.id(), Map.of());
  }

  private String port() {
    return manifest.port().isPresent()
        ? Integer.toString(manifest.port().getAsInt())
        : "none: the URL answers nothing";
  }

  private static String image(Container container) {
    return ImageReference.find(container.image())
        .map(ImageReference::toString)
        .orElse(container.image());
  }

  private static String orImages(String text) {
    return text.isEmpty() ? "(the image's)" : text;
  }

  private static void line(PrintWriter out, String label, String value) {
    out.println(label + ManifestVerdict.printable(value));
  }
}
