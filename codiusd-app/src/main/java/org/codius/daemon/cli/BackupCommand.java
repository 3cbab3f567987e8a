package org.codius.daemon.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.store.Backup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies what a host remembers. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copy what this host remembers into a file, also while it runs.",
      "",
      "Leases, purchases and books are of one instant. Private variables in it are sealed with",
      "secret.key, which is in it only with --with-key: keep that apart."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd backup /var/backups/codius-$(date +%F).zip")
final class BackupCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Parameters(paramLabel = "FILE", description = "A file that is not there yet.")
  private Path file = Path.of("");

  @Option(
      names = "--with-key",
      description = "Put the key in as well. Who has the file then has the host's secrets.")
  private boolean isWithKey;

  @Override
  public Integer call() {
    try {
      Backup.write(host.config().root(), file, isWithKey);
      return Codiusd.OK;
    } catch (FileAlreadyExistsException e) {
      throw new ClientException(file + ": is there already", "Name another file.", e);
    } catch (IOException | SQLException e) {
      throw new ClientException(
          "back up " + host.config().root() + ": " + e.getMessage(),
          "Name the host's data folder, --root FOLDER, and run as its owner.",
          e);
    }
  }
}
