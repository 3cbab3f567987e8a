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
import java.util.List;
import java.util.stream.Stream;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.Life;
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

  private static final PayToken TOKEN = new PayToken("0123456789abcdef".repeat(2));

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private LeaseStore store;

  @BeforeEach
  void open() throws Exception {
    store = openStore("secret.key");
  }

  private LeaseStore openStore(String secret) throws IOException, SQLException {
    return HostDatabase.open(folder.resolve("host.db"))
        .leases(HostSecret.open(folder.resolve(secret), random), random);
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
    Purchase twin = purchase(lease, purchase.token(), NOON.plusSeconds(9999));

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

    assertThat(store.nextExpiry()).contains(NOON);
    assertThat(store.due(NOON.minusMillis(1))).isEmpty();
    assertThat(store.due(NOON)).containsExactly(lease.manifestHash());

    store.update(lease.with(Lease.State.STARTING));

    assertThat(store.nextExpiry()).isEmpty();
    assertThat(store.due(NOON)).isEmpty();
  }

  @Test
  void timeStandsStillForALeaseThatIsDown() {
    Lease lease = lease(Lease.State.PAID);
    store.put(lease);
    store.update(lease.with(lease.life().down(NOON.minusSeconds(10))));

    store.creditAll(NOON.minusSeconds(20), NOON);

    assertThat(store.due(NOON)).isEmpty();
    assertThat(store.find(lease.manifestHash()).get().expiry()).isEqualTo(NOON);

    store.setUp(lease.manifestHash(), NOON, true);

    Lease credited = store.find(lease.manifestHash()).get();
    assertThat(credited.expiry()).isEqualTo(NOON.plusSeconds(10));
    assertThat(credited.life().credited()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void noLeaseLosesTimeInWhichTheHostWasDown() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    store.commit(purchase(lease));
    Instant begun = purchase(lease).from();

    store.creditAll(begun.minusSeconds(100), begun.plusSeconds(40));

    assertThat(store.find(lease.manifestHash()).get().expiry())
        .as("it was sold after the host was last seen")
        .isEqualTo(purchase(lease).expiry().plusSeconds(40));
  }

  @Test
  void whatIsLeftStaysTheSameWhenTheClockGoesBack() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    store.commit(purchase(lease));

    store.creditAll(NOON, NOON.minusSeconds(3600));

    assertThat(store.find(lease.manifestHash()).get().expiry())
        .isEqualTo(purchase(lease).expiry().minusSeconds(3600));
  }

  @Test
  void keepsWhatHasEndedAsEvidenceWithoutItsPrivateValues() {
    Lease lease = lease(Lease.State.EXPIRED);
    store.put(lease);

    assertThat(store.ending()).containsExactly(lease.manifestHash());

    store.end(lease.manifestHash(), NOON.plusSeconds(2));

    assertThat(store.ending()).isEmpty();
    assertThat(store.count()).isZero();
    assertThat(store.find(lease.manifestHash())).isEmpty();
    Lease ended = store.findEnded(lease.manifestHash()).get();
    assertThat(ended.state()).isEqualTo(Lease.State.EXPIRED);
    assertThat(ended.life().ended()).contains(NOON.plusSeconds(2));
    assertThat(ended.request().manifest()).isEqualTo(lease.request().manifest());
    assertThat(ended.request().privateVariables().names()).isEmpty();

    store.forgetEnded(NOON.plusSeconds(3));

    assertThat(store.findEnded(lease.manifestHash())).isEmpty();
  }

  @Test
  void addsUpTheMemoryOfAllLeases() {
    assertThat(store.reservedMib()).isZero();

    store.put(lease(Lease.State.STARTING));

    assertThat(store.reservedMib()).isEqualTo(552);
  }

  @Test
  void aPurchaseThatIsGivenUpIsNoneOfThePodsPurchases() {
    Lease lease = lease(Lease.State.STARTING);
    store.put(lease);
    Purchase purchase = purchase(lease);
    store.commit(purchase);

    assertThat(store.purchases(lease.manifestHash())).containsExactly(purchase);

    store.surrender(purchase, NOON, NOON.plusSeconds(7));

    assertThat(store.purchases(lease.manifestHash())).isEmpty();
    assertThat(store.findPurchase(purchase.token())).contains(purchase);
    assertThat(store.find(lease.manifestHash()).get().expiry()).isEqualTo(NOON.plusSeconds(7));
  }

  @Test
  void bringsTheFileOfTheFirstReleaseUpToDate() throws Exception {
    Lease lease = lease(Lease.State.PAID);
    store.put(lease);
    Purchase purchase = purchase(lease);
    store.close();
    downgrade(lease, purchase);

    store = openStore("secret.key");

    assertThat(store.find(lease.manifestHash())).contains(lease);
    assertThat(store.nextExpiry()).contains(NOON);
    assertThat(store.purchases(lease.manifestHash())).containsExactly(purchase);
    assertThat(store.unsettled()).containsExactly(purchase);
  }

  /** Rewrites the file as the first release had it, from its own words. */
  private void downgrade(Lease lease, Purchase purchase) throws SQLException {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("host.db"));
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "create table kept as select hash, state, request, expiry from lease",
              "drop table lease",
              "drop table ended_lease",
              "drop table purchase",
              "drop table setting",
              "create table lease (hash text primary key, state text not null,"
                  + " request blob not null, expiry integer not null) strict",
              "create index lease_expiry on lease (expiry)",
              "insert into lease select * from kept",
              "drop table kept",
              "create table purchase (token text primary key, item text not null,"
                  + " hash text not null, price text not null, asset_code text not null,"
                  + " asset_scale integer not null, expiry integer not null,"
                  + " settled integer not null) strict",
              "create index purchase_expiry on purchase (expiry)",
              "create index purchase_unsettled on purchase (settled) where settled = 0",
              "insert into purchase values ('%s', '%s', '%s', '%s', 'XRP', 9, %d, 0)"
                  .formatted(
                      purchase.token().hex(),
                      purchase.item(),
                      lease.manifestHash().value(),
                      purchase.price().baseUnits(),
                      purchase.expiry().toEpochMilli()),
              "pragma user_version = 1")) {
        statement.execute(sql);
      }
    }
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
        .hasMessageEndingWith("schema 99 (expected: at most 2); a newer codiusd wrote it");
  }

  private Purchase purchase(Lease lease) {
    return purchase(lease, TOKEN, NOON.plusSeconds(60));
  }

  private static Purchase purchase(Lease lease, PayToken token, Instant expiry) {
    return new Purchase(
        token,
        "upload %s %d".formatted(lease.manifestHash().value(), 60),
        lease.manifestHash(),
        new Amount(UnsignedLong.MAX_VALUE, new Asset("XRP", 9)),
        expiry.minusSeconds(60),
        expiry,
        List.of(),
        "");
  }

  private static Lease lease(Lease.State state) {
    PodRequest request =
        ManifestParser.parseRequest(
            """
            {"manifest":{"name":"x","version":"1.0.0","machine":"small","port":"8080",
            "containers":[{"id":"app","image":"nginx@sha256:%s","environment":{"A":"$S"}}],
            "vars":{"S":{"encoding":"private:sha256","value":"%s"}}},
            "private":{"vars":{"S":{"nonce":"00","value":"%s"}}}}\
            """
                .formatted("0".repeat(64), "1".repeat(64), PRIVATE_VALUE)
                .getBytes(StandardCharsets.UTF_8));
    return new Lease(request.manifest().hash(), state, request, NOON, "small", 552, Life.NEW);
  }
}
