package org.codius.daemon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.UnsignedLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.Purchase;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SqliteLeaseStoreTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
  private static final String PRIVATE_VALUE = "a-private-value-nobody-may-read";

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private SqliteLeaseStore store;

  @BeforeEach
  void open() throws Exception {
    store = openStore("secret.key");
  }

  private SqliteLeaseStore openStore(String secret) throws IOException, SQLException {
    return SqliteLeaseStore.open(
        folder.resolve("host.db"), HostSecret.open(folder.resolve(secret), random), random);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void bringsBackWhatWasStored() throws Exception {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);

    store.close();
    store = openStore("secret.key");

    assertThat(store.find(lease.manifestHash())).contains(lease);
  }

  @Test
  void keepsPrivateValuesUnreadable() throws Exception {
    store.put(lease(Lease.State.PAID));
    store.close();

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                      .doesNotContain(PRIVATE_VALUE));
    }
  }

  @Test
  void saysSoWhenTheSecretIsAnother() throws Exception {
    Lease lease = lease(Lease.State.PAID);
    store.put(lease);
    store.close();
    store = openStore("other.key");

    assertThatThrownBy(() -> store.find(lease.manifestHash()))
        .hasMessage(
            "open private variables: the host's secret is not the one they were sealed with");
  }

  @Test
  void commitsLeaseAndPurchaseTogether() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    Purchase purchase = purchase(lease);

    store.commit(purchase);

    assertThat(store.find(lease.manifestHash()).get().state()).isEqualTo(Lease.State.PAID);
    assertThat(store.find(lease.manifestHash()).get().expiry()).isEqualTo(purchase.expiry());
    assertThat(store.findPurchase(purchase.token())).contains(purchase);
    assertThat(store.unsettled()).containsExactly(purchase);

    store.setSettled(purchase.token());

    assertThat(store.unsettled()).isEmpty();
  }

  @Test
  void commitsATokenOnce() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    Purchase purchase = purchase(lease);
    store.commit(purchase);
    Purchase twin =
        new Purchase(
            purchase.token(),
            "something else",
            lease.manifestHash(),
            purchase.price(),
            NOON.plusSeconds(9999));

    assertThatThrownBy(() -> store.commit(twin)).isInstanceOf(StoreException.class);
    assertThat(store.find(lease.manifestHash()).get().expiry()).isEqualTo(purchase.expiry());
  }

  @Test
  void commitsNothingForALeaseThatIsGone() {
    Purchase purchase = purchase(lease(Lease.State.STARTING));

    assertThatThrownBy(() -> store.commit(purchase))
        .hasMessage("commit purchase: no lease on its pod");
    assertThat(store.findPurchase(purchase.token())).isEmpty();
  }

  @Test
  void findsWhatHasExpired() {
    Lease lease = lease(Lease.State.PAID);
    store.put(lease);

    assertThat(store.expiredBy(NOON.minusMillis(1))).isEmpty();
    assertThat(store.expiredBy(NOON)).containsExactly(lease);

    store.setState(lease.manifestHash(), Lease.State.STARTING);

    assertThat(store.expiredBy(NOON)).isEmpty();
  }

  @Test
  void forgetsSettledPurchasesOnly() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    Purchase purchase = purchase(lease);
    store.commit(purchase);

    store.forgetPurchases(NOON.plus(Duration.ofHours(1)));

    assertThat(store.findPurchase(purchase.token())).isPresent();

    store.setSettled(purchase.token());
    store.forgetPurchases(NOON.plus(Duration.ofHours(1)));

    assertThat(store.findPurchase(purchase.token())).isEmpty();
  }

  @Test
  void refusesTheFileOfANewerRelease() throws Exception {
    store.close();
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("host.db"));
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("pragma user_version = 99");
    }

    assertThatThrownBy(() -> openStore("secret.key"))
        .hasMessageEndingWith("schema 99 (expected: at most 1); a newer codiusd wrote it");
  }

  private Purchase purchase(Lease lease) {
    return new Purchase(
        PayToken.random(random),
        "upload",
        lease.manifestHash(),
        new Amount(UnsignedLong.MAX_VALUE, new Asset("XRP", 9)),
        NOON.plusSeconds(60));
  }

  private static Lease lease(Lease.State state) {
    PodRequest request =
        ManifestParser.parseRequest(
            """
            {"manifest":{"name":"x","version":"1.0.0","machine":"small","port":"8080",
            "containers":[{"id":"app","image":"nginx@sha256:%s","environment":{"A":"$S"}}],
            "vars":{"S":{"encoding":"private:sha256","value":"%s"}}},
            "private":{"vars":{"S":{"nonce":"00","value":"%s"}}}}"""
                .formatted("0".repeat(64), "1".repeat(64), PRIVATE_VALUE)
                .getBytes(StandardCharsets.UTF_8));
    return new Lease(request.manifest().hash(), state, request, NOON);
  }
}
