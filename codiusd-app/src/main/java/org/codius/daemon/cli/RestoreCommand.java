package org.codius.daemon.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.store.Restoration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Brings a host back from a backup. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Bring a host back from a backup, into an empty data folder.",
      "",
      "If the backup has no key, put the host's secret.key into the folder first. What was sold",
      "after the backup is forgotten; nothing from before is sold twice."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd restore /var/backups/codius-2026-11-24.zip --root /var/lib/codius")
final class RestoreCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Parameters(paramLabel = "FILE", description = "What codiusd backup wrote.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    try {
      Restoration.restore(file, host.config().root(), Instant.now());
      return Codiusd.OK;
    } catch (IOException e) {
      throw failed(UnreadableFile.reason(e), e);
    } catch (SQLException e) {
      throw failed(String.valueOf(e.getMessage()), e);
    }
  }

  private ClientException failed(String reason, Exception e) {
    return new ClientException(
        "restore " + file + ": " + reason,
        "Name what codiusd backup wrote; stop the host (systemctl stop codiusd), and move its old data"
            + " folder away.",
        e);
  }
}
