package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for all paths of Events, and the small ones among them. Spec: events §2, §2.1, §2.16, §9.
@ExtendWith(BudstikkeExtension.class)
class EventRulesTest {

    private static final String QUERY =
            EVENTS + "/events?after=0&type=no.such&resource=" + "urn:altinn:resource:app_ttd_" + Parties.APP;
    private static final String APP = EVENTS + "/app/ttd/" + Parties.APP + "?after=0&type=no.such";
    private static final String PARTY = EVENTS + "/app/party?after=0&party=1&type=no.such";

    private final Api anonymous;
    private final Api owner;

    EventRulesTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
    }

    @ParameterizedTest
    @ValueSource(strings = {QUERY, APP, PARTY})
    void a_query_may_name_any_kind_of_json_as_its_content_type_and_nothing_else(String path) {
        for (String contentType :
                new String[] {"application/json", "application/cloudevents+json;charset=utf-8", "text/x+json"}) {
            assertThat(owner.header("Content-Type", contentType).get(path).status())
                    .as(contentType)
                    .isEqualTo(200);
        }
        for (String contentType : new String[] {"text/plain", "application/xml", "application/x-json"}) {
            Response response = anonymous.header("Content-Type", contentType).get(path);
            assertThat(response.status()).as(contentType).isEqualTo(415);
            assertThat(response.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {QUERY, APP, PARTY})
    void accept_has_no_effect(String path) {
        Response response = owner.header("Accept", "application/xml").get(path).expect(200);

        assertThat(response.header("Content-Type")).hasValue("application/cloudevents+json; charset=utf-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/EVENTS/Api/V1/App/ttd/apps-test/",
                "/events//api/v1/app//ttd/apps-test",
                "/events/api/v1/app/Party/",
                "/events/api/v1/EVENTS/"
            })
    void paths_are_found_in_every_spelling(String path) {
        assertThat(owner.get(path + "?after=0&type=no.such&party=1&resource=urn:altinn:resource:no-such")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void names_of_parameters_are_read_in_any_case() {
        owner.get(EVENTS + "/app/ttd/apps-test?AFTER=0&Type=no.such&SIZE=3").expect(200);
        owner.get(EVENTS + "/events?After=0&RESOURCE=urn:altinn:resource:no-such")
                .expect(200);
    }

    @Test
    void an_unknown_path_is_not_found() {
        Response response = owner.get(EVENTS + "/app/ttd/apps-test/more");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,    /events,                  'GET, POST'",
        "DELETE, /app,                     POST",
        "POST,   /app/party,               GET",
        "POST,   /app/ttd/apps-test,       GET",
        "GET,    /subscriptions/validate/1, PUT",
        "GET,    /inbound,                 POST",
        "GET,    /outbound,                POST",
        "GET,    /storage/events,          POST",
        "GET,    /storage/events/logs,     POST",
        "GET,    /tests/webhookreceiver,   POST"
    })
    void another_method_is_answered_with_those_that_there_are(String method, String path, String allowed) {
        Response response = anonymous.send(method, EVENTS + path, new byte[0]);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).hasValue(allowed);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void the_error_page_is_a_problem_without_detail_for_every_method(String method) {
        Response response = anonymous.send(method, EVENTS + "/error", new byte[0]);

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.header("Content-Type")).hasValue("application/problem+json; charset=utf-8");
        assertThat(response.json().path("title").asText())
                .isEqualTo("An error occurred while processing your request.");
        assertThat(response.json().path("type").asText())
                .isEqualTo("https://tools.ietf.org/html/rfc9110#section-15.6.1");
        assertThat(response.json().has("detail")).isFalse();
    }

    @Test
    void the_test_receiver_takes_any_json_from_anybody() {
        String path = EVENTS + "/tests/webhookreceiver";

        for (Response response : new Response[] {
            anonymous.post(path, "{\"specversion\":\"1.0\"}"),
            anonymous.post(path, "application/cloudevents+json", "no json"),
            anonymous.post(path),
            anonymous.send("POST", path, "x".getBytes(StandardCharsets.UTF_8))
        }) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
        }
        assertThat(anonymous.post(path, "text/plain", "x").status()).isEqualTo(415);
    }

    @Test
    void health_is_plain_text_for_anybody() {
        Response response = anonymous.get("/health").expect(200);

        assertThat(response.body()).isEqualTo("Healthy");
        assertThat(response.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    }
}
