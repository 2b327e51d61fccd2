package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import no.budstikke.testkit.Api;
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

/// `GET /events`. Numbers in comments are those of the contract's acceptance list, events §16; the table
/// of all of them is docs/events-acceptance.md.
///
/// Spec: events §2.4, §2.7, §7.5.
@ExtendWith(BudstikkeExtension.class)
class QueryEventsTest {

    private static final String QUERY = EVENTS + "/events";
    private static final String RESOURCE = Parties.resourceUrn(5);

    private final Api anonymous;
    private final Api reader;
    private final Api publisher;
    private final Tokens tokens;

    /// A type that no other test uses: with it a query sees this test's events only.
    private final String type = CloudEvents.randomType();

    QueryEventsTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.tokens = tokens;
        this.reader = api.as(tokens.serviceOwner("altinn:serviceowner", "altinn:events.subscribe"));
        this.publisher = api.as(tokens.publisher());
    }

    @Test
    void a_published_event_is_found_as_it_was_published() {
        CloudEvents event = event().subject("/party/50015641")
                .time("2024-04-19T07:22:19.438039Z")
                .with("datacontenttype", "application/json")
                .with("data.number", 7);
        publisher.publish(event).expect(200);

        Response response = awaitPage(query("&type=" + type), 1);

        assertThat(response.json()).containsExactly(event.json());
        assertThat(response.header("Content-Type")).hasValue("application/cloudevents+json; charset=utf-8");
    }

    @Test
    void answers_give_the_time_in_utc() {
        publisher.publish(event().time("2024-04-19T09:22:19+02:00")).expect(200);

        assertThat(awaitPage(query("&type=" + type), 1).json().at("/0/time").asText())
                .isEqualTo("2024-04-19T07:22:19Z");
    }

    @Test
    void a_query_that_finds_nothing_has_an_empty_array_and_no_next() {
        Response response = reader.get(query("&type=" + type)).expect(200);

        assertThat(response.body()).isEqualTo("[]");
        assertThat(response.header("next")).isEmpty();
    }

    // --- pages ---

    @Test
    void paging_gives_every_event_once_in_the_order_of_storing() {
        List<String> published = publish(7);
        awaitPage(query("&type=" + type), 7);

        var found = new ArrayList<String>();
        String page = query("&size=3&type=" + type);
        while (!page.isEmpty()) {
            Response response = reader.get(page).expect(200);
            List<String> ids = ids(response);
            assertThat(ids).hasSizeLessThanOrEqualTo(3);
            found.addAll(ids);
            page = response.header("next").orElse("");
        }

        assertThat(found).containsExactlyElementsOf(published);
    }

    @Test
    void next_keeps_the_other_parameters_as_they_came_and_decoded() {
        String lastId = publish(1).getLast();
        String encoded = QUERY + "?resource=" + RESOURCE.replace(":", "%3A") + "&after=0&source=%2Fa&type=" + type
                + "&type=no.such&size=2";

        Response response = awaitPage(encoded, 1);

        assertThat(response.header("next"))
                .hasValueSatisfying(next -> assertThat(next)
                        .startsWith("http")
                        .endsWith("/events/api/v1/events?after=" + lastId + "&resource=" + RESOURCE + "&source=/a&type="
                                + type + "&type=no.such&size=2"));
    }

    @Test
    void next_keeps_the_slash_at_the_end_of_the_path() {
        publish(1);

        Response response = awaitPage(QUERY + "/?after=0&resource=" + RESOURCE + "&type=" + type, 1);

        assertThat(response.header("next"))
                .hasValueSatisfying(next -> assertThat(next).contains("/events/api/v1/events/?after="));
    }

    @Test
    void what_follows_an_id_are_the_events_stored_after_it() {
        List<String> published = publish(3);
        awaitPage(query("&type=" + type), 3);

        Response afterFirst = reader.get(after(published.getFirst())).expect(200);
        Response afterLast = reader.get(after(published.getLast())).expect(200);

        assertThat(ids(afterFirst)).containsExactlyElementsOf(published.subList(1, 3));
        assertThat(ids(afterLast)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "unknown", "9d0b2a0c-6f0c-4e0a-8f6a-000000000000"})
    void an_unknown_id_means_from_the_beginning(String after) {
        List<String> published = publish(2);
        awaitPage(query("&type=" + type), 2);

        assertThat(ids(reader.get(after(after)).expect(200))).containsExactlyElementsOf(published);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&size=0", "&size=-5"})
    void a_page_has_fifty_events_unless_told_otherwise(String size) {
        List<String> published = publish(51);
        awaitPage(query("&size=60&type=" + type), 51);

        Response response = reader.get(query(size + "&type=" + type)).expect(200);

        assertThat(ids(response)).containsExactlyElementsOf(published.subList(0, 50));
    }

    /// 17
    @Test
    void a_size_beyond_a_thousand_is_taken_as_a_thousand() {
        try (var publishers = Executors.newVirtualThreadPerTaskExecutor()) {
            var atOnce = new Semaphore(32);
            for (int i = 0; i < 1001; i++) {
                atOnce.acquireUninterruptibly();
                publishers.execute(() -> {
                    try {
                        publisher.publish(event()).expect(200);
                    } finally {
                        atOnce.release();
                    }
                });
            }
        }

        Response page = awaitPage(query("&size=1500&type=" + type), 1000);

        assertThat(ids(page)).hasSize(1000);
        assertThat(ids(awaitPage(page.header("next").orElseThrow(), 1))).hasSize(1);
    }

    // --- filters ---

    @Test
    void only_the_named_resource_is_searched() {
        publisher.publish(event().resource(Parties.resourceUrn(4))).expect(200);
        List<String> published = publish(1);

        assertThat(ids(awaitPage(query("&type=" + type), 1))).containsExactlyElementsOf(published);
    }

    @Test
    void a_subject_is_compared_exactly() {
        CloudEvents wanted = event().subject("/party/50015641");
        publisher.publish(event().subject("/party/500156411")).expect(200);
        publisher.publish(event()).expect(200);
        publisher.publish(wanted).expect(200);

        assertThat(ids(awaitPage(query("&subject=%2Fparty%2F50015641&type=" + type), 1)))
                .containsExactly(wanted.id());
    }

    @Test
    void the_header_names_an_alternative_subject_and_next_the_subject() {
        CloudEvents wanted = event().subject("/party/50015641").alternativeSubject("/organisation/123456789");
        publisher
                .publish(event().subject("/party/50000002").alternativeSubject("/organisation/310000018"))
                .expect(200);
        publisher.publish(wanted).expect(200);
        Api byAlternative = reader.header("Altinn-AlternativeSubject", "/organisation/123456789");

        Response response = awaitPage(byAlternative, query("&type=" + type), 1);

        assertThat(ids(response)).containsExactly(wanted.id());
        assertThat(response.header("next"))
                .hasValueSatisfying(next -> assertThat(next).endsWith("&subject=/party/50015641"));
    }

    @ParameterizedTest
    @CsvSource({
        "%.One,       1",
        "%.on_,       1",
        "%.one;%.two, 2",
        "%,           3",
        "%.ONE,       0",
        "%.o,         0",
        "%\\_three,   0"
    })
    void types_are_sql_patterns_of_which_one_must_match(String patterns, int found) {
        for (String end : List.of(".One", ".one", ".two")) {
            publisher.publish(event().type(type + end)).expect(200);
        }
        awaitPage(query("&type=" + type + "%25"), 3);

        var parameters = new StringBuilder();
        for (String pattern : patterns.split(";", -1)) {
            parameters
                    .append("&type=")
                    .append(pattern.replaceFirst("%", type + "%")
                            .replace("%", "%25")
                            .replace("\\", "%5C"));
        }

        assertThat(ids(reader.get(query(parameters.toString())).expect(200))).hasSize(found);
    }

    // --- who may ---

    @Test
    void a_token_with_the_scope_is_needed() {
        Response without = anonymous.get(query(""));
        Response wrong = publisher.get(query(""));

        assertThat(without.status()).isEqualTo(401);
        assertThat(without.body()).isEmpty();
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.body()).isEmpty();
    }

    @Test
    void events_that_the_reader_may_not_see_are_left_out_and_do_not_end_the_paging() {
        publisher.publish(event().subject(Parties.RECIPIENT.party())).expect(200);
        awaitPage(query("&type=" + type), 1);
        Api stranger = anonymous.as(tokens.organization(Parties.THIRD_OTHER.number(), "altinn:events.subscribe"));

        Response response = stranger.get(query("&type=" + type)).expect(200);

        assertThat(response.body()).isEqualTo("[]");
        assertThat(response.header("next")).isPresent();
    }

    // --- errors, in the contract's order ---

    @Test
    void a_missing_resource_is_a_validation_problem() {
        JsonNode problem = reader.get(QUERY + "?after=0").expect(400).json();

        assertThat(problem.at("/errors/resource/0").asText()).isEqualTo("The resource field is required.");
        assertThat(problem.path("title").asText()).isEqualTo("One or more validation errors occurred.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "1.5", "99999999999"})
    void a_size_that_is_no_integer_is_a_validation_problem(String size) {
        JsonNode problem = reader.get(query("&size=" + size)).expect(400).json();

        assertThat(problem.at("/errors/size/0").asText()).isEqualTo("The value '" + size + "' is not valid.");
    }

    @Test
    void a_resource_must_begin_as_altinns_do() {
        assertThat(refusal(reader.get(QUERY + "?resource=urn:nbib:bokoversikt.api")))
                .isEqualTo("The 'resource' parameter must begin with `urn:altinn:resource:`");
    }

    @Test
    void after_is_required() {
        assertThat(refusal(reader.header("Altinn-AlternativeSubject", "/person/1")
                        .get(QUERY + "?subject=/party/1&resource=" + RESOURCE)))
                .isEqualTo("The 'after' parameter must be defined.");
    }

    @Test
    void subject_and_alternative_subject_exclude_each_other() {
        assertThat(refusal(reader.header("Altinn-AlternativeSubject", "/organisation/123456789")
                        .get(query("&subject=/party/50015641"))))
                .isEqualTo("Only one of 'subject' or 'alternativeSubject' can be defined.");
    }

    private CloudEvents event() {
        return CloudEvents.event().resource(RESOURCE).type(type);
    }

    /// Publishes so many events one after the other.
    private List<String> publish(int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            String id = UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
            publisher.publish(event().id(id)).expect(200);
            ids.add(id);
        }
        return ids;
    }

    private static String query(String parameters) {
        return QUERY + "?resource=" + RESOURCE + "&after=0" + parameters;
    }

    private String after(String id) {
        return QUERY + "?resource=" + RESOURCE + "&type=" + type + "&after=" + id;
    }

    /// The contract lets events appear late, up to half a minute.
    private Response awaitPage(String path, int size) {
        return awaitPage(reader, path, size);
    }

    private static Response awaitPage(Api api, String path, int size) {
        return await().atMost(Duration.ofSeconds(40))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> api.get(path).expect(200), page -> ids(page).size() >= size);
    }

    private static List<String> ids(Response page) {
        return page.json().findValuesAsText("id");
    }

    private static String refusal(Response response) {
        return response.expect(400).detail();
    }
}
