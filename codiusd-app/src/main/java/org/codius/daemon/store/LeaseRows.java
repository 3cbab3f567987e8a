package org.codius.daemon.store;

import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import com.google.common.primitives.UnsignedLong;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.Life;
import org.codius.daemon.lease.Purchase;
import org.codius.manifest.Machine;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.manifest.Rules;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.jspecify.annotations.Nullable;

/** What the rows of leases and purchases say. */
final class LeaseRows {

  private static final String SEPARATOR = "\n";

  private final Sealer sealer;

  LeaseRows(Sealer sealer) {
    this.sealer = sealer;
  }

  Lease lease(ResultSet row) throws SQLException {
    ManifestHash hash = new ManifestHash(row.getString("hash"));
    return new Lease(
        hash,
        Lease.State.valueOf(row.getString("state")),
        open(row.getBytes("request"), hash, row.getString("class")),
        instant(row.getLong("expiry")),
        row.getString("class"),
        row.getLong("memory"),
        new Life(
            optional(row, "started"),
            optional(row, "ended"),
            row.getInt("restarts"),
            row.getString("failure"),
            row.getBoolean("listening"),
            optional(row, "down_since"),
            Duration.ofMillis(row.getLong("credited")),
            row.getBoolean("suspended")));
  }

  byte[] seal(PodRequest request) {
    return sealer.seal(request.secretJson(), request.manifest().hash().value());
  }

  /** What was accepted once is, also if its class is not sold any more. */
  private PodRequest open(byte[] sealed, ManifestHash hash, String podClass) {
    byte[] json = sealer.open(sealed, hash.value()).getBytes(StandardCharsets.UTF_8);
    Rules rules = Rules.HOST.withMachines(Set.of(new Machine(podClass)));
    return ManifestParser.parseRequest(json, rules);
  }

  static Purchase purchase(ResultSet row) throws SQLException {
    Asset asset = new Asset(row.getString("asset_code"), row.getInt("asset_scale"));
    return new Purchase(
        new PayToken(row.getString("token")),
        row.getString("item"),
        new ManifestHash(row.getString("hash")),
        new Amount(UnsignedLong.valueOf(row.getString("price")), asset),
        instant(row.getLong("begins")),
        instant(row.getLong("expiry")),
        Splitter.on(SEPARATOR).omitEmptyStrings().splitToList(row.getString("images")),
        row.getString("management"));
  }

  static String images(Purchase purchase) {
    return Joiner.on(SEPARATOR).join(purchase.images());
  }

  static @Nullable Long milliseconds(Optional<Instant> instant) {
    return instant.map(Instant::toEpochMilli).orElse(null);
  }

  private static Optional<Instant> optional(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(instant(value));
  }

  private static Instant instant(long milliseconds) {
    return Instant.ofEpochMilli(milliseconds);
  }
}
