package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What components of the platform say to each other. Numbers in comments are those of the contract's
/// acceptance list, events §16.
///
/// Spec: events §2.12–§2.15, §3.6, §6.7, §8.3, §8.4; docs/decisions/0006-app-events.md.
@ExtendWith(BudstikkeExtension.class)
class PrivateEndpointsTest {

    private static final String CLOUD_EVENT = "application/cloudevents+json";
    private static final String LOGS = EVENTS + "/storage/events/logs";
    private static final String RESOURCE = Parties.resourceUrn(4);

    private final Budstikke server;
    private final Api anonymous;
    private final Api component;
    private final Api subscriber;
    private final Tokens tokens;

    PrivateEndpointsTest(Budstikke server, Api api, Tokens tokens) {
        this.server = server;
        this.anonymous = api;
        this.tokens = tokens;
        this.component = api.asPlatform(tokens.platform("platform", "events"));
        this.subscriber = api.as(tokens.serviceOwner());
    }

    // --- events ---

    @ParameterizedTest
    @ValueSource(strings = {"/storage/events", "/inbound", "/outbound"})
    void a_component_hands_in_an_event_which_is_stored_and_delivered(String path, Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).time("2024-04-19T09:22:19+02:00");
        listenTo(event.type(), webhook);

        Response response = component.post(EVENTS + path, CLOUD_EVENT, event);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(webhook.awaitEventWithId(event.id())).isEqualTo(event.json());
    }

    /// The way of the reference's own workers: store, then inbound, then outbound. Q13.
    @Test
    void an_event_that_goes_through_all_three_is_delivered_once(Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        CloudEvents later = CloudEvents.event().resource(RESOURCE).type(event.type());
        listenTo(event.type(), webhook);

        for (String path : List.of("/storage/events", "/inbound", "/outbound")) {
            component.post(EVENTS + path, CLOUD_EVENT, event).expect(200);
        }
        component.post(EVENTS + "/inbound", CLOUD_EVENT, later).expect(200);

        // Which of the two comes first is not promised.
        webhook.awaitEventWithId(event.id());
        webhook.awaitEventWithId(later.id());
        assertThat(webhook.deliveries()).containsEntry(event.id(), 1);
    }

    /// 53
    @ParameterizedTest
    @CsvSource({
        "urn:altinn:resource:altinnapp.ttd.apps-test, /ttd/apps-test/instances/50015641/1, urn:altinn:resource:app_ttd_apps-test",
        "urn:altinn:resource:altinnapp.ttd.apps-test, /ttd/apps-test,                      urn:altinn:resource:app__",
        "urn:altinn:resource:app_ttd_apps-test,       /skd/other/instances/1/2,            urn:altinn:resource:app_ttd_apps-test",
        "urn:altinn:resource:altinnapptest,           /ttd/apps-test/instances/1/2,        urn:altinn:resource:altinnapptest"
    })
    void the_old_notation_of_an_apps_resource_is_rewritten_when_it_is_stored(
            String resource, String path, String stored) throws Exception {
        Assumptions.assumeFalse(server.isExternal());
        CloudEvents event = CloudEvents.event().resource(resource).source("https://ttd.apps.altinn.no" + path);

        component.post(EVENTS + "/storage/events", CLOUD_EVENT, event).expect(200);

        assertThat(database("select resource || ' ' || (body::json ->> 'resource') from event where id = '" + event.id()
                        + "'"))
                .isEqualTo(stored + " " + stored);
    }

    @ParameterizedTest
    @CsvSource({
        "/storage/events, Failed to save event with ID %s to storage.",
        "/inbound,        'The event with ID %s has no resource, or could not be stored.'",
        "/outbound,       'The event with ID %s has no resource, or could not be stored.'"
    })
    void an_event_without_resource_cannot_be_matched(String path, String text) {
        CloudEvents event = CloudEvents.event().without("resource");

        Response response = component.post(EVENTS + path, CLOUD_EVENT, event);

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.text()).isEqualTo(text.formatted(event.id()));
    }

    /// Only whoever publishes must name a URN.
    @Test
    void a_resource_that_is_no_urn_is_taken_from_a_component() {
        component
                .post(
                        EVENTS + "/storage/events",
                        CLOUD_EVENT,
                        CloudEvents.event().resource("Not A Urn"))
                .expect(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/storage/events", "/inbound", "/outbound"})
    void what_is_no_cloud_event_is_a_validation_problem(String path) {
        JsonNode problem = component
                .post(EVENTS + path, CLOUD_EVENT, CloudEvents.event().without("id"))
                .expect(400)
                .json();

        assertThat(problem.at("/errors/RequestBody/0").asText())
                .isEqualTo("CloudEvent is missing required attributes: id (Parameter 'data')");
    }

    // --- subscriptions ---

    /// 29
    @Test
    void a_component_validates_a_subscription_and_gets_it_as_it_was(Webhook webhook) {
        webhook.answer(Answer.status(503));
        JsonNode created = subscriber
                .subscribe(Subscription.to(webhook.url("/")).resourceFilter(RESOURCE))
                .expect(201)
                .json();
        String path = EVENTS + "/subscriptions/validate/" + created.path("id").asText();

        JsonNode before = component.send("PUT", path, new byte[0]).expect(200).json();

        assertThat(before).isEqualTo(created);
        assertThat(before.path("validated").asBoolean()).isFalse();
        String own = EVENTS + "/subscriptions/" + created.path("id").asText();
        assertThat(subscriber.get(own).expect(200).json().path("validated").asBoolean())
                .isTrue();
        assertThat(component
                        .send("PUT", path, new byte[0])
                        .expect(200)
                        .json()
                        .path("validated")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void a_subscription_that_is_not_there_cannot_be_validated() {
        Response unknown = component.send("PUT", EVENTS + "/subscriptions/validate/2147483647", new byte[0]);
        Response noNumber = component.send("PUT", EVENTS + "/subscriptions/validate/abc", new byte[0]);

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body()).isEmpty();
        assertThat(noNumber.expect(400).json().at("/errors/id/0").asText()).isEqualTo("The value 'abc' is not valid.");
    }

    // --- the trace log ---

    /// 51
    @ParameterizedTest
    @CsvSource({
        "app.instance.created,                  true,  WebhookPostResponse",
        "app.instance.created,                  false, WebhookPostResponse",
        "platform.events.validatesubscription,  true,  EndpointValidationSuccess",
        "platform.events.validatesubscription,  false, EndpointValidationFailed"
    })
    void what_a_component_tells_of_an_attempt_is_kept(String type, boolean success, String activity) throws Exception {
        Assumptions.assumeFalse(server.isExternal());
        Map<String, Object> entry = entry();
        entry.put("cloudEventType", type);
        entry.put("isSuccessStatusCode", success);

        Response response = component.post(LOGS, entry);

        assertThat(response.status()).isEqualTo(201);
        assertThat(response.body()).isEmpty();
        assertThat(database("select concat_ws(' ', resource, eventtype, consumer, subscriptionid, responsecode,"
                        + " subscriberendpoint, activity) from trace_log where cloudeventid = '"
                        + entry.get("cloudEventId") + "'"))
                .isEqualTo("urn:altinn:resource:app_ttd_apps-test " + type
                        + " /org/ttd 7 200 https://example.no/hook?a=b " + activity);
    }

    /// 51
    @Test
    void an_entry_may_be_in_pascal_case_and_need_not_have_more_than_id_endpoint_and_status() throws Exception {
        Assumptions.assumeFalse(server.isExternal());
        String id = UUID.randomUUID().toString();

        component
                .post(
                        LOGS,
                        Map.of(
                                "CloudEventId",
                                id.toUpperCase(Locale.ROOT),
                                "Endpoint",
                                "https://example.no/",
                                "StatusCode",
                                404))
                .expect(201);

        assertThat(database("select responsecode || ' ' || activity from trace_log where cloudeventid = '" + id + "'"))
                .isEqualTo("404 WebhookPostResponse");
    }

    /// 51
    @Test
    void an_entry_without_guid_endpoint_or_status_is_refused() {
        for (String missing : List.of("cloudEventId", "endpoint", "statusCode")) {
            Map<String, Object> entry = entry();
            entry.remove(missing);
            JsonNode problem = component.post(LOGS, entry).expect(400).json();
            assertThat(problem.path("title").asText()).isEqualTo("Bad Request");
            assertThat(problem.has("detail")).isFalse();
        }
        Map<String, Object> entry = entry();
        entry.put("cloudEventId", "no guid");
        assertThat(component.post(LOGS, entry).expect(400).json().has("detail")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                         | ''",
                "{                          | $",
                "{\"statusCode\":\"200\"}   | $.statusCode",
                "{\"subscriptionId\":1.5}   | $.subscriptionId",
                "{\"endpoint\":1}           | $.endpoint",
                "{\"consumer\":\"\\u0000\"} | $.consumer"
            })
    void an_entry_that_cannot_be_read_is_a_validation_problem(String body, String key) {
        JsonNode problem =
                component.post(LOGS, "application/json", body).expect(400).json();

        assertThat(problem.path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    private static Map<String, Object> entry() {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("cloudEventId", UUID.randomUUID().toString());
        entry.put("cloudEventResource", "urn:altinn:resource:app_ttd_apps-test");
        entry.put("cloudEventType", "app.instance.created");
        entry.put("subscriptionId", 7);
        entry.put("consumer", "/org/ttd");
        entry.put("endpoint", "https://example.no/hook?a=b");
        entry.put("statusCode", 200);
        entry.put("isSuccessStatusCode", true);
        return entry;
    }

    /// 51: what the pipeline itself has to tell stands in the log and in the attempts, in the contract's
    /// words by the statement of docs/app-events.md.
    @Test
    void the_steps_of_an_event_can_be_told_in_the_contracts_words(Webhook webhook) throws Exception {
        Assumptions.assumeFalse(server.isExternal());
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        int id = listenTo(event.type(), webhook);
        component.post(EVENTS + "/storage/events", CLOUD_EVENT, event).expect(200);
        webhook.awaitEventWithId(event.id());

        await().untilAsserted(() -> assertThat(database("""
                                select string_agg(concat_ws(' ', activity, subscription, status), ', ' order by at)
                                  from (select 'Registered' as activity, stored as at, null::int as subscription, null::int as status
                                          from event
                                         where id = '%1$s'
                                        union all
                                        select case when outcome = 'denied' then 'Unauthorized' else 'WebhookPostResponse' end,
                                               a.started, a.subscription, a.status
                                          from attempt a
                                          join event e on e.xid = a.xid::text::xid8 and e.position = a.position
                                         where e.id = '%1$s'
                                           and (a.status is not null or outcome = 'denied')) as trace
                                """.formatted(event.id())))
                .isEqualTo("Registered, WebhookPostResponse " + id + " 200"));
    }

    // --- who may ---

    @ParameterizedTest
    @CsvSource({
        "POST, /storage/events,              application/cloudevents+json",
        "POST, /inbound,                     application/cloudevents+json",
        "POST, /outbound,                    application/cloudevents+json",
        "POST, /storage/events/logs,         application/json",
        "PUT,  /subscriptions/validate/1,    application/json"
    })
    void only_the_platforms_own_components_come_in(String method, String path, String contentType) {
        Api nobody = anonymous.header("Content-Type", contentType);
        Api bearer = subscriber.header("Content-Type", contentType);
        // Q10: an app's token is good for publishing, not for this.
        Api app = nobody.asPlatform(tokens.platform("ttd", Parties.APP));
        byte[] body = "no json".getBytes(StandardCharsets.UTF_8);

        for (Api caller : List.of(nobody, bearer, app, app.as(tokens.serviceOwner()))) {
            Response response = caller.send(method, EVENTS + path, body);
            assertThat(response.status()).isEqualTo(caller == nobody ? 401 : 403);
            assertThat(response.body()).isEmpty();
        }
        assertThat(nobody.asPlatform("no.good.token")
                        .send(method, EVENTS + path, body)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void other_content_types_are_refused_before_the_token_is_looked_at() {
        for (String path : List.of("/storage/events", "/inbound", "/outbound")) {
            assertThat(anonymous.post(EVENTS + path, "application/json", "{}").status())
                    .isEqualTo(415);
        }
        assertThat(anonymous.post(LOGS, "text/plain", "{}").status()).isEqualTo(415);
    }

    private int listenTo(String type, Webhook webhook) {
        return subscriber
                .establish(Subscription.to(webhook.url("/"))
                        .resourceFilter(RESOURCE)
                        .typeFilter(type))
                .path("id")
                .asInt();
    }

    private String database(String question) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            return database.ask(question);
        } catch (SQLException e) {
            throw new AssertionError(question, e);
        }
    }
}
