package org.codius.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** The rules of docs/architecture.md, checked. */
@AnalyzeClasses(packages = "org.codius", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** The doors of the libraries' sub-packages. Growing this list is a decision, not an accident. */
  private static final Set<String> PUBLIC_ENTRY_TYPES = Set.of();

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
  static final ArchRule fakesStayInTests =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.codius..testing..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.codius..testing..");
}
