package org.codius.hyper.auto;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.cri.RuntimeHandler;
import org.codius.hyper.hyperd.HyperdConfig;
import org.jspecify.annotations.Nullable;

/**
 * What there is to choose from.
 *
 * @param own the private containerd; its runtime handler is chosen too
 * @param handlers what the private containerd may run pods with, strongest first
 * @param sockets runtimes of the machine, as how to use them; their handler and isolation are found
 *     out. They count only with a virtual machine or a kernel of their own
 * @param configured one of the machine's runtimes that counts with whatever it has; null if none
 * @param hyperd null if not to be used: it has one network for all pods
 * @param notes the file where it is kept which runtimes worked
 */
public record AutoConfig(
    EmbeddedContainerdConfig own,
    List<RuntimeHandler> handlers,
    List<Path> sockets,
    @Nullable Path configured,
    @Nullable HyperdConfig hyperd,
    Path notes) {

  /** Where containerd, CRI-O and k3s listen unless told otherwise. */
  public static final List<Path> USUAL_SOCKETS =
      List.of(
          Path.of("/run/containerd/containerd.sock"),
          Path.of("/run/crio/crio.sock"),
          Path.of("/run/k3s/containerd/containerd.sock"));

  public AutoConfig {
    requireNonNull(own, "own");
    requireNonNull(notes, "notes");
    handlers = List.copyOf(handlers);
    sockets = List.copyOf(sockets);
  }

  /** Returns a choice among all that is installed, but hyperd. */
  public static AutoConfig of(EmbeddedContainerdConfig own, Path notes) {
    return new AutoConfig(own, RuntimeHandler.installed(), USUAL_SOCKETS, null, null, notes);
  }

  /** Returns this without the machine's runtimes. */
  public AutoConfig withoutSockets() {
    return new AutoConfig(own, handlers, List.of(), null, hyperd, notes);
  }

  /** Returns this with {@code socket} as a runtime that counts with whatever it has. */
  public AutoConfig withSocket(Path socket) {
    return new AutoConfig(own, handlers, sockets, socket, hyperd, notes);
  }

  /** Returns this with hyperd among the choices. */
  public AutoConfig with(HyperdConfig accepted) {
    return new AutoConfig(own, handlers, sockets, configured, accepted, notes);
  }

  /** Returns this with other limits. */
  public AutoConfig with(CriConfig.Limits limits) {
    return new AutoConfig(own.with(limits), handlers, sockets, configured, hyperd, notes);
  }

  /** Returns how to use a runtime of the machine with one of its handlers. */
  CriConfig criConfig(Path socket, String handler) {
    return CriConfig.of(
            own.instance(),
            socket,
            handler,
            CriConfig.isolationOf(handler),
            own.root().resolve("pods"))
        .with(own.images(), own.nameServers())
        .with(own.limits());
  }
}
