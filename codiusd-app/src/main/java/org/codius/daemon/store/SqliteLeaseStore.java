package org.codius.daemon.store;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.Purchase;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;
import org.codius.manifest.PrivateVariables;
import org.codius.payments.PayToken;
import org.jspecify.annotations.Nullable;

/**
 * The leases in the host's database. What was uploaded is sealed, because private variables are in
 * it.
 */
final class SqliteLeaseStore implements LeaseStore {

  private static final String RUNNING = "state in ('PAID', 'RUNNING') and down_since is null";
  private static final String ENDING = "state in ('EXPIRED', 'FAILED', 'REMOVED')";

  /** When the host was last seen up, among the settings. */
  private static final String BEAT = "alive";

  private final HostDatabase database;
  private final LeaseRows rows;

  SqliteLeaseStore(HostDatabase database, Sealer sealer) {
    this.database = database;
    this.rows = new LeaseRows(sealer);
  }

  @Override
  public Optional<Lease> find(ManifestHash hash) {
    return database
        .query("read a lease", rows::lease, "select * from lease where hash = ?", hash.value())
        .stream()
        .findFirst();
  }

  @Override
  public List<Lease> all() {
    return database.query("read leases", rows::lease, "select * from lease");
  }

  @Override
  public List<ManifestHash> hashes() {
    return hashes("select hash from lease");
  }

  @Override
  public int count() {
    return database.number("count leases", "select count(*) from lease").orElse(0L).intValue();
  }

  @Override
  public Map<Lease.State, Integer> states() {
    Map<Lease.State, Integer> states = new EnumMap<>(Lease.State.class);
    database.query(
        "count leases",
        row -> states.put(Lease.State.valueOf(row.getString(1)), row.getInt(2)),
        "select state, count(*) from lease group by state");
    return states;
  }

  @Override
  public long reservedMib() {
    return database.number("add up leases", "select sum(memory) from lease").orElse(0L);
  }

  @Override
  public Optional<Instant> nextExpiry() {
    return database
        .number("find the next expiry", "select min(expiry) from lease where " + RUNNING)
        .map(Instant::ofEpochMilli);
  }

  @Override
  public List<ManifestHash> due(Instant now) {
    return hashes(
        "select hash from lease where " + RUNNING + " and expiry <= ? order by expiry",
        now.toEpochMilli());
  }

  @Override
  public List<ManifestHash> ending() {
    return hashes("select hash from lease where " + ENDING);
  }

  private List<ManifestHash> hashes(String sql, Object... values) {
    return database.query("list leases", row -> new ManifestHash(row.getString(1)), sql, values);
  }

  @Override
  public void put(Lease lease) {
    write(
        "insert or replace into lease (hash, state, request, expiry, class, memory, started,"
            + " restarts, failure, listening, down_since, credited, suspended)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        lease.manifestHash().value(),
        lease.state().name(),
        rows.seal(lease.request()),
        lease.expiry().toEpochMilli(),
        lease.podClass(),
        lease.memoryMib(),
        LeaseRows.milliseconds(lease.life().started()),
        lease.life().restarts(),
        lease.life().failure(),
        lease.life().isListening(),
        LeaseRows.milliseconds(lease.life().downSince()),
        lease.life().credited().toMillis(),
        lease.life().isSuspended());
  }

  @Override
  public void update(Lease lease) {
    write(
        "update lease set state = ?, class = ?, memory = ?, started = ?, restarts = ?,"
            + " failure = ?, listening = ?, down_since = ?, suspended = ? where hash = ?",
        lease.state().name(),
        lease.podClass(),
        lease.memoryMib(),
        LeaseRows.milliseconds(lease.life().started()),
        lease.life().restarts(),
        lease.life().failure(),
        lease.life().isListening(),
        LeaseRows.milliseconds(lease.life().downSince()),
        lease.life().isSuspended(),
        lease.manifestHash().value());
  }

  @Override
  public void setUp(ManifestHash hash, Instant now, boolean isListening) {
    write(
        "update lease set state = 'RUNNING', listening = ?2, down_since = null,"
            + " expiry = expiry + max(0, ifnull(?1 - down_since, 0)),"
            + " credited = credited + max(0, ifnull(?1 - down_since, 0))"
            + " where hash = ?3 and state in ('PAID', 'RUNNING')",
        now.toEpochMilli(),
        isListening,
        hash.value());
  }

  @Override
  public Optional<Instant> lastBeat() {
    return database
        .query(
            "read the last beat",
            row -> row.getString(1),
            "select value from setting where name = ?",
            BEAT)
        .stream()
        .findFirst()
        .map(value -> Instant.ofEpochMilli(Long.parseLong(value)));
  }

