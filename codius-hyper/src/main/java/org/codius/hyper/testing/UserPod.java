package org.codius.hyper.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What {@code /pod/create} was given, checked as hyperd checks it before it boots anything. */
record UserPod(String id, JsonNode json) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern HOSTNAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");
  private static final Set<String> VOLUME_FORMATS =
      Set.of("", "raw", "qcow2", "vdi", "vfs", "rbd", "nas");
  private static final int MAX_HOSTNAME = 63;

  static UserPod parse(String body, String defaultId) {
    JsonNode json = read(body);
    if (!json.isObject()) {
      throw new HyperdRefusal(
          "json: cannot unmarshal %s into Go value of type types.UserPod"
              .formatted(json.isArray() ? "array" : json.isTextual() ? "string" : "number"));
    }
    for (String name : List.of("vcpu", "memory")) {
      JsonNode value = field(field(json, "resource"), name);
      if (!value.isMissingNode() && !value.isNull() && !value.isInt()) {
        throw new HyperdRefusal(
            "json: cannot unmarshal %s into Go struct field UserResource.resource.%s of type int32"
                .formatted(value.isTextual() ? "string" : "number " + value.asText(), name));
      }
    }
    String id = field(json, "id").asText();
    UserPod pod = new UserPod(id.isEmpty() ? defaultId : id, json);
    pod.check();
    return pod;
  }

  static JsonNode read(String body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      if (!json.isMissingNode()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      if (!e.getOriginalMessage().startsWith("Unexpected end-of-input")) {
        throw new HyperdRefusal("invalid character " + e.getOriginalMessage());
      }
    }
    throw new HyperdRefusal("unexpected end of JSON input");
  }

  /** Returns the words of a command, a JSON array. */
  static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    read(command).forEach(word -> words.add(word.asText()));
    return words;
  }

  private void check() {
    String hostname = field(json, "hostname").asText();
    if (hostname.length() > MAX_HOSTNAME) {
      throw new HyperdRefusal("Hostname exceeds the maximum length 63, len: " + hostname.length());
    }
    if (!hostname.isEmpty() && !HOSTNAME.matcher(hostname).matches()) {
      throw new HyperdRefusal(
          "Hostname should fullfil the pattern: [a-z0-9]([-a-z0-9]*[a-z0-9])?, input hostname: "
              + hostname);
    }
    for (String server : strings(json, "dns")) {
      if (!ADDRESS.matcher(server).matches()) {
        throw new HyperdRefusal("incorrect dns " + server + ".");
      }
    }
    List<JsonNode> containers = containers();
    Set<String> volumes = names(json, "volumes");
    Set<String> files = names(json, "files");
    for (int i = 0; i < containers.size(); i++) {
      checkContainer(i, containers.get(i), volumes, files);
    }
    checkFormats();
    checkPorts();
  }

  private static void checkContainer(
      int index, JsonNode container, Set<String> volumes, Set<String> files) {
    String where = "in container " + index + ", ";
    Set<String> variables = new HashSet<>();
    for (JsonNode variable : field(container, "envs")) {
      if (!variables.add(field(variable, "env").asText())) {
        throw new HyperdRefusal(where + "environment name are not unique");
      }
    }
    for (JsonNode volume : field(container, "volumes")) {
      String name = field(volume, "volume").asText();
      if (!volumes.contains(name)) {
        throw new HyperdRefusal(where + "volume " + name + " does not exist in volume list.");
      }
    }
    for (JsonNode file : field(container, "files")) {
      String name = field(file, "filename").asText();
      if (!files.contains(name)) {
        throw new HyperdRefusal(where + "file " + name + " does not exist in file list.");
      }
    }
  }

  private void checkFormats() {
    int index = 0;
    for (JsonNode volume : field(json, "volumes")) {
      String format = field(volume, "format").asText();
      if (!VOLUME_FORMATS.contains(format)) {
        throw new HyperdRefusal(
            "in volume " + index + ", volume does not support driver " + format + ".");
      }
      index++;
    }
  }

  /** A container's port may not name a protocol at all, not even one that exists. */
  private void checkPorts() {
    for (JsonNode container : containers()) {
      for (JsonNode port : field(container, "ports")) {
        checkProtocol(Set.of(""), field(port, "protocol").asText());
      }
    }
    for (JsonNode mapping : field(json, "portmappings")) {
      checkProtocol(Set.of("", "tcp", "udp"), field(mapping, "protocol").asText());
    }
  }

  private static void checkProtocol(Set<String> known, String protocol) {
    if (!known.contains(protocol)) {
      throw new HyperdRefusal("unrecongnized protocol " + protocol);
    }
  }

  /** Returns whether it asks for a bridge without an address, which is noticed after booting. */
  boolean hasBridgeWithoutAddress() {
    for (JsonNode card : field(json, "interfaces")) {
      if (!field(card, "bridge").asText().isEmpty() && field(card, "ip").asText().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  List<JsonNode> containers() {
    List<JsonNode> containers = new ArrayList<>();
    field(json, "containers").forEach(containers::add);
    return containers;
  }

  /** Returns the name of a container, or that which hyperd gives to one without. */
  String containerName(int index) {
    String name = field(containers().get(index), "name").asText();
    return name.isEmpty() ? id + "--" + index : name;
  }

  /** Returns the {@code spec} of {@code /pod/info}, which leaves out all that is empty. */
  ObjectNode infoJson(List<SimulatedContainer> containers, ObjectNode labels) {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    if (!containers.isEmpty()) {
      ArrayNode volumes = spec.putArray("volumes");
      for (JsonNode volume : field(json, "volumes")) {
        String name = field(volume, "name").asText();
        String source = field(volume, "source").asText();
        volumes
            .addObject()
            .put("name", name)
            .put("source", source.isEmpty() ? "/var/tmp/hyper/" + id + "/" + name : source)
            .put("driver", "vfs");
      }
      volumes
          .addObject()
          .put("name", "etchosts-volume")
          .put("source", SimulatedDaemon.ROOT + "/hosts/" + id + "/hosts")
          .put("driver", "vfs");
      containers.stream()
          .map(SimulatedContainer::specJson)
          .forEach(spec.putArray("containers")::add);
    }
    if (!labels.isEmpty()) {
      spec.set("labels", labels);
    }
    for (String name : List.of("vcpu", "memory")) {
      int value = field(field(json, "resource"), name).asInt();
      if (value > 0) {
        spec.put(name, value);
      }
    }
    return spec;
  }

  private static Set<String> names(JsonNode json, String list) {
    Set<String> names = new HashSet<>();
    field(json, list).forEach(one -> names.add(field(one, "name").asText()));
    return names;
  }

  static List<String> strings(JsonNode json, String list) {
    List<String> strings = new ArrayList<>();
    field(json, list).forEach(one -> strings.add(one.asText()));
    return strings;
  }

  /** Returns a field by its name in whatever case, as Go finds it, or the missing node. */
  static JsonNode field(JsonNode json, String name) {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return field.getValue();
      }
    }
    return MissingNode.getInstance();
  }
}
