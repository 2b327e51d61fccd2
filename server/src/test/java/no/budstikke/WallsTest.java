package no.budstikke;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The walls of the house: which room may know which, and what may be known where.
class WallsTest {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("no.budstikke");

    /// The way in which dependencies point: a room may know those before it in this list, and no other.
    private static final List<String> ROOMS = List.of(
            "time",
            "observe",
            "http",
            "database",
            "config",
            "party",
            "identity",
            "resource",
            "access",
            "schedule",
            "event",
            "subscription",
            "credential",
            "delivery",
            "pull",
            "owner",
            "correspondence",
            "development",
            "cli");

    /// The named classes, besides `…Store`, that write SQL.
    private static final Set<String> SQL_CLASSES =
            Set.of("EventLog", "EventFeed", "DayPartitions", "Backlog", "BatchStatement", "Timers");

    private static final Pattern USE_CASE = Pattern.compile(
            "(Initialize|Show|Read|Change|Search|Mark|MarkAs|Confirm|Purge|Publish|Check|Create|List|Delete|Query|Push|Validate|Disable)"
                    + "[A-Z].*");

    /// Rules and the values they speak of: the domain without clock, network, disk.
    private static final Set<String> RULES = Set.of(
            "no.budstikke.correspondence.LifeCycle",
            "no.budstikke.correspondence.StatusHistory",
            "no.budstikke.delivery.RetrySchedule",
            "no.budstikke.delivery.Consequence",
            "no.budstikke.delivery.Outcome",
            "no.budstikke.delivery.Circuit",
            "no.budstikke.delivery.ConcurrencyLimit",
            "no.budstikke.delivery.OrderGate",
            "no.budstikke.delivery.RetryAfter",
            "no.budstikke.event.CorrespondenceEventType",
            "no.budstikke.party.OrganizationNumber",
            "no.budstikke.party.NationalIdentityNumber");

    @Test
    void rooms_form_no_circle() {
        slices().matching("no.budstikke.(*)..").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void dependencies_point_one_way() {
        for (int i = 0; i < ROOMS.size(); i++) {
            String[] later = ROOMS.subList(i + 1, ROOMS.size()).stream()
                    .map(room -> "no.budstikke." + room + "..")
                    .toArray(String[]::new);
            if (later.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage("no.budstikke." + ROOMS.get(i) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(later)
                        .check(HOUSE);
            }
        }
    }

    @Test
    void every_room_has_its_place() {
        Set<String> rooms = HOUSE.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("no.budstikke."))
                .map(name -> name.substring("no.budstikke.".length()).replaceAll("\\..*", ""))
                .collect(Collectors.toSet());
        assertThat(ROOMS).containsAll(rooms);
    }

    @Test
    void correspondences_are_unknown_to_deliveries_and_the_other_way_round() {
        noClasses()
                .that()
                .resideInAPackage("no.budstikke.correspondence..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("no.budstikke.delivery..", "no.budstikke.subscription..")
                .check(HOUSE);
    }

    @Test
    void the_web_framework_is_known_only_at_the_door() {
        noClasses()
                .that(not(resideInAnyPackage("no.budstikke.http..").or(simpleNameEndingWith("Api"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..")
                .check(HOUSE);
    }

    @Test
    void sql_is_written_only_in_stores() {
        DescribedPredicate<JavaClass> writers = resideInAnyPackage("no.budstikke.database..")
                .or(insideAnyOf(SQL_CLASSES))
                .or(insideNamed("Store"));
        noClasses()
                .that(not(writers))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "java.sql..", "org.postgresql..")
                .check(HOUSE);
    }

    @Test
    void rules_know_only_the_language_and_their_room() {
        for (String rule : RULES) {
            JavaClass ruleClass = HOUSE.get(rule);
            classes()
                    .that(belongToAnyOf(ruleClass.reflect()))
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java.lang..", "java.util..", "java.time..", "org.jspecify..", ruleClass.getPackageName())
                    .check(HOUSE);
        }
    }

    @Test
    void only_the_root_and_the_rooms_wire() {
        noClasses()
                .that(not(simpleName("Budstikke").or(simpleNameEndingWith("Room"))))
                .should()
                .callConstructorWhere(
                        new DescribedPredicate<JavaConstructorCall>("makes a store, an API or a use case") {
                            @Override
                            public boolean test(JavaConstructorCall call) {
                                String name = call.getTargetOwner().getSimpleName();
                                return call.getTargetOwner().getPackageName().startsWith("no.budstikke")
                                        && !call.getOriginOwner().equals(call.getTargetOwner())
                                        && (name.endsWith("Store")
                                                || name.endsWith("Api")
                                                || isUseCase(call.getTargetOwner()));
                            }
                        })
                .check(HOUSE);
    }

    /// A class of its own, not a value, that is called verb + noun.
    private static boolean isUseCase(JavaClass tested) {
        return tested.getEnclosingClass().isEmpty()
                && !tested.isRecord()
                && USE_CASE.matcher(tested.getSimpleName()).matches();
    }

    @Test
    void time_and_ids_have_one_source() {
        DescribedPredicate<JavaClass> others = not(resideInAnyPackage("no.budstikke.time.."));
        for (Map.Entry<Class<?>, String> source : Map.of(
                        Instant.class, "now", System.class, "currentTimeMillis", UUID.class, "randomUUID")
                .entrySet()) {
            noClasses()
                    .that(others)
                    .should()
                    .callMethod(source.getKey(), source.getValue())
                    .check(HOUSE);
        }
    }

    @Test
    void every_room_is_null_marked() throws IOException {
        Path sources = Path.of("src/main/java/no/budstikke");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> unmarked = files.filter(Files::isDirectory)
                    .filter(WallsTest::hasJava)
                    .filter(room -> !marked(room.resolve("package-info.java")))
                    .toList();
            assertThat(unmarked).isEmpty();
        }
    }

    private static boolean hasJava(Path room) {
        try (Stream<Path> files = Files.list(room)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean marked(Path sign) {
        try {
            return Files.exists(sign) && Files.readString(sign).contains("@NullMarked");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The classes of these names and what is declared inside them.
    private static DescribedPredicate<JavaClass> insideAnyOf(Set<String> names) {
        return new DescribedPredicate<>("inside one of " + names) {
            @Override
            public boolean test(JavaClass tested) {
                return names.contains(outermost(tested).getSimpleName());
            }
        };
    }

    private static DescribedPredicate<JavaClass> insideNamed(String ending) {
        return new DescribedPredicate<>("inside a …" + ending) {
            @Override
            public boolean test(JavaClass tested) {
                return outermost(tested).getSimpleName().endsWith(ending);
            }
        };
    }

    private static JavaClass outermost(JavaClass nested) {
        JavaClass outer = nested;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }
}
