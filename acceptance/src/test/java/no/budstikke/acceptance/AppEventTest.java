package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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

/// `POST /app`. Numbers in comments are those of the contract's acceptance list, events §16.
///
/// Spec: events §2.2, §3.5, §8.3, §9; docs/decisions/0006-app-events.md.
@ExtendWith(BudstikkeExtension.class)
class AppEventTest {

    private static final String PUBLISH = EVENTS + "/app";
    private static final String JSON = "application/json";

    private final Api anonymous;
    private final Api user;
    private final Api app;
    private final Api reader;
    private final Tokens tokens;

    AppEventTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.tokens = tokens;
        this.user = api.as(tokens.person("01819010001"));
        this.app = user.asPlatform(tokens.platform("ttd", Parties.APP));
        this.reader = api.as(tokens.serviceOwner());
    }

    private static AppEvent event() {
        return AppEvent.of(Parties.APP, Parties.RECIPIENT);
    }

    // --- accepted ---

    /// 1
    @Test
    void a_user_and_a_system_user_publish_with_the_apps_token() {
        AppEvent event = AppEvent.of(Parties.SECOND_APP, Parties.RECIPIENT)
                .source("https://ttd.apps.altinn.no/ttd/endring-av-navn-v2/232243423");
        String platform = tokens.platform("ttd", Parties.SECOND_APP);
        String systemUser = tokens.fresh(
                "GetSystemUserToken", "systemUserId=4ea2d1a0-6d3e-4d4f-9b4d-0a5d0c7e0b11&scopes=altinn:any");

        user.asPlatform(platform).post(PUBLISH, event).expect(201);
        anonymous.as(systemUser).asPlatform(platform).post(PUBLISH, event).expect(201);
    }

    @Test
    void the_answer_is_the_new_events_id_and_its_subject_as_address() {
        Response response = app.post(PUBLISH, event()).expect(201);

        assertThat(response.text()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(response.body()).isEqualTo("\"" + response.text() + "\"");
        assertThat(response.header("Content-Type")).hasValue("application/json; charset=utf-8");
        assertThat(response.header("Location")).hasValue(Parties.RECIPIENT.party());
    }

    @Test
    void the_event_gets_id_time_resource_and_instance_and_keeps_nothing_else_of_the_body() {
        AppEvent event = event().alternativeSubject(Parties.RECIPIENT.path())
                .with("id", "mine")
                .with("time", "2001-01-01T00:00:00Z")
                .with("resource", "urn:altinn:resource:mine")
                .with("data.number", 7)
                .with("dataschema", "https://example.no/schema");
        Instant before = Instant.now().minusSeconds(60);

        String id = app.post(PUBLISH, event).expect(201).text();

        JsonNode stored = stored(event.type());
        String[] path = event.source().split("/", -1);
        assertThat(stored.path("id").asText()).isEqualTo(id);
        assertThat(Instant.parse(stored.path("time").asText())).isAfter(before);
        assertThat(stored)
                .isEqualTo(CloudEvents.event()
                        .id(id)
                        .source(event.source())
                        .type(event.type())
                        .subject(Parties.RECIPIENT.party())
                        .alternativeSubject(Parties.RECIPIENT.path())
                        .time(stored.path("time").asText())
                        .resource("urn:altinn:resource:app_ttd_" + Parties.APP)
                        .resourceInstance(path[6] + "/" + path[7])
                        .json());
    }

    /// Q12: the contract's own resource would be `app__`, which nobody could ask for.
    @Test
    void a_source_without_instance_still_names_the_app_and_no_instance() {
        AppEvent event = event().source("https://ttd.apps.altinn.no/ttd/" + Parties.APP + "/232243423");

        app.post(PUBLISH, event).expect(201);

        JsonNode stored = stored(event.type());
        assertThat(stored.path("resource").asText()).isEqualTo("urn:altinn:resource:app_ttd_" + Parties.APP);
        assertThat(stored.has("resourceinstance")).isFalse();
    }

    @Test
    void an_empty_alternative_subject_is_none() {
        AppEvent event = event().alternativeSubject("");

        app.post(PUBLISH, event).expect(201);

        assertThat(stored(event.type()).has("alternativesubject")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-8",
                "application/cloudevents+json",
                "Application/JSON",
                "application/json;charset=utf-16"
            })
    void any_kind_of_json_is_taken_in_the_encoding_that_it_names(String contentType) {
        byte[] body = event().toString()
                .getBytes(contentType.endsWith("16") ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);

        assertThat(app.post(PUBLISH, contentType, body).status()).isEqualTo(201);
    }

    @Test
    void names_of_members_are_read_in_any_case() {
        String body = event().toString().replace("\"source\"", "\"SOURCE\"").replace("\"subject\"", "\"Subject\"");

        app.post(PUBLISH, body).expect(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events/api/v1/app/", "/EVENTS/api/v1//App"})
    void the_path_is_found_in_every_spelling_that_clients_use(String path) {
        assertThat(app.post(path, event()).status()).isEqualTo(201);
    }

    @Test
    void a_subject_that_is_no_address_is_encoded_in_the_header() {
        Response response =
                app.post(PUBLISH, event().subject("/party/blåbær 1")).expect(201);

        assertThat(response.header("Location")).hasValue("/party/bl%C3%A5b%C3%A6r%201");
    }

    // --- whose app it is ---

    /// 2
    @ParameterizedTest
    @CsvSource({
        "ttd, apps-test, https://ttd.apps.altinn.no/ttd/endring-av-navn-v2/232243423",
        "skd, endring-av-navn-v2, https://ttd.apps.altinn.no/ttd/endring-av-navn-v2/232243423",
        "ttd, apps-test, https://ttd.apps.altinn.no/ttd/apps-test2/instances/1/2",
        "ttd, apps-test, https://ttd.apps.altinn.no/ttd",
        "ttd, apps-test, https://ttd.apps.altinn.no/",
        "ttd, apps-test, https://ttd.apps.altinn.no",
        "ttd, apps-test, https://ttd.apps.altinn.no//ttd/apps-test/instances/1/2",
        "ttd, apps-test, https://ttd.apps.altinn.no/ttd/apps-test/../endring-av-navn-v2/1",
        "ttd, apps-test, https://ttd.apps.altinn.no/ttd/apps-test/%2E%2e/endring-av-navn-v2/1",
        "ttd, apps-test, https://ttd.apps.altinn.no/TTD/apps-test/instances/1/2",
        "ttd, apps-test, urn:ttd:apps-test"
    })
    void an_app_publishes_below_its_own_address_only(String org, String name, String source) {
        Api other = user.asPlatform(tokens.platform(org, name));

        Response response = other.post(PUBLISH, event().source(source));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.text()).isEqualTo(org + "/" + name + " is not authorized to create events for " + source);
    }

    // --- bodies that won't do ---

    /// 3
    @ParameterizedTest
    @ValueSource(strings = {"source", "subject", "type", "specversion"})
    void a_missing_null_or_empty_member_is_refused(String member) {
        for (AppEvent event :
                new AppEvent[] {event().without(member), event().withNull(member), event().with(member, "")}) {
            assertThat(app.post(PUBLISH, event).expect(400).detail())
                    .isEqualTo("Missing parameter values: source, subject and type cannot be null");
        }
    }

    /// 3
    @Test
    void a_body_with_nothing_but_nulls_is_refused() {
        Response response = app.post(PUBLISH, "{\"source\":null,\"subject\":null,\"type\":null}");

        assertThat(response.expect(400).detail())
                .isEqualTo("Missing parameter values: source, subject and type cannot be null");
        assertThat(response.json().path("title").asText()).isEqualTo("Bad Request");
        assertThat(response.json().path("type").asText())
                .isEqualTo("https://tools.ietf.org/html/rfc9110#section-15.5.1");
        assertThat(response.json().path("traceId").asText()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                     | ''       | A non-empty request body is required.",
                "null                                   | ''       | A non-empty request body is required.",
                "{                                      | $        | ",
                "[]                                     | $        | ",
                "{\"source\":1}                         | $.source | ",
                "{\"source\":\"/ttd/apps-test/1\"}      | $.source | ",
                "{\"source\":\"https://a b\"}           | $.source | ",
                "{\"type\":{}}                          | $.type   | ",
                "{\"subject\":[1]}                      | $.subject | ",
                "{} // comment                          | $        | ",
                "{\"type\":\"a\",}                      | $        | "
            })
    void a_body_that_cannot_be_read_is_a_validation_problem(String body, String key, String text) {
        JsonNode problem = app.post(PUBLISH, JSON, body).expect(400).json();

        assertThat(problem.path("title").asText()).isEqualTo("One or more validation errors occurred.");
        assertThat(problem.path("errors").fieldNames()).toIterable().containsExactly(key);
        String said = problem.path("errors").path(key).path(0).asText();
        assertThat(said).isNotBlank();
        if (text != null) {
            assertThat(said).isEqualTo(text);
        }
    }

    @Test
    void a_control_character_in_a_member_is_refused_as_in_any_event() {
        JsonNode problem =
                app.post(PUBLISH, event().subject("/party/1\u0001")).expect(400).json();

        assertThat(problem.at("/errors/RequestBody/0").asText()).contains("Control character U+0001");
    }

    // --- who may, and the order of checks ---

    /// 5
    @Test
    void both_tokens_are_needed() {
        Response withoutBearer =
                anonymous.asPlatform(tokens.platform("ttd", Parties.APP)).post(PUBLISH, event());
        Response withoutPlatformToken = user.post(PUBLISH, JSON, "");

        assertThat(withoutBearer.status()).isEqualTo(401);
        assertThat(withoutBearer.body()).isEmpty();
        assertThat(withoutPlatformToken.status()).isEqualTo(403);
        assertThat(withoutPlatformToken.body()).isEmpty();
    }

    @Test
    void a_platform_token_that_does_not_hold_is_none() {
        String token = tokens.platform("ttd", Parties.APP);
        String forged = token.substring(0, token.length() - 10) + "AAAAAAAAAA";

        assertThat(user.asPlatform(forged).post(PUBLISH, event()).status()).isEqualTo(403);
        assertThat(user.asPlatform(tokens.serviceOwner()).post(PUBLISH, event()).status())
                .as("a bearer token")
                .isEqualTo(403);
        assertThat(anonymous.as(token).asPlatform(token).post(PUBLISH, event()).status())
                .as("a platform token as bearer")
                .isEqualTo(401);
        assertThat(app.header("PlatformAccessToken", token)
                        .post(PUBLISH, event())
                        .status())
                .as("two tokens")
                .isEqualTo(403);
    }

    @Test
    void the_content_type_is_looked_at_before_the_tokens_and_the_tokens_before_the_body() {
        Response wrong = anonymous.post(PUBLISH, "text/plain", "no json");

        assertThat(wrong.status()).isEqualTo(415);
        assertThat(wrong.body()).isEmpty();
        assertThat(user.post(PUBLISH, JSON, "no json").status()).isEqualTo(403);
        assertThat(anonymous
                        .send("POST", PUBLISH, "{}".getBytes(StandardCharsets.UTF_8))
                        .status())
                .as("no content type passes the first check")
                .isEqualTo(401);
        Response without = app.send("POST", PUBLISH, "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(without.status()).isEqualTo(415);
        assertThat(without.json().path("title").asText()).isEqualTo("Unsupported Media Type");
    }

    @Test
    void the_bearer_may_come_in_a_cookie() {
        String token = tokens.person("01819010001");
        Api platform = anonymous.asPlatform(tokens.platform("ttd", Parties.APP));

        for (String cookie : new String[] {".ALTINNTOKEN=" + token, "a=b; AltinnStudioRuntime=" + token + "; c=d"}) {
            assertThat(platform.header("Cookie", cookie).post(PUBLISH, event()).status())
                    .isEqualTo(201);
        }
        assertThat(platform.header("Cookie", "Other=" + token)
                        .post(PUBLISH, event())
                        .status())
                .isEqualTo(401);
        assertThat(platform.as("no.good.token")
                        .header("Cookie", ".ALTINNTOKEN=" + token)
                        .post(PUBLISH, event())
                        .status())
                .as("a bearer that does not hold is not made good by a cookie")
                .isEqualTo(401);
    }

    @Test
    void another_method_is_refused() {
        Response response = app.get(PUBLISH);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).hasValue("POST");
        assertThat(response.body()).isEmpty();
    }

    /// The event as the query of its resource finds it.
    private JsonNode stored(String type) {
        Response page = await().atMost(Duration.ofSeconds(40))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> reader.get(EVENTS + "/events?after=0&resource=urn:altinn:resource:app_ttd_" + Parties.APP
                                        + "&type=" + type)
                                .expect(200),
                        found -> !found.json().isEmpty());
        return page.json().path(0);
    }
}
