package org.codius.daemon;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.codius.daemon.admin.AdminApi;
import org.codius.daemon.admin.AdminServer;
import org.codius.daemon.admin.AdminToken;
import org.codius.daemon.admin.BanCalls;
import org.codius.daemon.admin.Bans;
import org.codius.daemon.admin.Drain;
import org.codius.daemon.admin.MetricsCall;
import org.codius.daemon.admin.OriginalCalls;
import org.codius.daemon.admin.PodCalls;
import org.codius.daemon.admin.SalesCalls;
import org.codius.daemon.config.AdminConfig;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.PodAccounts;
import org.codius.daemon.store.DataFolder;
import org.codius.payments.Ledger;

/** Opens what the host's operator calls. */
record OpenAdmin(
    LeaseStore store,
    LeaseService leases,
    PodAccounts accounts,
    Ledger ledger,
    Bans bans,
    Drain drain,
    InstantSource clock) {

  /**
   * @throws StartException if its address is taken or its token cannot be kept
   */
  AdminServer open(
      AdminConfig config,
      MetricsCall metrics,
      DataFolder folder,
      Threads threads,
      SecureRandom random) {
    SalesCalls sales = new SalesCalls(leases, drain, ledger);
    AdminApi api =
        new AdminApi(
            new PodCalls(store, leases, accounts, ledger.asset()),
            new BanCalls(bans),
            sales,
            metrics,
            new OriginalCalls(store, ledger, sales, clock),
            config.isCompatible());
    try {
      AdminToken token = AdminToken.open(folder.adminToken(), random);
      return AdminServer.start(config.address(), token, api, threads.loops(), threads.workers());
    } catch (IOException e) {
      throw new StartException(
          "admin calls: " + e.getMessage(),
          "Stop what listens there, or set CODIUS_ADMIN to a shorter path or another port.",
          e);
    }
  }
}
