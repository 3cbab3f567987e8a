package org.codius.hyper.cri;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.cri.v1.Cri;

/**
 * Says to the runtime how a pod is to be confined.
 *
 * <p>CRI's own defaults are lax: no seccomp profile, /proc/sys open for writing. What a kubelet
 * usually sends is sent here.
 */
final class PodConfigs {

  static final String INSTANCE_LABEL = "org.codius.instance";
  static final String POD_LABEL = "org.codius.pod";
  static final String CONTAINER_LABEL = "org.codius.container";

  /** The place of a container in its pod, from 0; also names its log file. */
  static final String INDEX_LABEL = "org.codius.index";

  /** A {@link PodSpec.RestartPolicy}, on containers. */
  private static final String RESTART_LABEL = "org.codius.restart";

  /** Limits that the runtime does not keep for us: MiB of disk, and processes of a container. */
  private static final String DISK_LABEL = "org.codius.disk";

  private static final String PROCESSES_LABEL = "org.codius.processes";

  /**
   * What a container's root may do, within its own user, network and mount namespace's walls.
   *
   * <p>Images made for Docker expect to start as root, take over their data folders (CHOWN,
   * DAC_OVERRIDE, FOWNER), become another user (SETGID, SETUID), signal the workers they then no
   * longer own (KILL) and listen on port 80 (NET_BIND_SERVICE). Of Docker's other defaults, NET_RAW
   * forges packets, MKNOD makes devices, SETFCAP and SETPCAP hand capabilities on, SYS_CHROOT,
   * FSETID and AUDIT_WRITE serve few; they stay out.
   */
  private static final List<String> CAPABILITIES =
      List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID");

  /** Docker's lists: what tells about the host, and what changes it. */
  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  /** When the whole machine is out of memory, strangers' code goes first. */
  private static final int OOM_SCORE = 800;

  private static final int LONGEST_HOST_NAME = 63;

  private static final long CPU_PERIOD_MICROS = 100_000;

  /** Users and groups of a pod are this many of the host's, from one of so many places on. */
  private static final int MAPPED_IDS = 1 << 16;

  private static final int FIRST_MAPPED_ID = 1 << 18;
  private static final int MAPPINGS = 1 << 12;

  private PodConfigs() {}

  static Map<String, String> labels(String instance) {
    return Map.of(INSTANCE_LABEL, instance);
  }

  static Map<String, String> labels(PodId id) {
    return Map.of(INSTANCE_LABEL, id.instance(), POD_LABEL, id.name());
  }

  /** Returns the pod whose labels these are; anybody may have put some there that are none. */
  static Optional<PodId> podOf(Map<String, String> labels) {
    return PodId.parse(
        PodId.prefix(labels.getOrDefault(INSTANCE_LABEL, "")) + labels.getOrDefault(POD_LABEL, ""));
  }

  /** Returns the bytes that what bears the labels may take up on disk. */
  static long diskLimit(Map<String, String> labels) {
    return Long.parseLong(labels.getOrDefault(DISK_LABEL, Integer.toString(Integer.MAX_VALUE)))
        << 20;
  }

