package org.codius.daemon.http;

import java.net.URI;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.codius.daemon.selftest.SelfTestStatus;
import org.codius.hyper.RuntimeInfo;
import org.codius.payments.Asset;

/**
 * What a host says about itself.
 *
 * @param isPlayMoney whether its money is worth nothing
 * @param isConnected whether payments can come in, as far as it can tell
 * @param isHealthy whether it could sell a pod now, as far as it can tell from inside
 * @param arePodsCounted whether everybody is told how many pods there are
 */
public record HostInfo(
    URI publicUri,
    String version,
    Asset asset,
    boolean isPlayMoney,
    Supplier<RuntimeInfo> runtime,
    Instant startedAt,
    BooleanSupplier isConnected,
    BooleanSupplier isHealthy,
    Supplier<SelfTestStatus> selfTest,
    boolean arePodsCounted) {}
