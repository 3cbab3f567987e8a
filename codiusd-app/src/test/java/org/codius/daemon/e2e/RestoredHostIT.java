package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A host that lost its data, and starts on a backup, while its pods of then and since run. */
final class RestoredHostIT {

  @RegisterExtension
  @Order(1)
  static final SimulatedMachines MACHINES = new SimulatedMachines();

  @RegisterExtension
  @Order(2)
  static final HostProcess HOST = new HostProcess(MACHINES.settings());

  private static final Duration SOLD = Duration.ofMinutes(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void knowsWhatItSoldBeforeTheBackupAndForgetsWhatItSoldSince() throws Throwable {
    Path backup = folder.resolve("backup.zip");
    Purchase known = Purchase.upload(HOST, SimulatedMachines.upload("known"), SOLD);
    String hash = known.send(folder).succeeded().manifestHash();
    Instant expiry = HOST.api().expiry(hash);
    Books books = Books.of(HOST);
    codiusd("backup", backup.toString(), "--with-key");
    Purchase forgotten = Purchase.upload(HOST, SimulatedMachines.upload("forgotten"), SOLD);
    String forgottenHash = forgotten.send(folder).succeeded().manifestHash();
    assertThat(MACHINES.pods()).hasSize(2);

    HOST.killAndRestart(
        () -> {
          Files.move(HOST.root(), folder.resolve("lost"));
          codiusd("restore", backup.toString());
        });

    assertThat(HOST.api().expiry(hash)).isEqualTo(expiry);
    assertThat(HOST.api().podStatus(forgottenHash)).isEqualTo(404);
    Eventually.holds(
        TIMEOUT, () -> assertThat(MACHINES.pods()).singleElement().asString().contains(hash));
    assertThat(Books.of(HOST)).isEqualTo(books);
    assertThat(known.send(folder).succeeded().paid()).as("its token again").isZero();
    assertThat(HOST.api().expiry(hash)).isEqualTo(expiry);
    assertThat(Books.of(HOST)).isEqualTo(books);
    forgotten.send(folder).succeeded();
    assertThat(MACHINES.pods()).hasSize(2);
  }

  private void codiusd(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--root", HOST.root().toString()));
    Program.of(folder, Checkout.codiusd(command).toArray(String[]::new)).run(TIMEOUT).succeeded();
  }
}
