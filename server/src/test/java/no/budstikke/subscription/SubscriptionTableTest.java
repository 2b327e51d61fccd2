package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.budstikke.event.CloudEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTableTest {

    private static final Sources SOURCES = new Sources(
            Sources.configured("http://localhost:8080"),
            List.of(Sources.configured("https://platform.tt02.altinn.no")));
    private static final String RESOURCE = "urn:altinn:resource:altinn-correspondence-test-resource-1";
    private static final String SOURCE = "http://localhost:8080/correspondence/api/v1/correspondence";
    private static final String SEED_SOURCE = "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence";
    private static final CloudEvent SEED_EVENT =
            event(SOURCE, RESOURCE, "/party/50015641", "/organisation/123456789", "no.altinn.correspondence.Published");

    private final SubscriptionTable table = new SubscriptionTable(SOURCES, KnownParties.SEED);

    @Test
    void the_seeds_three_filters_match_the_seeds_event() {
        table.put(subscription(1, SEED_SOURCE, RESOURCE, null, "/organisation/123456789", null));
        assertThat(ids(SEED_EVENT)).containsExactly(1);
    }

    @Test
    void the_brokers_address_matches_no_correspondence() {
        String broker = "https://platform.tt02.altinn.no/broker/api/v1/filetransfer";
        table.put(subscription(1, broker, RESOURCE, null, "/organisation/123456789", null));
        assertThat(ids(SEED_EVENT)).isEmpty();
        assertThat(ids(event(broker, RESOURCE, "/party/50015641", null, "no.altinn.broker.published")))
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/party/50015641",
                "/organisation/123456789",
                "/org/123456789",
                "0192:123456789",
                "urn:altinn:organization:identifier-no:123456789",
                "urn:altinn:party:id:50015641"
            })
    void either_filter_names_a_party_and_no_spelling(String party) {
        table.put(subscription(1, null, RESOURCE, party, null, null));
        table.put(subscription(2, null, RESOURCE, null, party, null));
        table.put(subscription(3, null, RESOURCE, party, party, null));
        assertThat(ids(SEED_EVENT)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(ids(event(
                        SOURCE,
                        RESOURCE,
                        "urn:altinn:organization:identifier-no:123456789",
                        null,
                        "no.altinn.correspondence.correspondencepublished")))
                .containsExactlyInAnyOrder(1, 2, 3);
        assertThat(ids(event(SOURCE, RESOURCE, "/party/50015641", null, "any"))).hasSize(3);
        assertThat(ids(event(SOURCE, RESOURCE, "/party/5001564", "/organisation/123456788", "any")))
                .isEmpty();
    }

    @Test
    void a_text_that_names_no_party_matches_just_that_text_on_its_side() {
        table.put(subscription(1, null, RESOURCE, "/autotest/k6", null, null));
        table.put(subscription(2, null, RESOURCE, null, "/autotest/k6", null));
        assertThat(ids(event(SOURCE, RESOURCE, "/autotest/k6", "/other", "t"))).containsExactly(1);
        assertThat(ids(event(SOURCE, RESOURCE, "/other", "/autotest/k6", "t"))).containsExactly(2);
        assertThat(ids(event(SOURCE, RESOURCE, "/autotest/K6", "/autotest/k6/", "t")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no.altinn.correspondence.Published",
                "no.altinn.correspondence.correspondencepublished",
                "no.altinn.correspondence.published",
                "my.type, no.altinn.correspondence.Published",
                "no.altinn.correspondence.Published,no.altinn.correspondence.correspondencepublished"
            })
    void a_correspondence_type_matches_in_any_notation_once(String filter) {
        table.put(subscription(1, null, RESOURCE, null, null, filter));
        assertThat(ids(SEED_EVENT)).containsExactly(1);
        assertThat(ids(event(SOURCE, RESOURCE, null, null, "no.altinn.correspondence.correspondencepublished")))
                .containsExactly(1);
        assertThat(ids(event(SOURCE, RESOURCE, null, null, "no.altinn.correspondence.Purged")))
                .isEmpty();
    }

    @Test
    void other_types_match_exactly() {
        table.put(subscription(1, null, RESOURCE, null, null, "my.Type"));
        assertThat(ids(event(SOURCE, RESOURCE, null, null, "my.Type"))).containsExactly(1);
        assertThat(ids(event(SOURCE, RESOURCE, null, null, "my.type"))).isEmpty();
        assertThat(ids(event(SOURCE, RESOURCE, null, null, "my.Type.x"))).isEmpty();
    }

    @Test
    void a_source_filter_covers_whole_segments() {
        table.put(subscription(1, "https://a.example/x/", RESOURCE, null, null, null));
        table.put(subscription(2, "https://a.example", RESOURCE, null, null, null));
        assertThat(ids(event("https://a.example/x", RESOURCE, null, null, "t"))).containsExactlyInAnyOrder(1, 2);
        assertThat(ids(event("HTTPS://A.example:443/x/y?q", RESOURCE, null, null, "t")))
                .containsExactlyInAnyOrder(1, 2);
        assertThat(ids(event("https://a.example/xy", RESOURCE, null, null, "t")))
                .containsExactly(2);
        assertThat(ids(event("https://a.example/X", RESOURCE, null, null, "t"))).containsExactly(2);
        assertThat(ids(event("https://a.example/x/../y", RESOURCE, null, null, "t")))
                .containsExactly(2);
        assertThat(ids(event("https://a.example.org/x", RESOURCE, null, null, "t")))
                .isEmpty();
        assertThat(ids(event("http://a.example/x", RESOURCE, null, null, "t"))).isEmpty();
        assertThat(ids(event("/x", RESOURCE, null, null, "t"))).isEmpty();
    }

    @Test
    void a_source_filter_on_an_app_covers_what_lies_beside_it_too() {
        String app = "urn:altinn:resource:app_ttd_apps-test";
        table.put(subscription(1, "https://ttd.apps.altinn.no/ttd/apps-test", app, null, null, null));
        assertThat(ids(event("https://ttd.apps.altinn.no/ttd/apps-test/instances/1/2", app, null, null, "t")))
                .containsExactly(1);
        assertThat(ids(event("https://ttd.apps.altinn.no/ttd/another", app, null, null, "t")))
                .as("only the resource says which app it is")
                .containsExactly(1);
        assertThat(ids(event("https://ttd.apps.altinn.no/TTD/apps-test", app, null, null, "t")))
                .isEmpty();
        assertThat(ids(event("https://ttd.apps.altinn.no/ttdx/apps-test", app, null, null, "t")))
                .isEmpty();
        assertThat(ids(event("https://platform.altinn.no/ttd/apps-test", app, null, null, "t")))
                .isEmpty();
    }

    @Test
    void a_resource_matches_in_any_case_but_only_as_a_whole() {
        table.put(subscription(1, null, "urn:altinn:resource:app_ttd_a", null, null, null));
        assertThat(ids(event(SOURCE, "urn:altinn:resource:app_TTD_a", null, null, "t")))
                .containsExactly(1);
        assertThat(ids(event(SOURCE, "urn:altinn:resource:app_ttd_a2", null, null, "t")))
                .isEmpty();
    }

    @Test
    void nothing_matches_before_it_is_validated_or_after_it_is_removed() {
        Subscription ready = subscription(1, null, RESOURCE, "/party/50015641", null, null);
        table.put(validated(ready, false));
        assertThat(ids(SEED_EVENT)).isEmpty();
        assertThat(table.find(1)).isPresent();
        table.put(ready);
        assertThat(ids(SEED_EVENT)).containsExactly(1);
        assertThat(table.remove(1)).isTrue();
        assertThat(ids(SEED_EVENT)).isEmpty();
        assertThat(table.find(1)).isEmpty();
        assertThat(table.remove(1)).isFalse();
    }

    @Test
    void a_search_during_a_change_finds_the_subscription_once() throws Exception {
        Subscription first = subscription(1, null, RESOURCE, "/party/50015641", null, null);
        Subscription neighbour = subscription(2, null, RESOURCE, "/party/50015641", null, null);
        table.put(first);
        try (var thread = Executors.newSingleThreadExecutor()) {
            Future<?> changes = thread.submit(() -> {
                for (int change = 1; change <= 20_000; change++) {
                    table.put(createdAt(first, change));
                    table.put(neighbour);
                    table.remove(2);
                }
            });
            while (!changes.isDone()) {
                assertThat(ids(SEED_EVENT)).containsOnlyOnce(1);
            }
            changes.get();
        }
        assertThat(ids(SEED_EVENT)).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void the_table_finds_what_comparing_with_every_subscription_finds(long seed) {
        var random = new SplittableRandom(seed);
        var world = new World(random);
        var all = new TreeMap<Integer, Subscription>();
        var filling = new SubscriptionTable.Filling(new SubscriptionTable(SOURCES, KnownParties.many(World.PARTIES)));
        for (int id = 1; id <= 300; id++) {
            Subscription subscription = world.subscription(id);
            all.put(id, subscription);
            filling.add(subscription);
        }
        SubscriptionTable filled = filling.full();
        int matches = 0;
        for (int step = 0; step < 3_000; step++) {
            int id = random.nextInt(1, 400);
            switch (random.nextInt(4)) {
                case 0 -> {
                    filled.remove(id);
                    all.remove(id);
                }
                case 1 -> {
                    Subscription subscription = world.subscription(id);
                    filled.put(subscription);
                    all.put(id, subscription);
                }
                default -> {
                    CloudEvent event = world.event();
                    List<Integer> expected = all.values().stream()
                            .filter(subscription -> world.naivelyMatches(subscription, event))
                            .map(Subscription::id)
                            .toList();
                    assertThat(filled.matching(event))
                            .as("seed %d, step %d: %s", seed, step, event)
                            .extracting(Subscription::id)
                            .containsExactlyInAnyOrderElementsOf(expected);
                    matches += expected.size();
                }
            }
        }
        assertThat(matches).as("seed %d: the world is not too sparse", seed).isGreaterThan(1_000);
    }

    private List<Integer> ids(CloudEvent event) {
        return table.matching(event).stream().map(Subscription::id).toList();
    }

    private static CloudEvent event(
            String source,
            String resource,
            @Nullable String subject,
            @Nullable String alternativeSubject,
            String type) {
        return new CloudEvent(
                "1",
                source,
                type,
                resource,
                Optional.empty(),
                Optional.ofNullable(subject),
                Optional.ofNullable(alternativeSubject),
                Optional.empty(),
                "{}");
    }

    private static Subscription subscription(
            int id,
            @Nullable String source,
            String resource,
            @Nullable String subject,
            @Nullable String alternativeSubject,
            @Nullable String type) {
        return new Subscription(
                id,
                Optional.of(new CanonicalUrl("https://hook.example/" + id)),
                new Subscription.Filters(
                        Optional.ofNullable(source).map(Sources::configured),
                        resource,
                        Optional.ofNullable(subject),
                        Optional.ofNullable(alternativeSubject),
                        Optional.ofNullable(type),
                        false),
                Terms.PLAIN,
                "/organisation/123456789",
                "/organisation/123456789",
                Instant.EPOCH,
                true,
                Standing.ACTIVE);
    }

    private static Subscription createdAt(Subscription subscription, long second) {
        return new Subscription(
                subscription.id(),
                subscription.endPointUrl(),
                subscription.filters(),
                subscription.terms(),
                subscription.consumer(),
                subscription.createdBy(),
                Instant.ofEpochSecond(second),
                subscription.validated(),
                subscription.standing());
    }

    private static Subscription validated(Subscription subscription, boolean validated) {
        return new Subscription(
                subscription.id(),
                subscription.endPointUrl(),
                subscription.filters(),
                subscription.terms(),
                subscription.consumer(),
                subscription.createdBy(),
                subscription.created(),
                validated,
                subscription.standing());
    }

    /// Few resources, parties, types and sources, so that much matches; and a matcher that knows the
    /// spellings because it made them.
    private static final class World {

        static final int PARTIES = 4;

        private static final List<String> RESOURCES = List.of("urn:altinn:resource:a", "urn:altinn:resource:b");
        private static final Map<String, String> TYPES = Map.of(
                "no.altinn.correspondence.Published", "published",
                "no.altinn.correspondence.correspondencepublished", "published",
                "no.altinn.correspondence.Purged", "purged",
                "no.altinn.correspondence.correspondencepurged", "purged",
                "my.type", "my.type",
                "My.type", "My.type");
        private static final List<String> SOURCE_TEXTS = List.of(
                "https://a.example/",
                "https://a.example/x",
                "https://a.example/x/",
                "https://a.example/x/y",
                "https://a.example/xy",
                "https://platform.tt02.altinn.no/x",
                "http://localhost:8080/x",
                "http://localhost:8080/x/y",
                "http://localhost:8080");

        private final SplittableRandom random;
        private final Map<String, Integer> partyBySpelling = new HashMap<>();
        private final List<String> types = TYPES.keySet().stream().sorted().toList();
        private final List<String> subjects;

        World(SplittableRandom random) {
            this.random = random;
            var texts = new ArrayList<>(List.of("/free/1", "/free/2", "/user/1"));
            for (int party = 1; party <= PARTIES; party++) {
                int number = 900_000_000 + party;
                for (String spelling : List.of(
                        "/party/" + party,
                        "urn:altinn:party:id:" + party,
                        "/organisation/" + number,
                        "/org/" + number,
                        "0192:" + number,
                        "urn:altinn:organization:identifier-no:" + number)) {
                    partyBySpelling.put(spelling, party);
                    texts.add(spelling);
                }
            }
            subjects = List.copyOf(texts);
        }

        Subscription subscription(int id) {
            return validated(
                    SubscriptionTableTest.subscription(
                            id,
                            maybe(SOURCE_TEXTS),
                            any(RESOURCES),
                            maybe(subjects),
                            maybe(subjects),
                            random.nextBoolean() ? null : any(types) + (random.nextBoolean() ? "" : "," + any(types))),
                    random.nextInt(5) > 0);
        }

        CloudEvent event() {
            return SubscriptionTableTest.event(
                    any(SOURCE_TEXTS),
                    any(RESOURCES),
                    random.nextInt(5) == 0 ? null : any(subjects),
                    maybe(subjects),
                    any(types));
        }

        private String any(List<String> texts) {
            return texts.get(random.nextInt(texts.size()));
        }

        private @Nullable String maybe(List<String> texts) {
            return random.nextInt(3) == 0 ? any(texts) : null;
        }

        boolean naivelyMatches(Subscription subscription, CloudEvent event) {
            Subscription.Filters filters = subscription.filters();
            return subscription.validated()
                    && filters.resource().equals(event.resource())
                    && filters.subject().stream().allMatch(text -> concerns(text, event, event.subject()))
                    && filters.alternativeSubject().stream()
                            .allMatch(text -> concerns(text, event, event.alternativeSubject()))
                    && filters.type().stream()
                            .allMatch(list -> Arrays.stream(list.split(",", -1))
                                    .anyMatch(type -> Objects.equals(TYPES.get(type), TYPES.get(event.type()))))
                    && filters.source().stream()
                            .allMatch(source -> isBelow(URI.create(event.source()), URI.create(source.text())));
        }

        private boolean concerns(String filter, CloudEvent event, Optional<String> sameSide) {
            Integer party = partyBySpelling.get(filter);
            return party == null
                    ? sameSide.equals(Optional.of(filter))
                    : party.equals(event.subject().map(partyBySpelling::get).orElse(null))
                            || party.equals(event.alternativeSubject()
                                    .map(partyBySpelling::get)
                                    .orElse(null));
        }

        private static boolean isBelow(URI source, URI filter) {
            List<String> there = segments(source);
            List<String> wanted = segments(filter);
            return there.size() >= wanted.size()
                    && there.subList(0, wanted.size()).equals(wanted);
        }

        private static List<String> segments(URI address) {
            String host = address.getAuthority().equals("platform.tt02.altinn.no")
                    ? "localhost:8080"
                    : address.getAuthority();
            var segments = new ArrayList<>(List.of(host));
            Arrays.stream(address.getPath().split("/", -1))
                    .filter(segment -> !segment.isEmpty())
                    .forEach(segments::add);
            return segments;
        }
    }
}
