package org.codius.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.store.HostSecret;
import org.codius.manifest.ManifestHash;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.PaymentException;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodWalletsTest {

  private static final ManifestHash POD = new ManifestHash("a".repeat(52));
  private static final ManifestHash OTHER = new ManifestHash("b".repeat(52));

  @TempDir Path folder;
  private final AccountBooks books = AccountBooks.inMemory();
  private EventLoopGroup loops;
  private Connector connector;
  private PodWallets wallets;

  @BeforeEach
  void start() throws Exception {
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    open();
  }

  private void open() throws Exception {
    ConnectorConfig config =
        ConnectorConfig.playMoney(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test");
    connector = Connector.start(config, books, loops);
    wallets = new PodWallets(connector, config, secret(), true);
  }

  private HostSecret secret() throws Exception {
    return HostSecret.open(folder.resolve("secret.key"), new SecureRandom());
  }

  @AfterEach
  void stop() {
    connector.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void tellsAPodItsAccountAsThePluginReadsIt() throws Exception {
    Map<String, String> variables = wallets.variables(POD);

    assertThat(variables)
        .containsEntry("ILP_PLUGIN", "ilp-plugin-btp")
        .containsEntry("ILP_PLUGIN_OPTIONS", variables.get("ILP_CREDENTIALS"))
        .containsEntry("CODIUS_ILP_SERVER", "btp+ws://169.254.77.68:7768")
        .containsEntry("CODIUS_ILP_ACCOUNT", "pod-" + POD.value())
        .containsEntry("CODIUS_ILP_ASSET_CODE", "XRP")
        .containsEntry("CODIUS_ILP_ASSET_SCALE", "9");
    JsonNode credentials = new ObjectMapper().readTree(variables.get("ILP_CREDENTIALS"));
    URI server = URI.create(credentials.get("server").asText());
    assertThat(server.getUserInfo())
        .isEqualTo("pod-" + POD.value() + ":" + variables.get("CODIUS_ILP_TOKEN"));
    assertThat(server.getHost()).isEqualTo("169.254.77.68");
    assertThat(server.getPort()).isEqualTo(7768);
  }

  @Test
  void hasASecretForEachPodThatIsTheSameAfterARestart() throws Exception {
    Map<String, String> before = wallets.variables(POD);
    assertThat(wallets.variables(OTHER).get("CODIUS_ILP_TOKEN"))
        .isNotEqualTo(before.get("CODIUS_ILP_TOKEN"))
        .hasSameSizeAs(before.get("CODIUS_ILP_TOKEN"));

    connector.close();
    open();

    assertThat(wallets.variables(POD)).isEqualTo(before);
  }

  @Test
  void fundsAPodThatRunsAndKeepsWhatItHadWhenItEnds() throws Exception {
    wallets.open(POD, InetAddress.getByName("10.1.2.3"));
    wallets.open(POD, InetAddress.getByName("10.1.2.3"));
    await(wallets.fund(POD, amount(70)));
    wallets.open(POD, InetAddress.getByName("10.1.2.4")); // started again
    await(wallets.fund(POD, amount(7)));

    wallets.close(POD);

    assertThat(await(books.balance("child:pod-" + POD.value()))).isEqualTo(BigInteger.valueOf(77));
    assertThatThrownBy(() -> await(wallets.fund(POD, amount(1))))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PaymentException.class)
        .hasMessageContaining("no such account is open");
  }

  @Test
  void givesPodsNothingWhereTheyMustNotPay() throws Exception {
    PodWallets off =
        new PodWallets(
            connector,
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            secret(),
            false);
    off.listen();
    off.open(POD, InetAddress.getByName("10.1.2.3"));

    assertThat(off.variables(POD)).isEmpty();
    assertThatThrownBy(() -> await(off.fund(POD, amount(1))))
        .hasMessageContaining("no such account is open");
  }

  private Amount amount(long units) {
    return Amount.of(units, connector.host().asset());
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
