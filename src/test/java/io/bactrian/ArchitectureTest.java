package io.bactrian;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.function.Predicate;

/** The walls between the rooms. {@code allowEmptyShould} stands only where a room isn't built yet, and goes when it is. */
@AnalyzeClasses(packages = "io.bactrian", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.bactrian";

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching("io.bactrian.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule changeKnowsOnlyTheJdkAndJackson = classes()
            .that()
            .resideInAPackage("io.bactrian.change..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.bactrian.change..", "java..", "com.fasterxml.jackson..", "org.jspecify..");

    @ArchTest
    static final ArchRule onlyDialectsSeesAProduct = noClasses()
            .that()
            .resideOutsideOfPackage("io.bactrian.database.*..")
            .and(are("outside Dialects", type -> !isOneOf(type, "io.bactrian.database", Set.of("Dialects"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.bactrian.database.*..");

    @ArchTest
    static final ArchRule productsNeverSeeEachOther = slices().matching("io.bactrian.database.(*)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule camelStaysInItsRooms = noClasses()
            .that()
            .resideOutsideOfPackages("io.bactrian.camel..", "io.bactrian.broker..")
            .and(are(
                    "outside the start",
                    type -> !isOneOf(type, ROOT, Set.of("Main", "Platform", "PlatformComponents"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule servletAndJettyStayInHttp = noClasses()
            .that()
            .resideOutsideOfPackages("io.bactrian.http..", "io.bactrian.camel.jetty..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.servlet..", "org.eclipse.jetty..");

    @ArchTest
    static final ArchRule kafkaStaysInItsComponent = noClasses()
            .that()
            .resideOutsideOfPackage("io.bactrian.camel.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule hookAndLinkDontReachIntoCapture = noClasses()
            .that()
            .resideInAnyPackage("io.bactrian.hook..", "io.bactrian.link..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.bactrian.capture..");

    @ArchTest
    static final ArchRule httpSeesOnlyTheStatusOfCapture = noClasses()
            .that()
            .resideInAPackage("io.bactrian.http..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.bactrian.capture..")
                    .and(are(
                            "more than its status",
                            type -> !isOneOf(type, "io.bactrian.capture", Set.of("CaptureStatus")))));

    @ArchTest
    static final ArchRule configIsReadByTheRootAndTheCommands = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, "io.bactrian.cli..", "io.bactrian.config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.bactrian.config..");

    @ArchTest
    static final ArchRule namesSayTheRole = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)(\\$.*)?")
            .orShould()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl..");

    @ArchTest
    static final ArchRule onlyCommandsPrint =
            noClasses().that().resideOutsideOfPackage("io.bactrian.cli..").should(ACCESS_STANDARD_STREAMS);

    /** True of the named top-level classes and of everything nested in them. */
    private static boolean isOneOf(JavaClass type, String inPackage, Set<String> names) {
        String outermost = type.getName().replaceFirst("\\$.*", "");
        return names.stream().anyMatch(name -> outermost.equals(inPackage + "." + name));
    }

    private static DescribedPredicate<JavaClass> are(String description, Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}
