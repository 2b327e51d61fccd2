package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.AppEvent;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `GET /app/{org}/{app}` and `GET /app/party`. Numbers in comments are those of the contract's
/// acceptance list, events §16.
///
/// Spec: events §2.5–§2.7, §5.6, §7.5; docs/decisions/0006-app-events.md.
@ExtendWith(BudstikkeExtension.class)
class QueryAppEventsTest {

    private static final String APP = EVENTS + "/app/ttd/" + Parties.APP;
    private static final String PARTY = EVENTS + "/app/party";
    private static final String PERSON = "14848522180";
    private static final int PERSONS_PARTY = 50010002;

    private final Api anonymous;
    private final Api owner;
    private final Api recipient;
    private final Api app;
    private final Api publisher;
    private final Tokens tokens;

    /// A type that no other test uses: with it a query sees this test's events only.
    private final String type = CloudEvents.randomType();

    QueryAppEventsTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.tokens = tokens;
        this.owner = api.as(tokens.serviceOwner("altinn:serviceowner"));
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number(), "altinn:any"));
        this.app = owner.asPlatform(tokens.platform("ttd", Parties.APP));
        this.publisher = api.as(tokens.publisher());
    }

    // --- what is found ---

    @Test
    void the_owner_finds_the_events_of_its_app_and_a_party_its_own() {
        String ours = publish(event());
        String others = publish(AppEvent.of(Parties.APP, Parties.FIRST_OTHER).type(type));

        Response response = awaitPage(owner, APP + "?after=0&type=" + type, 2);

        assertThat(ids(response)).containsExactly(ours, others);
        assertThat(response.header("Content-Type")).hasValue("application/cloudevents+json; charset=utf-8");
        assertThat(ids(recipient
                        .get(PARTY + "?after=0&type=" + type + "&party=" + Parties.RECIPIENT.partyId())
                        .expect(200)))
                .containsExactly(ours);
    }

    @Test
    void only_the_named_app_is_searched_by_its_owner_and_every_app_by_a_party() {
        String first = publish(event());
        Api otherApp = owner.asPlatform(tokens.platform("ttd", Parties.SECOND_APP));
        String second = otherApp.post(
                        EVENTS + "/app",
                        AppEvent.of(Parties.SECOND_APP, Parties.RECIPIENT).type(type))
                .expect(201)
                .text();

        assertThat(ids(awaitPage(recipient, ofRecipient(""), 2))).containsExactly(first, second);
        assertThat(ids(owner.get(APP + "?after=0&type=" + type).expect(200))).containsExactly(first);
    }

    @Test
    void a_party_may_be_named_by_its_organisation_or_person_number() {
        String ofOrganization = publish(event());
        String ofPerson = publish(new Published("/party/" + PERSONS_PARTY, PERSONS_PARTY).event(type));
        awaitPage(owner, APP + "?after=0&type=" + type, 2);
        Api person = anonymous.as(tokens.person(PERSON));

        assertThat(ids(recipient
                        .get(PARTY + "?after=0&type=" + type + "&unit=" + Parties.RECIPIENT.number())
                        .expect(200)))
                .containsExactly(ofOrganization);
        assertThat(ids(person.header("person", PERSON)
                        .get(PARTY + "?after=0&type=" + type)
                        .expect(200)))
                .containsExactly(ofPerson);
        assertThat(ids(owner.header("person", PERSON)
                        .get(APP + "?after=0&type=" + type)
                        .expect(200)))
                .containsExactly(ofPerson);
        assertThat(ids(owner.get(APP + "?after=0&type=" + type + "&party=" + Parties.RECIPIENT.partyId())
                        .expect(200)))
                .containsExactly(ofOrganization);
    }

    @Test
    void a_party_that_the_register_does_not_know_is_not_found() {
        Response unit = recipient.get(PARTY + "?after=0&unit=999999999");
        Response person = recipient.header("person", "01010112345").get(PARTY + "?after=0");

        assertThat(unit.status()).isEqualTo(404);
        assertThat(unit.json().path("title").asText()).isEqualTo("Not Found");
        assertThat(person.status()).isEqualTo(404);
        assertThat(owner.get(APP + "?after=0&unit=999999999").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "from=2024-04-19T07:22:19Z,                            bcd",
        "from=2024-04-19T07:22:20Z,                            cd",
        "from=2024-04-19T09:22:19.5%2B02:00,                   cd",
        "to=2024-04-19T07:22:19Z&from=2000-01-01Z,             ab",
        "from=2024-04-19T07:22Z&to=2024-04-20Z,                bc",
        "from=2024-04-20Z,                                     d",
        "from=2024-04-19T12:00-14:00,                          ''",
        "from=2024-04-19T07:22:19Z&to=2024-04-19T07:22:18Z,    ''",
        "after=0,                                              abcde"
    })
    void bounds_are_instants_of_the_events_own_time_and_inclusive(String bounds, String found) {
        // Written with different offsets: as texts they would stand in another order.
        timed("a", "2024-04-19T09:00:00+02:00");
        timed("b", "2024-04-19T05:22:19-02:00");
        timed("c", "2024-04-19T10:22:20.1234567+03:00");
        timed("d", "2024-04-20T01:00:00Z");
        publisher.publish(generic("e")).expect(200);
        awaitPage(owner, APP + "?after=0&type=" + type, 5);

        List<String> ids = ids(owner.get(APP + "?type=" + type + "&" + bounds).expect(200));

        assertThat(String.join("", ids.stream().map(id -> id.substring(0, 1)).toList()))
                .isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({
        "%.CREATED,           1",
        "%.create_,           1",
        "%.created;%.MOVED.%, 2",
        "%,                   2",
        "%.%.x,               0"
    })
    void types_are_patterns_without_regard_to_case(String patterns, int found) {
        publish(event().type(type + ".created"));
        publish(event().type(type + ".moved.Task_1"));
        awaitPage(owner, APP + "?after=0&type=" + type + ".%25", 2);

        var parameters = new StringBuilder();
        for (String pattern : patterns.split(";", -1)) {
            parameters
                    .append("&type=")
                    .append(pattern.replaceFirst("%", type.toUpperCase(Locale.ROOT) + "%")
                            .replace("%", "%25"));
        }
        assertThat(ids(owner.get(APP + "?after=0" + parameters).expect(200))).hasSize(found);
    }

    /// 25
    @Test
    void sources_are_patterns_for_a_party_and_not_looked_at_for_an_owner() {
        String id = publish(event());
        awaitPage(owner, APP + "?after=0&type=" + type, 1);

        assertThat(ids(recipient
                        .get(ofRecipient("&source=https://TTD.apps.altinn.no/ttd/%25"))
                        .expect(200)))
                .containsExactly(id);
        assertThat(ids(recipient
                        .get(ofRecipient("&source=https://skd.%25&source=%25/ttd/apps-test/%25"))
                        .expect(200)))
                .containsExactly(id);
        assertThat(ids(recipient
                        .get(ofRecipient("&source=https://skd.apps.altinn.no/%25"))
                        .expect(200)))
                .isEmpty();
        assertThat(ids(owner.get(APP + "?after=0&type=" + type + "&source=https://skd.%25")
                        .expect(200)))
                .containsExactly(id);
    }

    @Test
    void an_event_whose_source_is_no_instances_address_is_left_out() {
        publisher
                .publish(generic("elsewhere").source("https://platform.altinn.no/dialogporten/1"))
                .expect(200);
        publisher
                .publish(generic("deeper").source(AppEvent.source(Parties.APP, 1) + "/process"))
                .expect(200);
        String id = publish(event());

        assertThat(ids(awaitPage(owner, APP + "?after=0&type=" + type, 1))).containsExactly(id);
        assertThat(ids(awaitPage(
                        anonymous.as(tokens.serviceOwner()),
                        EVENTS + "/events?after=0&resource=urn:altinn:resource:app_ttd_" + Parties.APP + "&type="
                                + type,
                        3)))
                .as("the other query has them all")
                .hasSize(3);
    }

    // --- pages ---

    @Test
    void paging_gives_every_event_once_in_the_order_of_storing() {
        var published = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            published.add(publish(event()));
        }
        awaitPage(owner, APP + "?after=0&type=" + type, 5);

        assertThat(pages(owner, APP + "?from=2000-01-01Z&size=2&type=" + type)).containsExactlyElementsOf(published);
        assertThat(pages(recipient, ofRecipient("&size=2"))).containsExactlyElementsOf(published);
    }

    /// 24
    @Test
    void next_keeps_unknown_parameters_in_order_and_drops_after() {
        String id = publish(event());
        awaitPage(owner, APP + "?after=0&type=" + type, 1);

        Response response = owner.get(APP + "/?from=2020-01-01Z&org=ttd&app=apps-test&after=0&party="
                        + Parties.RECIPIENT.partyId() + "&type=" + type)
                .expect(200);

        assertThat(response.header("next"))
                .hasValueSatisfying(next -> assertThat(next)
                        .startsWith("http")
                        .endsWith("/events/api/v1/app/ttd/" + Parties.APP + "/?after=" + id
                                + "&from=2020-01-01Z&org=ttd&app=apps-test&party=" + Parties.RECIPIENT.partyId()
                                + "&type=" + type));
    }

    /// Q5
    @Test
    void a_page_of_which_nothing_may_be_seen_still_leads_on() {
        String hidden = publish(event());
        awaitPage(owner, APP + "?after=0&type=" + type, 1);
        Api stranger = anonymous.as(tokens.enterprise("skd", Parties.THIRD_OTHER.number(), "altinn:serviceowner"));

        Response response = stranger.get(APP + "?after=0&type=" + type).expect(200);

        assertThat(response.body()).isEqualTo("[]");
        assertThat(response.header("next"))
                .hasValueSatisfying(next -> assertThat(next).contains("?after=" + hidden + "&"));
    }

    @Test
    void fifty_events_unless_told_otherwise_and_as_many_as_are_asked_for() {
        for (int i = 0; i < 51; i++) {
            publisher.publish(generic("n" + i)).expect(200);
        }

        assertThat(ids(awaitPage(owner, APP + "?after=0&size=1500&type=" + type, 51)))
                .hasSize(51);
        assertThat(ids(owner.get(APP + "?after=0&type=" + type).expect(200))).hasSize(50);
        assertThat(ids(owner.get(APP + "?after=0&size=&type=" + type).expect(200)))
                .hasSize(50);
    }

    // --- who may ---

    /// 26
    @ParameterizedTest
    @ValueSource(strings = {APP, PARTY, APP + "?size=x&from=x", PARTY + "?size=-1"})
    void a_token_is_asked_for_before_anything_else(String path) {
        Response response = anonymous.get(path);

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void only_a_service_owner_asks_for_an_app() {
        Response response = recipient.get(APP);

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.text()).isEqualTo("Only orgs can call this api");
        assertThat(recipient.get(APP + "?from=yesterday").status())
                .as("what can't be read is told first")
                .isEqualTo(400);
    }

    @Test
    void somebody_elses_events_are_not_seen() {
        publish(event());
        awaitPage(owner, APP + "?after=0&type=" + type, 1);
        Api stranger = anonymous.as(tokens.organization(Parties.FIRST_OTHER.number(), "altinn:any"));

        assertThat(stranger.get(ofRecipient("")).expect(200).body()).isEqualTo("[]");
    }

    /// The policy's obligation: level 2. Spec: events §5.6.
    @Test
    void whoever_logged_in_too_weakly_sees_nothing() {
        String id = publish(new Published("/party/" + PERSONS_PARTY, PERSONS_PARTY).event(type));
        String query = PARTY + "?after=0&type=" + type + "&party=" + PERSONS_PARTY;
        awaitPage(owner, APP + "?after=0&type=" + type, 1);
        Api weak = anonymous.as(tokens.fresh("GetPersonalToken", "pid=" + PERSON + "&authLvl=1"));
        Api strong = anonymous.as(tokens.fresh("GetPersonalToken", "pid=" + PERSON + "&authLvl=2"));

        assertThat(ids(weak.get(query).expect(200))).isEmpty();
        assertThat(ids(strong.get(query).expect(200))).containsExactly(id);
    }

    // --- errors, in the contract's order ---

    /// 22
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "size=0&to=2020-01-01                | The 'From' or 'After' parameter must be defined.",
                "after=&to=2020-01-01                | The 'From' or 'After' parameter must be defined.",
                "from=2020-01-01&to=2020-01-01       | The 'From' parameter must specify timezone. E.g. 2022-07-07T11:00:53.3917Z for UTC",
                "from=2020-01-01T12:30&size=0        | The 'From' parameter must specify timezone. E.g. 2022-07-07T11:00:53.3917Z for UTC",
                "after=0&to=2020-01-01&size=0        | The 'To' parameter must specify timezone. E.g. 2022-07-07T11:00:53.3917Z for UTC",
                "after=0&size=0&party=1&unit=1       | The 'Size' parameter must be a number larger that 0.",
                "from=2020-01-01Z&size=-5            | The 'Size' parameter must be a number larger that 0.",
                "after=0&party=1&unit=123456789      | Only one of 'Party' or 'Unit' can be defined.",
                "after=0&unit=12345                  | Value of 'Unit' needs to be exactly 9 digits.",
                "after=0&unit=12345678a              | Value of 'Unit' needs to be exactly 9 digits.",
            })
    void a_query_that_won_t_do_is_refused_with_the_first_reason(String query, String detail) {
        assertThat(owner.get(APP + "?" + query).expect(400).detail()).isEqualTo(detail);
        assertThat(recipient.get(PARTY + "?" + query).expect(400).detail()).isEqualTo(detail);
    }

    /// 22
    @Test
    void person_excludes_party_and_unit() {
        for (String path : List.of(APP, PARTY)) {
            Api asked = owner.header("person", PERSON);
            assertThat(asked.get(path + "?after=0&party=1&unit=1").expect(400).detail())
                    .isEqualTo("Only one of 'Party' or 'Person' can be defined.");
            assertThat(asked.get(path + "?after=0&unit=1").expect(400).detail())
                    .isEqualTo("Value of 'Unit' needs to be exactly 9 digits.");
            assertThat(asked.get(path + "?after=0&unit=123456789").expect(400).detail())
                    .isEqualTo("Only one of 'Unit' or 'Person' can be defined.");
        }
    }

    /// 22
    @ParameterizedTest
    @ValueSource(strings = {"after=0", "from=2020-01-01Z", "after=0&party=0", "after=0&party=-1"})
    void a_party_must_be_named_where_all_apps_are_searched(String query) {
        assertThat(recipient.get(PARTY + "?" + query).expect(400).detail())
                .isEqualTo("Subject must be specified using either query params party or unit or header value person.");
        owner.get(APP + "?" + query).expect(200);
    }

    /// 23
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2020-01-01Z",
                "2023-02-16T18:00Z",
                "2022-07-07T11:00:53.3917Z",
                "2022-07-07T11:00:53%2B02:00",
                "2022-07-07t11:00:53z"
            })
    void dates_in_these_forms_are_accepted(String date) {
        owner.get(APP + "?from=" + date + "&to=" + date + "&type=" + type).expect(200);
    }

    @ParameterizedTest
    @CsvSource({
        "from, yesterday",
        "from, 2022-13-01Z",
        "to,   2022-02-30T00:00:00Z",
        "from, 2022-07-07T11:00:53+02:00",
        "from, 2022-07-07T25:00Z",
        "size, many",
        "size, 1.5",
        "party, 99999999999"
    })
    void a_parameter_of_the_wrong_kind_is_a_validation_problem(String name, String value) {
        // In a query a plus sign is a space: the zone is lost.
        String read = value.replace('+', ' ');
        for (String path : List.of(APP, PARTY)) {
            JsonNode problem =
                    owner.get(path + "?" + name + "=" + value).expect(400).json();

            assertThat(problem.path("title").asText()).isEqualTo("One or more validation errors occurred.");
            assertThat(problem.path("errors").path(name).path(0).asText())
                    .isEqualTo("The value '" + read + "' is not valid.");
        }
    }

    @Test
    void a_character_that_no_event_has_finds_nothing() {
        assertThat(owner.get(EVENTS + "/app/ttd/a%00?after=0").expect(200).body())
                .isEqualTo("[]");
        assertThat(owner.get(APP + "?after=%00&type=%00").expect(200).body()).isEqualTo("[]");
    }

    private AppEvent event() {
        return AppEvent.of(Parties.APP, Parties.RECIPIENT).type(type);
    }

    private record Published(String subject, int partyId) {
        AppEvent event(String type) {
            return AppEvent.of(Parties.APP, Parties.RECIPIENT)
                    .source(AppEvent.source(Parties.APP, partyId))
                    .subject(subject)
                    .type(type);
        }
    }

    private String publish(AppEvent event) {
        return app.post(EVENTS + "/app", event).expect(201).text();
    }

    /// An app's event as it comes over `POST /events`.
    private CloudEvents generic(String letter) {
        return CloudEvents.event()
                .id(letter + "-" + CloudEvents.randomType())
                .source(AppEvent.source(Parties.APP, Parties.RECIPIENT.partyId()))
                .resource("urn:altinn:resource:app_ttd_" + Parties.APP)
                .subject(Parties.RECIPIENT.party())
                .type(type);
    }

    private void timed(String letter, String time) {
        publisher.publish(generic(letter).time(time)).expect(200);
    }

    private String ofRecipient(String more) {
        return PARTY + "?after=0&party=" + Parties.RECIPIENT.partyId() + "&type=" + type + more;
    }

    private static List<String> pages(Api api, String first) {
        var found = new ArrayList<String>();
        String page = first;
        while (!page.isEmpty()) {
            Response response = api.get(page).expect(200);
            found.addAll(ids(response));
            page = response.header("next").orElse("");
        }
        return found;
    }

    /// The contract lets events appear late, up to half a minute.
    private static Response awaitPage(Api api, String path, int size) {
        return await().atMost(Duration.ofSeconds(40))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> api.get(path).expect(200), page -> ids(page).size() >= size);
    }

    private static List<String> ids(Response page) {
        return page.json().findValuesAsText("id");
    }
}
