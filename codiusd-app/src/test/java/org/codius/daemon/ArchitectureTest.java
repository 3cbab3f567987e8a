package org.codius.daemon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** The rules of docs/architecture.md, checked. */
@AnalyzeClasses(packages = "org.codius", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** The doors of the libraries' sub-packages. Growing this list is a decision, not an accident. */
  private static final Set<String> PUBLIC_ENTRY_TYPES =
      Set.of(
          "org.codius.manifest.generate.ManifestGenerator",
          "org.codius.manifest.registry.ImageResolver",
          "org.codius.manifest.registry.RegistryConfig",
          "org.codius.manifest.registry.RegistryCredentials",
          "org.codius.manifest.registry.RegistryException",
          "org.codius.payments.btp.BtpDoor",
          "org.codius.payments.btp.BtpLink",
          "org.codius.payments.btp.BtpServer",
          "org.codius.payments.btp.BtpServerConfig",
          "org.codius.payments.btp.BtpUplink",
          "org.codius.payments.btp.BtpUplinkConfig",
          "org.codius.payments.btp.FailedLogins",
          "org.codius.payments.connector.ChildAccount",
          "org.codius.payments.connector.Connector",
          "org.codius.payments.connector.ConnectorConfig",
          "org.codius.payments.connector.Listener",
          "org.codius.payments.http.HttpUplink",
          "org.codius.payments.http.HttpUplinkConfig",
          "org.codius.payments.ilp.Answerer",
          "org.codius.payments.ilp.Ildcp",
          "org.codius.payments.ilp.IlpCodec",
          "org.codius.payments.ilp.Oer",
          "org.codius.payments.ilp.OerException",
          "org.codius.payments.ilp.Rejects",
          "org.codius.payments.ledger.SqlLedger",
          "org.codius.payments.loopback.LoopbackUplink",
          "org.codius.payments.spsp.PaymentPointer",
          "org.codius.payments.spsp.SpspClient",
          "org.codius.payments.spsp.SpspEndpoint",
          "org.codius.payments.stream.StreamReceiver",
          "org.codius.payments.stream.StreamSender",
          "org.codius.payments.stream.StreamSenderConfig",
          "org.codius.payments.testing.NetworkFaults",
          "org.codius.payments.testing.SimulatedNetwork",
          "org.codius.payments.testing.SimulatedUplink",
          "org.codius.payments.testing.VirtualProcess",
          "org.codius.payments.testing.VirtualTime",
          "org.codius.proxy.tls.Certificate",
          "org.codius.proxy.tls.CertificateFiles",
          "org.codius.proxy.tls.Certificates",
          "org.codius.hyper.auto.AutoConfig",
          "org.codius.hyper.auto.AutoRuntime",
          "org.codius.hyper.auto.Finding",
          "org.codius.hyper.cri.CriConfig",
          "org.codius.hyper.cri.CriDriver",
          "org.codius.hyper.cri.CriProbe",
          "org.codius.hyper.cri.EmbeddedContainerd",
          "org.codius.hyper.cri.EmbeddedContainerdConfig",
          "org.codius.hyper.cri.PauseImage",
          "org.codius.hyper.cri.RuntimeHandler",
          "org.codius.hyper.host.HostProgram",
          "org.codius.hyper.hyperd.HyperdConfig",
          "org.codius.hyper.hyperd.HyperdDriver",
          "org.codius.hyper.hyperd.HyperdProbe",
          "org.codius.hyper.image.CheckedImage",
          "org.codius.hyper.image.ImageName",
          "org.codius.hyper.image.ImagePolicy",
          "org.codius.hyper.image.ImageRegistries",
          "org.codius.hyper.image.RegistryProxy",
          "org.codius.hyper.network.PodFirewall",
          "org.codius.hyper.network.PublicAddresses",
          "org.codius.hyper.network.Subnet",
          "org.codius.hyper.testing.FakePodDriver",
          "org.codius.hyper.testing.HyperdSimulator",
          "org.codius.hyper.testing.SimulatedImage");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.codius.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule manifestSeesNoOtherModule =
      standsAlone("org.codius.manifest..", "payments", "hyper", "proxy");

  @ArchTest
  static final ArchRule paymentsSeesNoOtherModule =
      standsAlone("org.codius.payments..", "manifest", "hyper", "proxy");

  @ArchTest
  static final ArchRule hyperSeesNoOtherModule =
      standsAlone("org.codius.hyper..", "manifest", "payments", "proxy");

  @ArchTest
  static final ArchRule proxySeesNoOtherModule =
      standsAlone("org.codius.proxy..", "manifest", "payments", "hyper");

  private static ArchRule standsAlone(String packages, String... others) {
    String[] unseen = new String[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      unseen[i] = "org.codius." + others[i] + "..";
    }
    unseen[others.length] = "org.codius.daemon..";
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(unseen);
  }

  @ArchTest
  static final ArchRule manifestKnowsNoNetwork =
      noClasses()
          .that()
          .resideInAPackage("org.codius.manifest..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..", "org.interledger..");

  @ArchTest
  static final ArchRule implementationsAreHidden =
      classes()
          .that(areInASubPackageOfALibrary())
          .and()
          .areTopLevelClasses()
          .and(are(not(namedInTheList())))
          .should()
          .bePackagePrivate();

  private static DescribedPredicate<JavaClass> areInASubPackageOfALibrary() {
    // What protoc generates is public, all of it, and none of it is for others.
    return resideInAnyPackage(
            "org.codius.manifest.*..",
            "org.codius.payments.*..",
            "org.codius.hyper.*..",
            "org.codius.proxy.*..")
        .and(not(resideInAPackage("org.codius.hyper.cri.v1")));
  }

  private static DescribedPredicate<JavaClass> namedInTheList() {
    return DescribedPredicate.describe(
        "a public entry type", type -> PUBLIC_ENTRY_TYPES.contains(type.getName()));
  }

  @ArchTest
  static final ArchRule fakesStayInTests =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.codius..testing..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.codius..testing..");
}
