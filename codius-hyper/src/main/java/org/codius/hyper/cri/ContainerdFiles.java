package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.codius.hyper.network.Subnet;

/** The files of a private containerd, all under one folder. */
record ContainerdFiles(Path root) {

  private static final String DIRECTORY_MODE = "rwx------";

  Path config() {
    return root.resolve("containerd.toml");
  }

  Path socket() {
    return root.resolve("containerd.sock");
  }

  Path log() {
    return root.resolve("containerd.log");
  }

  Path lock() {
    return root.resolve("lock");
  }

  /** Where the range of the pods' addresses is noted. */
  Path podSubnet() {
    return root.resolve("pod-subnet");
  }

  /** Where each sandbox's and container's bundle is while it runs. */
  Path bundles() {
    return root.resolve("state/io.containerd.runtime.v2.task/k8s.io");
  }

  Path pods() {
    return root.resolve("pods");
  }

  Path registries() {
    return root.resolve("registries");
  }

  void makeRoot() throws IOException {
    Files.createDirectories(
        root,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(DIRECTORY_MODE)));
  }

  /** Returns which snapshotter works here: overlayfs does not work on top of overlayfs. */
  String snapshotter() throws IOException {
    return Files.getFileStore(root).type().equals("overlay") ? "native" : "overlayfs";
  }

  /**
   * Writes all that containerd reads.
   *
   * @return whether a containerd that runs already has to be started again to know it
   */
  boolean write(
      String instance, ContainerdPrograms programs, RuntimeHandler handler, Subnet subnet, int mtu)
      throws IOException {
    Files.createDirectories(pods());
    Files.createDirectories(registries());
    Path network = Files.createDirectories(root.resolve("cni")).resolve("10-codius.conflist");
    replace(network, networkConfig(instance, subnet, mtu)); // which it watches
    return replace(config(), containerdConfig(programs, handler));
  }

  /** Returns whether the file was not right already. */
  private static boolean replace(Path file, String content) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(content)) {
      return false;
    }
    Files.writeString(file, content);
    return true;
  }

  /** The name that the network goes by in CNI's own files. */
  static String networkName(String instance) {
    return "codius-" + instance;
  }

  private String networkConfig(String instance, Subnet subnet, int mtu) {
    // ptp: each pod behind an interface of its own. Masquerading is the firewall's business.
    return """
        {
          "cniVersion": "0.4.0",
          "name": "%s",
          "plugins": [
            {
              "type": "ptp", "ipMasq": false, "mtu": %d,
              "ipam": {
                "type": "host-local", "dataDir": %s,
                "ranges": [[{ "subnet": "%s", "gateway": "%s", "rangeStart": "%s" }]],
                "routes": [{ "dst": "0.0.0.0/0" }]
              }
            }
          ]
        }
        """
        .formatted(
            networkName(instance),
            mtu,
            quoted(root.resolve("ipam")),
            subnet,
            subnet.address(1).getHostAddress(),
            subnet.address(16).getHostAddress());
  }

  private String containerdConfig(ContainerdPrograms programs, RuntimeHandler handler)
      throws IOException {
    // restrict_oom_score_adj: without CAP_SYS_RESOURCE runc dies with a misleading message.
    // netns_mounts_under_state_dir: the only way to have them under our root.
    // io.containerd.runtime.v1.linux stays enabled: containerd 1.6 loads no tasks service, and so
    // no CRI, without it.
    // disable_snapshot_annotations: PullGuard looks for a layer's image.
    // stats_collect_period: it walks through every writable layer then; DiskWatch asks itself.
    // timeouts: of 5 and 2 seconds. Seen: a containerd that starts beside a busy machine takes pods
    // that answer later for dead, and ends their sandboxes.
    return """
        version = 2
        root = %1$s
        state = %2$s
        disabled_plugins = [
          "io.containerd.snapshotter.v1.aufs",
          "io.containerd.snapshotter.v1.btrfs",
          "io.containerd.snapshotter.v1.devmapper",
          "io.containerd.snapshotter.v1.zfs",
          "io.containerd.internal.v1.opt",
          "io.containerd.internal.v1.tracing",
          "io.containerd.tracing.processor.v1.otlp",
        ]

        [debug]
          level = "warn"

        [timeouts]
          "io.containerd.timeout.shim.load" = "20s"
          "io.containerd.timeout.task.state" = "20s"

        [grpc]
          address = %3$s

        [ttrpc]
          address = %4$s

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "%5$s"
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"
          netns_mounts_under_state_dir = true
          disable_apparmor = true
          restrict_oom_score_adj = true
          tolerate_missing_hugetlb_controller = true
          stats_collect_period = 60
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = %6$s
            conf_dir = %7$s
          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = %8$s
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "%9$s"
            disable_snapshot_annotations = false
            default_runtime_name = "%10$s"
        """
            .formatted(
                quoted(root.resolve("data")),
                quoted(root.resolve("state")),
                quoted(socket()),
                quoted(root.resolve("containerd.sock.ttrpc")),
                PauseImage.NAME,
                quoted(programs.cniPlugins()),
                quoted(root.resolve("cni")),
                quoted(registries()),
                snapshotter(),
                handler.name())
        + runtimeConfig(handler);
  }

  private String runtimeConfig(RuntimeHandler handler) {
    String table =
        "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes." + handler.name() + "]\n";
    String type = "  runtime_type = \"" + handler.type() + "\"\n";
    if (handler.program() == null) {
      return table + type;
    }
    return table
        + type
        + table.replace("]", ".options]")
        + "  BinaryName = %s\n  Root = %s\n"
            .formatted(quoted(handler.program()), quoted(root.resolve(handler.name())));
  }

  /** Quotes a path as TOML and JSON both understand it. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
