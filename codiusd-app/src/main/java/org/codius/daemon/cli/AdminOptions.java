package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.codius.daemon.admin.AdminToken;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.config.DaemonConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What commands have in common that ask the running host. */
final class AdminOptions {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private HostOptions host = new HostOptions();

  @Option(names = "--json", description = "Print the host's answer as it is.")
  private boolean isJson;

  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Makes a call without a body, and prints the answer. */
  int run(String method, String path) {
    return print(call(method, path, ""));
  }

  /** Makes a call, and prints the answer. */
  int run(String method, String path, ObjectNode body) {
    return print(call(method, path, body.toString()));
  }

  /** Returns a body to fill. */
  static ObjectNode body() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Prints text as it came. */
  int runPlain(String path) {
    out().print(call("GET", path, ""));
    out().flush();
    return Codiusd.OK;
  }

  private String call(String method, String path, String body) {
    DaemonConfig config = host.config();
    Path token = config.root().resolve("admin.token");
    try {
      return new AdminClient(config.admin().address(), AdminToken.read(token))
          .call(method, path, body);
    } catch (NoSuchFileException e) {
      throw new ClientException(
          "no host has run in " + config.root() + ": there is no " + token,
          "Name the data folder of one that has: --root FOLDER.",
          e);
    } catch (AccessDeniedException e) {
      throw new ClientException(
          "no permission to read " + token, "Run this as the user that the host runs as.", e);
    } catch (IOException e) {
      throw new ClientException(
          "read the operator's token: " + e, "The host makes a new one if it is removed.", e);
    }
  }

  private int print(String answer) {
    if (isJson || answer.isEmpty()) {
      if (!answer.isEmpty()) {
        out().println(answer);
      }
    } else {
      try {
        JsonNode body = JSON.readTree(answer);
        Tables.print(body, out());
      } catch (JsonProcessingException e) {
        throw new ClientException("the host's answer is no JSON", "Is it of this version?", e);
      }
    }
    out().flush();
    return Codiusd.OK;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
