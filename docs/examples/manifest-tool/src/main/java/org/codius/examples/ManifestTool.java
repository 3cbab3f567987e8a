package org.codius.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.codius.manifest.Environment;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.manifest.Violation;

/** Says what a host will make of an upload request. */
public final class ManifestTool {

  private ManifestTool() {}

  public static void main(String[] arguments) throws IOException {
    byte[] json = Files.readAllBytes(Path.of(arguments[0]));
    try {
      PodRequest request = ManifestParser.parseRequest(json);
      System.out.println("https://" + request.manifest().hash() + ".codius.example.com/");
      Environment.masked(
              request.manifest(), request.privateVariables(), "https://codius.example.com")
          .forEach((container, environment) -> System.out.println(container + " " + environment));
    } catch (InvalidManifestException e) {
      for (Violation violation : e.violations()) {
        System.out.println(violation.path() + ": " + violation.help());
      }
    }
  }
}
