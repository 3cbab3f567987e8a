package org.codius.daemon.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.PurchaseResult;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.testing.FakePodDriver;
import org.codius.manifest.ManifestParser;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A small file system of its own, really full. */
class FullDiskIT {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final int SIZE_MIB = 64;
  private static final Order UPLOAD =
      new Order.Upload(
          ManifestParser.parseRequest(
              """
              {"manifest":{"name":"a","version":"1","machine":"small",\
              "containers":[{"id":"app","image":"nginx@sha256:%s"}]}}\
              """
                  .formatted("0".repeat(64))
                  .getBytes(StandardCharsets.UTF_8)),
          Duration.ofMinutes(1));

  @TempDir Path folder;
  private final List<String> ended = new ArrayList<>();
  private final LargestWriter nobody =
      new LargestWriter(new FakePodDriver("test"), (hash, why) -> ended.add(why));
  private ReserveFile reserve;
  private DiskGuard guard;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root: it mounts");
    run("mount", "-t", "tmpfs", "-o", "size=" + SIZE_MIB + "m", "tmpfs", folder.toString());
    reserve = new ReserveFile(folder.resolve("ledger.reserve"));
    guard = new DiskGuard(new Disk(List.of(folder)), reserve);
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", folder.toString());
  }

  @Test
  void takesNoUploadsBelowATenthAndTellsWhy() throws Exception {
    assertThatCode(() -> guard.check(UPLOAD)).doesNotThrowAnyException();

    fillUpTo(4 << 20); // of 64 MiB

    assertThatThrownBy(() -> guard.check(UPLOAD))
        .hasMessageContaining("% free (expected: at least 10 %)")
        .extracting(refused -> ((RefusedException) refused).reason())
        .isEqualTo(Reason.DISK_LOW);
    assertThatCode(
            () -> guard.check(new Order.Extension(UPLOAD.manifestHash(), Duration.ofMinutes(1))))
        .doesNotThrowAnyException();
  }

  @Test
  void givesTheReserveUpWhenNobodyIsLeftToEndAndTakesItBackLater() throws Exception {
    guard.look(nobody);
    assertThat(reserve.isThere()).isTrue();
    assertThat(Files.size(folder.resolve("ledger.reserve"))).isEqualTo(ReserveFile.BYTES);

    fillUpTo(2 << 20);
    guard.look(nobody);
    assertThat(reserve.isThere()).isFalse();

    Files.delete(folder.resolve("filler"));
    guard.look(nobody);
    assertThat(reserve.isThere()).isTrue();
    assertThat(ended).isEmpty();
  }

  @Test
  void endsTheLargestWriterBelowATwentiethAndTellsItsOwner() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("host"));
    try (LeaseHarness host = new LeaseHarness(elsewhere, InstantSource.system())) {
      Order small = buy(host, "small");
      Order large = buy(host, "large");
      host.driver().occupy(LeaseHarness.id(small), 10 << 20);
      host.driver().occupy(LeaseHarness.id(large), 20 << 20);
      LargestWriter writers = new LargestWriter(host.driver(), host.leases()::fail);

      guard.look(writers);
      assertThat(host.store().find(large.manifestHash()).get().state()).isEqualTo(State.RUNNING);

      fillUpTo(3 << 20); // of 64 MiB
      guard.look(writers);

      Lease ended = host.store().findEnded(large.manifestHash()).get();
      assertThat(ended.state()).isEqualTo(State.FAILED);
      assertThat(ended.life().failure()).startsWith("DISK_FULL: ").contains("20 MiB");
      assertThat(host.driver().spec(LeaseHarness.id(large))).isEmpty();
      assertThat(host.routes().find(large.manifestHash().value())).isEmpty();
      assertThat(host.store().find(small.manifestHash()).get().state()).isEqualTo(State.RUNNING);
      assertThat(reserve.isThere()).isTrue();
      Files.delete(folder.resolve("filler"));
    }
  }

  private static Order buy(LeaseHarness host, String name) throws Exception {
    Order order = LeaseHarness.upload(host.request(name, ""), Duration.ofHours(1));
    PayToken token = host.payFor(order, Amount.of(1_000_000_000, XRP));
    PurchaseResult result = host.leases().buy(order, token, LeaseHarness.CALLER);
    assertThat(result).isInstanceOf(PurchaseResult.Bought.class);
    return order;
  }

  @Test
  void theBooksCanBeClosedOnADiskWithoutAByteLeft() throws Exception {
    reserve.fill();
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    try (SqlLedger ledger =
        SqlLedger.open(database, XRP, InstantSource.system(), reserve::giveUp)) {
      book(ledger, "before");
      fillUpTo(0);
      List<CompletableFuture<Void>> bookings = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        bookings.add(
            ledger
                .transfer("faucet", "child:" + i + "x".repeat(500), Amount.of(1, XRP))
                .toCompletableFuture());
      }

      CompletableFuture.allOf(bookings.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

      assertThat(reserve.isThere()).isFalse();
      assertThat(ledger.check()).isEmpty();
      assertThat(ledger.balances("child:")).hasSize(501);
    }
  }

  private static void book(SqlLedger ledger, String account) throws Exception {
    ledger
        .transfer("faucet", "child:" + account, Amount.of(1, XRP))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Writes until only {@code bytes} are left. */
  private void fillUpTo(long bytes) throws IOException {
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(folder.resolve("filler"))) {
      while (Files.getFileStore(folder).getUsableSpace() > bytes) {
        out.write(page);
      }
    } catch (IOException e) {
      if (bytes > 0) {
        throw e;
      } // else it is as full as it should be
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }
}
