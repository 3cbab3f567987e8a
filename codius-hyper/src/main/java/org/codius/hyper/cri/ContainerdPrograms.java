package org.codius.hyper.cri;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.host.HostProgram;

/**
 * The installed programs that a private containerd is made of.
 *
 * @param cniPlugins the folder with the network plugins
 */
record ContainerdPrograms(
    HostProgram containerd,
    HostProgram ctr,
    HostProgram runc,
    HostProgram ip,
    HostProgram setsid,
    HostProgram nsenter,
    HostProgram umount,
    Path cniPlugins) {

  /** Which Debian package has which program. */
  private static final Map<String, String> PACKAGES = new LinkedHashMap<>();

  private static final String CNI_PACKAGE = "containernetworking-plugins";
  private static final List<String> CNI_PLUGINS = List.of("ptp", "host-local", "loopback");

  /** Debian's, and where everybody else puts them. */
  private static final List<Path> CNI_FOLDERS =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));

  static {
    PACKAGES.put("containerd", "containerd");
    PACKAGES.put("containerd-shim-runc-v2", "containerd");
    PACKAGES.put("ctr", "containerd");
    PACKAGES.put("runc", "runc");
    PACKAGES.put("nft", "nftables");
    PACKAGES.put("ip", "iproute2");
    PACKAGES.put("setsid", "util-linux");
    PACKAGES.put("nsenter", "util-linux");
    PACKAGES.put("umount", "mount");
  }

  static List<String> missingPackages() {
    return List.copyOf(new LinkedHashSet<>(missing().values()));
  }

  static ContainerdPrograms find() {
    Map<String, String> missing = missing();
    if (!missing.isEmpty()) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE,
          "start containerd: not installed: %s (Debian packages: %s)"
              .formatted(String.join(", ", missing.keySet()), String.join(" ", missingPackages())));
    }
    return new ContainerdPrograms(
        found("containerd"),
        found("ctr"),
        found("runc"),
        found("ip"),
        found("setsid"),
        found("nsenter"),
        found("umount"),
        CNI_FOLDERS.stream().filter(ContainerdPrograms::hasPlugins).findFirst().orElseThrow());
  }

  private static HostProgram found(String name) {
    return HostProgram.find(name).orElseThrow();
  }

  /** Returns each missing program with its package. */
  private static Map<String, String> missing() {
    Set<String> present =
        PACKAGES.keySet().stream()
            .filter(name -> HostProgram.find(name).isPresent())
            .collect(Collectors.toSet());
    Map<String, String> missing = new LinkedHashMap<>(PACKAGES);
    missing.keySet().removeAll(present);
    if (CNI_FOLDERS.stream().noneMatch(ContainerdPrograms::hasPlugins)) {
      CNI_PLUGINS.forEach(name -> missing.put("cni/" + name, CNI_PACKAGE));
    }
    return missing;
  }

  private static boolean hasPlugins(Path folder) {
    return CNI_PLUGINS.stream().map(folder::resolve).allMatch(Files::isExecutable);
  }
}
