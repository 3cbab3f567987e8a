package org.codius.hyper.cri;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.codius.hyper.RuntimeInfo.Isolation;

/** What lets Debian's gVisor, which has no shim of its own, run pods in tests. */
public final class GvisorScripts {

  private GvisorScripts() {}

  /** Puts the scripts into {@code folder} and returns the handler that calls them. */
  public static RuntimeHandler install(Path folder) throws IOException {
    for (String name : new String[] {"runsc-netns", "runsc-as-runc"}) {
      Path script = folder.resolve(name);
      try (InputStream in = GvisorScripts.class.getResourceAsStream(name)) {
        Files.copy(in, script);
      }
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return RuntimeHandler.likeRunc("runsc", folder.resolve("runsc-as-runc"), Isolation.KERNEL);
  }
}