  @Override
  public void beat(Instant now) {
    write("insert or replace into setting values (?, ?)", BEAT, "" + now.toEpochMilli());
  }

  @Override
  public void creditAll(Instant since, Instant until) {
    // What began after the host was last seen was down for less.
    String down = "(?2 - iif(?2 > ?1, min(?2, max(?1, ifnull(started, 0))), ?1))";
    database.together(
        "credit leases",
        () -> {
          write(
              "update lease set expiry = expiry + %1$s, credited = credited + %1$s where "
                      .formatted(down)
                  + RUNNING,
              since.toEpochMilli(),
              until.toEpochMilli());
          beat(until);
        });
  }

  @Override
  public void delete(ManifestHash hash) {
    write("delete from lease where hash = ?", hash.value());
  }

  @Override
  public void end(ManifestHash hash, Instant ended) {
    database.together(
        "end a lease",
        () -> {
          Optional<Lease> lease = find(hash);
          if (lease.isEmpty()) {
            return;
          }
          PodRequest open =
              new PodRequest(lease.get().request().manifest(), PrivateVariables.ABSENT);
          write(
              "insert into ended_lease select hash, state, ?, expiry, class, memory, started,"
                  + " restarts, failure, listening, down_since, credited, suspended, ?"
                  + " from lease where hash = ?",
              rows.seal(open),
              ended.toEpochMilli(),
              hash.value());
          delete(hash);
        });
  }

  @Override
  public Optional<Lease> findEnded(ManifestHash hash) {
    return database
        .query(
            "read an ended lease",
            rows::lease,
            "select * from ended_lease where hash = ? order by ended desc limit 1",
            hash.value())
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Purchase> findPurchase(PayToken token) {
    return purchases("select * from purchase where token = ?", token.hex()).stream().findFirst();
  }

  @Override
  public Optional<Purchase> findPurchase(ManifestHash hash, String managementHash) {
    return purchases(
            "select * from purchase where hash = ? and management = ?",
            hash.value(),
            managementHash)
        .stream()
        .findFirst();
  }

  @Override
  public List<Purchase> purchases(ManifestHash hash) {
    return purchases(
        "select * from purchase where hash = ? and surrendered is null order by begins",
        hash.value());
  }

  @Override
  public void commit(Purchase purchase) {
    database.together(
        "commit purchase",
        () -> {
          long begins = purchase.from().toEpochMilli();
          long expiry = purchase.expiry().toEpochMilli();
          int leases =
              write(
                  "update lease set state = iif(state = 'RUNNING', state, 'PAID'),"
                      + " started = ifnull(started, ?1), expiry = max(expiry, ?1) + ?2"
                      + " where hash = ?3 and not "
                      + ENDING,
                  begins,
                  expiry - begins,
                  purchase.manifestHash().value());
          if (leases != 1) {
            throw new IllegalStateException("commit purchase: no lease on its pod");
          }
          write(
              "insert into purchase (token, item, hash, price, asset_code, asset_scale, begins,"
                  + " expiry, images, management, settled) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                  + " 0)",
              purchase.token().hex(),
              purchase.item(),
              purchase.manifestHash().value(),
              purchase.price().baseUnits().toString(),
              purchase.price().asset().code(),
              purchase.price().asset().scale(),
              begins,
              expiry,
              LeaseRows.images(purchase),
              purchase.managementHash());
        });
  }

  @Override
  public void surrender(Purchase purchase, Instant now, Instant expiry) {
    database.together(
        "surrender purchase",
        () -> {
          write(
              "update purchase set surrendered = ? where token = ?",
              now.toEpochMilli(),
              purchase.token().hex());
          write(
              "update lease set expiry = ? where hash = ?",
              expiry.toEpochMilli(),
              purchase.manifestHash().value());
        });
  }

  @Override
  public List<Purchase> unsettled() {
    return purchases("select * from purchase where settled = 0");
  }

  private List<Purchase> purchases(String sql, Object... values) {
    return database.query("read purchases", LeaseRows::purchase, sql, values);
  }

  @Override
  public void setSettled(PayToken token) {
    write("update purchase set settled = 1 where token = ?", token.hex());
  }

  @Override
  public void forgetPurchases(Instant before) {
    write("delete from purchase where settled = 1 and expiry < ?", before.toEpochMilli());
  }

  @Override
  public void forgetEnded(Instant before) {
    write("delete from ended_lease where ended < ?", before.toEpochMilli());
  }

  private int write(String sql, @Nullable Object... values) {
    return database.update("write to the store", sql, values);
  }

  @Override
  public void close() {
    database.close();
  }
}
