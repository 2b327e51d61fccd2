package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.event.CloudEvent;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec: events §5.3, Q23.
class SubunitsTest {

    private static final Sources SOURCES = new Sources(Sources.configured("http://localhost:8080"), List.of());
    private static final String RESOURCE = "urn:altinn:resource:r";
    private static final String MAIN = "/party/50000002";
    private static final String SUBUNIT = "/party/50000005";
    private static final String SUBUNIT_URN = "urn:altinn:organization:identifier-no:310000043";

    private final SubscriptionTable table = new SubscriptionTable(SOURCES, KnownParties.SEED);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/party/50000002",
                "/organisation/310000018",
                "urn:altinn:organization:identifier-no:310000018",
                "urn:altinn:party:id:50000002"
            })
    void whoever_asks_for_subunits_gets_their_events_and_nobody_else(String main) {
        table.put(subscription(1, main, null, null, true));
        table.put(subscription(2, main, null, null, false));
        table.put(subscription(3, SUBUNIT, null, null, true));
        assertThat(ids(event(SUBUNIT_URN, null, "t"))).containsExactlyInAnyOrder(1, 3);
        assertThat(ids(event(SUBUNIT, "/organisation/310000043", "t"))).containsExactlyInAnyOrder(1, 3);
        assertThat(ids(event(MAIN, "/organisation/310000018", "t")))
                .as("the main unit's own")
                .containsExactlyInAnyOrder(1, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "urn:altinn:organization:identifier-no:310000043, , true",
        "/party/50000005, /org/310000043, true",
        "/party/50000005, /organisation/310000043, true",
        "/party/50000005, /organization/310000043, true",
        "/party/50000005/, /organization/310000043, true",
        "/party/50000005, , false",
        "/party/50000005, /person/01819010001, false",
        "/party/50000005, urn:altinn:organization:identifier-no:310000043, false",
        "/organisation/310000043, , false",
        "/party/50010001, /person/01819010001, false",
        "urn:altinn:person:identifier-no:01819010001, , false",
        "/party/4711, /organisation/310000044, false",
        "/free/text, /organisation/310000043, false"
    })
    void the_main_unit_is_looked_up_for_what_says_that_it_is_an_organisation(
            String subject, @Nullable String alternativeSubject, boolean looked) {
        table.put(subscription(1, MAIN, null, null, true));
        assertThat(ids(event(subject, alternativeSubject, "t"))).hasSize(looked ? 1 : 0);
    }

    @Test
    void the_other_filters_hold_for_subunits_too() {
        table.put(subscription(1, MAIN, null, "wanted", true));
        table.put(subscription(2, MAIN, "/organisation/310000018", null, true));
        table.put(subscription(3, MAIN, "/organisation/123456789", null, true));
        assertThat(ids(event(SUBUNIT_URN, null, "other"))).containsExactly(2);
        assertThat(ids(event(SUBUNIT_URN, null, "wanted"))).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void a_unit_that_is_its_own_main_unit_matches_once() {
        table.put(subscription(1, "/party/" + KnownParties.OWN_MAIN_UNIT, null, null, true));
        assertThat(ids(event("urn:altinn:organization:identifier-no:310000099", null, "t")))
                .containsExactly(1);
        assertThat(ids(event("/party/50000009", "/organisation/310000099", "t")))
                .containsExactly(1);
    }

    @Test
    void a_party_that_is_registered_later_is_known_by_both_its_names_then() {
        var numbers = new HashMap<Integer, PartyIdentifier>();
        var parties = new Parties() {
            @Override
            public Optional<Party> find(PartyIdentifier identifier) {
                return now().find(identifier);
            }

            @Override
            public Optional<Party> find(int partyId) {
                return now().find(partyId);
            }

            @Override
            public Optional<Party> mainUnit(Party subunit) {
                return now().mainUnit(subunit);
            }

            private KnownParties now() {
                return new KnownParties(Map.copyOf(numbers), Map.of());
            }
        };
        var following = new SubscriptionTable(SOURCES, parties);
        following.put(subscription(1, "/organisation/310000018", null, null, false));
        assertThat(following.matching(event(MAIN, null, "t"))).isEmpty();

        numbers.put(50000002, new OrganizationNumber("310000018"));
        following.readAnew();

        assertThat(following.matching(event(MAIN, null, "t"))).hasSize(1);
        assertThat(following.matching(event("/organisation/310000018", null, "t")))
                .hasSize(1);
        assertThat(following.remove(1)).isTrue();
        assertThat(following.matching(event(MAIN, null, "t"))).isEmpty();
    }

    private List<Integer> ids(CloudEvent event) {
        return table.matching(event).stream().map(Subscription::id).toList();
    }

    private static CloudEvent event(String subject, @Nullable String alternativeSubject, String type) {
        return new CloudEvent(
                "1",
                "https://a.example/x",
                type,
                RESOURCE,
                Optional.empty(),
                Optional.of(subject),
                Optional.ofNullable(alternativeSubject),
                Optional.empty(),
                "{}");
    }

    private static Subscription subscription(
            int id, String subject, @Nullable String alternativeSubject, @Nullable String type, boolean subunits) {
        return new Subscription(
                id,
                Optional.of(new CanonicalUrl("https://hook.example/" + id)),
                new Subscription.Filters(
                        Optional.empty(),
                        RESOURCE,
                        Optional.of(subject),
                        Optional.ofNullable(alternativeSubject),
                        Optional.ofNullable(type),
                        subunits),
                Terms.PLAIN,
                "/organisation/310000018",
                "/organisation/310000018",
                Instant.EPOCH,
                true,
                Standing.ACTIVE);
    }
}
