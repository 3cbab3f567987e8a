package org.codius.daemon.store;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.Purchase;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The leases, in one SQLite file.
 *
 * <p>Write-ahead log with full synchronisation: what a call wrote survives a power cut once it has
 * returned. What was uploaded is sealed, because private variables are in it.
 */
public final class SqliteLeaseStore implements LeaseStore {

  private static final int SCHEMA_VERSION = 1;

  private static final List<String> SCHEMA =
      List.of(
          """
          create table lease (
            hash text primary key,
            state text not null,
            request blob not null,
            expiry integer not null
          ) strict""",
          "create index lease_expiry on lease (expiry)",
          """
          create table purchase (
            token text primary key,
            item text not null,
            hash text not null,
            price text not null,
            asset_code text not null,
            asset_scale integer not null,
            expiry integer not null,
            settled integer not null
          ) strict""",
          "create index purchase_expiry on purchase (expiry)",
          "create index purchase_unsettled on purchase (settled) where settled = 0");

  private final Sealer sealer;

  @GuardedBy("this")
  private final Connection connection;

  private SqliteLeaseStore(Connection connection, Sealer sealer) {
    this.connection = connection;
    this.sealer = sealer;
  }

  /**
   * Opens the store, made on first use.
   *
   * @throws SQLException if the file cannot be used, or was written by a newer release
   */
  public static SqliteLeaseStore open(Path file, HostSecret secret, SecureRandom random)
      throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    Connection connection = source.getConnection();
    try {
      migrate(connection, file);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new SqliteLeaseStore(connection, new Sealer(secret.derive("private-variables"), random));
  }

  private static void migrate(Connection connection, Path file) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version;
      try (ResultSet row = statement.executeQuery("pragma user_version")) {
        version = row.getInt(1);
      }
      if (version > SCHEMA_VERSION) {
        throw new SQLException(
            "%s: schema %d (expected: at most %d); a newer codiusd wrote it"
                .formatted(file, version, SCHEMA_VERSION));
      }
      if (version == SCHEMA_VERSION) {
        return;
      }
      connection.setAutoCommit(false);
      for (String sql : SCHEMA) {
        statement.execute(sql);
      }
      statement.execute("pragma user_version = " + SCHEMA_VERSION);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  @Override
  public Optional<Lease> find(ManifestHash hash) {
    return leases("select * from lease where hash = ?", hash.value()).stream().findFirst();
  }

  @Override
  public List<Lease> all() {
    return leases("select * from lease");
  }

  @Override
  public synchronized int count() {
    try (PreparedStatement statement = prepare("select count(*) from lease");
        ResultSet row = statement.executeQuery()) {
      return row.getInt(1);
    } catch (SQLException e) {
      throw failed("count leases", e);
    }
  }

  @Override
  public List<Lease> expiredBy(Instant now) {
    return leases(
        "select * from lease where state <> 'STARTING' and expiry <= ? order by expiry",
        now.toEpochMilli());
  }

  @Override
  public void put(Lease lease) {
    update(
        "insert or replace into lease (hash, state, request, expiry) values (?, ?, ?, ?)",
        lease.manifestHash().value(),
        lease.state().name(),
        sealer.seal(lease.request().secretJson(), lease.manifestHash().value()),
        lease.expiry().toEpochMilli());
  }

  @Override
  public void setState(ManifestHash hash, Lease.State state) {
    if (state == Lease.State.EXPIRED) {
      // Its time counts as over even where it was given up early: the sweep then finds it.
      update("update lease set state = ?, expiry = 0 where hash = ?", state.name(), hash.value());
    } else {
      update("update lease set state = ? where hash = ?", state.name(), hash.value());
    }
  }

  @Override
  public void delete(ManifestHash hash) {
    update("delete from lease where hash = ?", hash.value());
  }

  @Override
  public synchronized Optional<Purchase> findPurchase(PayToken token) {
    List<Purchase> found = purchases("select * from purchase where token = ?", token.hex());
    return found.stream().findFirst();
  }

  @Override
  public synchronized void commit(Purchase purchase) {
    try {
      connection.setAutoCommit(false);
      try {
        int leases =
            update(
                "update lease set state = 'PAID', expiry = ? where hash = ?",
                purchase.expiry().toEpochMilli(),
                purchase.manifestHash().value());
        if (leases != 1) {
          throw new IllegalStateException("commit purchase: no lease on its pod");
        }
        update(
            "insert into purchase values (?, ?, ?, ?, ?, ?, ?, 0)",
            purchase.token().hex(),
            purchase.item(),
            purchase.manifestHash().value(),
            purchase.price().baseUnits().toString(),
            purchase.price().asset().code(),
            purchase.price().asset().scale(),
            purchase.expiry().toEpochMilli());
        connection.commit();
      } finally {
        connection.rollback(); // of nothing, once committed
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed("commit purchase", e);
    }
  }

  @Override
  public synchronized List<Purchase> unsettled() {
    return purchases("select * from purchase where settled = 0");
  }

  @Override
  public void setSettled(PayToken token) {
    update("update purchase set settled = 1 where token = ?", token.hex());
  }

  @Override
  public void forgetPurchases(Instant before) {
    update("delete from purchase where settled = 1 and expiry < ?", before.toEpochMilli());
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("close the store", e);
    }
  }

  private synchronized List<Lease> leases(String sql, Object... values) {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet row = statement.executeQuery()) {
      List<Lease> leases = new ArrayList<>();
      while (row.next()) {
        leases.add(lease(row));
      }
      return leases;
    } catch (SQLException e) {
      throw failed("read leases", e);
    }
  }

  private Lease lease(ResultSet row) throws SQLException {
    ManifestHash hash = new ManifestHash(row.getString("hash"));
    String json = sealer.open(row.getBytes("request"), hash.value());
    PodRequest request = ManifestParser.parseRequest(json.getBytes(StandardCharsets.UTF_8));
    return new Lease(
        hash,
        Lease.State.valueOf(row.getString("state")),
        request,
        Instant.ofEpochMilli(row.getLong("expiry")));
  }

  private synchronized List<Purchase> purchases(String sql, Object... values) {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet row = statement.executeQuery()) {
      List<Purchase> purchases = new ArrayList<>();
      while (row.next()) {
        purchases.add(purchase(row));
      }
      return purchases;
    } catch (SQLException e) {
      throw failed("read purchases", e);
    }
  }

  private static Purchase purchase(ResultSet row) throws SQLException {
    Asset asset = new Asset(row.getString("asset_code"), row.getInt("asset_scale"));
    return new Purchase(
        new PayToken(row.getString("token")),
        row.getString("item"),
        new ManifestHash(row.getString("hash")),
        new Amount(UnsignedLong.valueOf(row.getString("price")), asset),
        Instant.ofEpochMilli(row.getLong("expiry")));
  }

  private synchronized int update(String sql, Object... values) {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw failed("write to the store", e);
    }
  }

  @GuardedBy("this")
  private PreparedStatement prepare(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static StoreException failed(String action, SQLException e) {
    return new StoreException(action + ": " + e.getMessage(), e);
  }
}
