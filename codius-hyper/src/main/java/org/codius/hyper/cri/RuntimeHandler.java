package org.codius.hyper.cri;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.host.HostProgram;
import org.jspecify.annotations.Nullable;

/**
 * What a private containerd runs pods with, as an entry of its configuration.
 *
 * @param name a word
 * @param type containerd's name of the shim, as {@code io.containerd.runc.v2}
 * @param program what runc's shim is to call in runc's place; null for any other shim
 */
public record RuntimeHandler(
    String name, String type, @Nullable Path program, Isolation isolation) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
  private static final Pattern TYPE = Pattern.compile("[a-z0-9.-]{1,64}");

  private static final String RUNC_SHIM = "io.containerd.runc.v2";

  public RuntimeHandler {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "runtime handler: \"" + name + "\" (expected: 1 to 32 of a-z, 0-9, -)");
    }
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException(
          "runtime type: \"" + type + "\" (expected: 1 to 64 of a-z, 0-9, ., -)");
    }
  }

  /** Returns a handler that runs {@code program} in runc's place, which has to behave like it. */
  public static RuntimeHandler likeRunc(String name, Path program, Isolation isolation) {
    return new RuntimeHandler(name, RUNC_SHIM, program, isolation);
  }

  /**
   * Returns what the machine has installed, the strongest isolation first. Whether it works is not
   * said: Debian's gVisor comes without its shim, starts under runc's, and then hangs.
   */
  public static List<RuntimeHandler> installed() {
    List<RuntimeHandler> handlers = new ArrayList<>();
    if (isInstalled("containerd-shim-kata-v2")) {
      handlers.add(new RuntimeHandler("kata", "io.containerd.kata.v2", null, Isolation.VM));
    }
    Optional<HostProgram> runsc = HostProgram.find("runsc");
    if (runsc.isPresent()) {
      handlers.add(
          isInstalled("containerd-shim-runsc-v1")
              ? new RuntimeHandler("runsc", "io.containerd.runsc.v1", null, Isolation.KERNEL)
              : likeRunc("runsc", runsc.get().path(), Isolation.KERNEL));
    }
    HostProgram.find("runc").ifPresent(runc -> handlers.add(runc(runc.path())));
    return List.copyOf(handlers);
  }

  static RuntimeHandler runc(Path program) {
    return likeRunc("runc", program, Isolation.NAMESPACE);
  }

  private static boolean isInstalled(String program) {
    return HostProgram.find(program).isPresent();
  }
}