  static OptionalInt processes(Map<String, String> labels) {
    String value = labels.get(PROCESSES_LABEL);
    return value == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value));
  }

  static PodSpec.RestartPolicy restartPolicy(Map<String, String> labels) {
    return PodSpec.RestartPolicy.valueOf(
        labels.getOrDefault(RESTART_LABEL, PodSpec.RestartPolicy.NEVER.name()));
  }

  static String logFile(int index) {
    return index + ".log";
  }

  /** Returns which container's log a file is that {@link #logFile} named. */
  static int containerOf(String logFile) {
    return Integer.parseInt(logFile.substring(0, logFile.indexOf('.')));
  }

  /**
   * @param uid anything that was never used before: the runtime may still hold on to the name of a
   *     try that it gave up
   */
  static Cri.PodSandboxConfig sandbox(
      PodSpec spec,
      String uid,
      String cgroupParent,
      Path logs,
      List<String> nameServers,
      boolean hasUserNamespace) {
    String name = spec.id().name();
    return Cri.PodSandboxConfig.newBuilder()
        .setMetadata(
            Cri.PodSandboxMetadata.newBuilder()
                .setName(spec.id().toString())
                .setUid(uid)
                .setNamespace("codius"))
        .setHostname(name.substring(0, Math.min(name.length(), LONGEST_HOST_NAME)))
        .setLogDirectory(logs.toString())
        .setDnsConfig(Cri.DNSConfig.newBuilder().addAllServers(nameServers))
        .putAllLabels(labels(spec.id()))
        .putLabels(DISK_LABEL, Integer.toString(spec.resources().diskMib()))
        .setLinux(
            Cri.LinuxPodSandboxConfig.newBuilder()
                .setCgroupParent(cgroupParent)
                .setSecurityContext(
                    Cri.LinuxSandboxSecurityContext.newBuilder()
                        .setNamespaceOptions(namespaces(spec.id(), hasUserNamespace))
                        .setReadonlyRootfs(true)
                        .setSeccomp(runtimeDefault())))
        .build();
  }

  static Cri.CreateContainerRequest container(
      PodSpec spec, int index, String sandboxId, Cri.PodSandboxConfig sandbox) {
    PodSpec.Container container = spec.containers().get(index);
    Cri.ContainerConfig.Builder config =
        Cri.ContainerConfig.newBuilder()
            .setMetadata(Cri.ContainerMetadata.newBuilder().setName(container.name()))
            .setImage(
                Cri.ImageSpec.newBuilder().setImage(ImageStore.parse(container.image()).toString()))
            .addAllArgs(container.command())
            .setWorkingDir(container.workdir())
            .putAllLabels(labels(spec.id()))
            .putLabels(CONTAINER_LABEL, container.name())
            .putLabels(INDEX_LABEL, Integer.toString(index))
            .putLabels(RESTART_LABEL, spec.restartPolicy().name())
            .putLabels(DISK_LABEL, Integer.toString(container.limits().diskMib()))
            .setLogPath(logFile(index))
            .setLinux(
                Cri.LinuxContainerConfig.newBuilder()
                    .setResources(resources(container.limits()))
                    .setSecurityContext(
                        Cri.LinuxContainerSecurityContext.newBuilder()
                            .setCapabilities(
                                Cri.Capability.newBuilder()
                                    .addDropCapabilities("ALL")
                                    .addAllAddCapabilities(CAPABILITIES))
                            .setNamespaceOptions(
                                sandbox.getLinux().getSecurityContext().getNamespaceOptions())
                            .setNoNewPrivs(true)
                            .addAllMaskedPaths(MASKED)
                            .addAllReadonlyPaths(READ_ONLY)
                            .setSeccomp(runtimeDefault())));
    if (container.limits().processes() != Integer.MAX_VALUE) {
      config.putLabels(PROCESSES_LABEL, Integer.toString(container.limits().processes()));
    }
    container
        .environment()
        .forEach(
            (name, value) ->
                config.addEnvs(Cri.KeyValue.newBuilder().setKey(name).setValue(value)));
    return Cri.CreateContainerRequest.newBuilder()
        .setPodSandboxId(sandboxId)
        .setConfig(config)
        .setSandboxConfig(sandbox)
        .build();
  }

  /** What the container may use beside what its pod may, which the pod's cgroup sees to. */
  private static Cri.LinuxContainerResources resources(PodSpec.Resources limits) {
    Cri.LinuxContainerResources.Builder resources =
        Cri.LinuxContainerResources.newBuilder().setOomScoreAdj(OOM_SCORE);
    if (limits.cpus() != Integer.MAX_VALUE) {
      resources.setCpuPeriod(CPU_PERIOD_MICROS).setCpuQuota(limits.cpus() * CPU_PERIOD_MICROS);
    }
    if (limits.memoryMib() != Integer.MAX_VALUE) {
      resources.setMemoryLimitInBytes((long) limits.memoryMib() << 20);
    }
    return resources.build();
  }

  private static Cri.NamespaceOption namespaces(PodId id, boolean hasUserNamespace) {
    Cri.NamespaceOption.Builder namespaces =
        Cri.NamespaceOption.newBuilder()
            .setNetwork(Cri.NamespaceMode.POD)
            .setPid(Cri.NamespaceMode.CONTAINER)
            .setIpc(Cri.NamespaceMode.POD);
    if (hasUserNamespace) {
      Cri.IDMapping mapping =
          Cri.IDMapping.newBuilder()
              .setContainerId(0)
              .setHostId(firstMappedId(id))
              .setLength(MAPPED_IDS)
              .build();
      namespaces.setUsernsOptions(
          Cri.UserNamespace.newBuilder()
              .setMode(Cri.NamespaceMode.POD)
              .addUids(mapping)
              .addGids(mapping));
    }
    return namespaces.build();
  }

  /** Returns which user of the host the pod's root is: rarely the same for two pods. */
  static int firstMappedId(PodId id) {
    return FIRST_MAPPED_ID + Math.floorMod(id.hashCode(), MAPPINGS) * MAPPED_IDS;
  }

  private static Cri.SecurityProfile runtimeDefault() {
    return Cri.SecurityProfile.newBuilder()
        .setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault)
        .build();
  }
}
