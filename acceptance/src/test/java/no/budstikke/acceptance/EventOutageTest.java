package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.AppEvent;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is told when the database does not do its part, and what depends on settings and the clock. Has
/// a server of its own. Numbers in comments are those of the contract's acceptance list, events §16.
///
/// Spec: events §2.2, §2.13–§2.15, §8.1, §8.3, §9.4, §14 Q10.
class EventOutageTest {

    private static final String CLOUD_EVENT = "application/cloudevents+json";

    private static Budstikke server;
    private static Tokens tokens;

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                .setting("identity.privateApiIssuers", List.of("platform", "ttd"))
                .start();
        tokens = server.tokens();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// 4, 20. The tables are taken away under the running server, and given back.
    @Test
    void a_database_that_fails_is_told_in_the_contracts_words_and_forgotten_when_it_is_back() throws Exception {
        Api owner = server.as(tokens.serviceOwner());
        Api app = owner.asPlatform(tokens.platform("ttd", Parties.APP));
        Api publisher = server.as(tokens.publisher());
        Api component = server.api().asPlatform(tokens.platform("platform", "events"));
        CloudEvents event = CloudEvents.event();
        AppEvent ofApp = AppEvent.of(Parties.APP, Parties.RECIPIENT);
        Map<String, Object> entry = Map.of(
                "cloudEventId", UUID.randomUUID().toString(), "endpoint", "https://example.no", "statusCode", 200);
        // Known to the server from now on, so that nothing is asked for while the tables are away.
        publisher.publish(CloudEvents.event()).expect(200);
        app.post(EVENTS + "/app", AppEvent.of(Parties.APP, Parties.RECIPIENT)).expect(201);
        component.post(EVENTS + "/storage/events/logs", entry).expect(201);

        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            database.change("alter table event rename to event_away; alter table trace_log rename to trace_away");
            // A publisher waits for ten seconds before it is told; all of them at once.
            var registered = sent(() -> app.post(EVENTS + "/app", ofApp));
            var published = sent(() -> publisher.publish(event));
            var saved = sent(() -> component.post(EVENTS + "/storage/events", CLOUD_EVENT, event));
            var inbound = sent(() -> component.post(EVENTS + "/inbound", CLOUD_EVENT, event));

            Response query = owner.get(EVENTS + "/events?after=0&resource=" + Parties.resourceUrn(1));
            assertThat(query.status()).isEqualTo(500);
            assertThat(query.json().path("title").asText())
                    .isEqualTo("An error occurred while processing your request.");
            assertThat(query.json().has("detail")).isFalse();
            for (String path : List.of("/app/ttd/apps-test?after=0", "/app/party?after=0&party=50015641")) {
                Response failed = owner.get(EVENTS + path);
                assertThat(failed.status()).isEqualTo(500);
                assertThat(failed.json().has("detail")).isFalse();
            }
            assertThat(component.post(EVENTS + "/storage/events/logs", entry).status())
                    .isEqualTo(500);

            assertThat(registered.get().expect(500).text()).isEqualTo("Unable to register cloud event.");
            assertThat(published.get().expect(503).header("Retry-After")).isPresent();
            assertThat(saved.get().expect(503).text())
                    .isEqualTo("Failed to save event with ID " + event.id() + " to storage.");
            assertThat(inbound.get().expect(503).text()).contains(event.id());

            database.change("alter table event_away rename to event; alter table trace_away rename to trace_log");
        }

        app.post(EVENTS + "/app", ofApp).expect(201);
        component.post(EVENTS + "/storage/events/logs", entry).expect(201);
        await().atMost(Duration.ofSeconds(40))
                .until(() -> owner.get(EVENTS + "/app/ttd/apps-test?after=0")
                        .expect(200)
                        .json()
                        .findValuesAsText("type")
                        .contains(ofApp.type()));
    }

    /// 52. The table is away when the endpoint's answer comes.
    @Test
    void a_validation_that_the_database_could_not_take_is_made_again() throws Exception {
        var gate = new CountDownLatch(1);
        try (Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            webhook.answer(_ -> afterwards(gate));
            String path = subscribed(webhook);
            webhook.awaitRequest(Received::isValidation);

            database.change("alter table subscription rename to subscription_away");
            gate.countDown();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> database.ask("select count(*) from scheduled_tasks where consecutive_failures > 0"
                                    + " and task_name = 'validate-subscription'")
                            .equals("1"));
            database.change("alter table subscription_away rename to subscription");

            await().atMost(Duration.ofSeconds(60)).until(() -> {
                advance(Duration.ofSeconds(15));
                return fresh().get(path).expect(200).json().path("validated").asBoolean();
            });
            assertThat(webhook.validations()).as("once more, and no more").hasSize(2);
        }
    }

    /// 52. The subscription is deleted while its endpoint thinks.
    @Test
    void a_validation_of_what_was_deleted_meanwhile_is_not_made_again() throws Exception {
        for (Answer.AfterReading answer : List.of(Answer.ok(), Answer.status(503))) {
            var gate = new CountDownLatch(1);
            try (Webhook webhook = Webhook.start();
                    EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
                webhook.answer(_ -> {
                    afterwards(gate);
                    return answer;
                });
                String path = subscribed(webhook);
                webhook.awaitRequest(Received::isValidation);

                fresh().delete(path).expect(200);
                gate.countDown();

                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    advance(Duration.ofSeconds(15));
                    return database.ask(
                                    "select count(*) from scheduled_tasks where task_name = 'validate-subscription'")
                            .equals("0");
                });
                assertThat(webhook.validations()).hasSize(1);
                assertThat(fresh().get(path).status()).isEqualTo(404);
            }
        }
    }

    private static Answer.AfterReading afterwards(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Answer.ok();
    }

    private static String subscribed(Webhook webhook) {
        return EVENTS + "/subscriptions/"
                + fresh().subscribe(Subscription.to(webhook.url("/hook")).resourceFilter(Parties.resourceUrn(1)))
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();
    }

    /// The clock is moved: another token may have expired.
    private static Api fresh() {
        return server.as(tokens.fresh(
                "GetEnterpriseToken", "org=ttd&orgNo=991825827&scopes=altinn:serviceowner,altinn:events.subscribe"));
    }

    private static CompletableFuture<Response> sent(Supplier<Response> request) {
        return CompletableFuture.supplyAsync(request, task -> Thread.ofVirtual().start(task));
    }

    /// Q10, §8.3.
    @Test
    void an_operator_may_open_the_private_endpoints_to_an_apps_owner() {
        CloudEvents event = CloudEvents.event();

        server.api()
                .asPlatform(tokens.platform("ttd", Parties.APP))
                .post(EVENTS + "/storage/events", CLOUD_EVENT, event)
                .expect(200);
        assertThat(server.api()
                        .asPlatform(tokens.platform("skd", Parties.APP))
                        .post(EVENTS + "/storage/events", CLOUD_EVENT, event)
                        .status())
                .isEqualTo(403);
    }

    /// §8.1, §8.3: clocks may be ten seconds apart.
    @Test
    void tokens_hold_for_ten_seconds_longer_than_they_say_and_no_longer() {
        String enterprise = "org=ttd&orgNo=991825827&scopes=altinn:events.publish,altinn:events.publish.admin";
        String platform = "org=ttd&app=" + Parties.APP;
        AppEvent event = AppEvent.of(Parties.APP, Parties.RECIPIENT);
        Api shortBearer = server.as(tokens.fresh("GetEnterpriseToken", enterprise + "&ttl=600"));
        String shortPlatform = tokens.fresh("GetPlatformAccessToken", platform + "&ttl=600");
        String longBearer = tokens.fresh("GetEnterpriseToken", enterprise + "&ttl=6000");

        advance(Duration.ofSeconds(601));
        shortBearer.publish(CloudEvents.event()).expect(200);
        server.as(longBearer)
                .asPlatform(shortPlatform)
                .post(EVENTS + "/app", event)
                .expect(201);

        advance(Duration.ofSeconds(10));
        assertThat(shortBearer.publish("no event").status()).isEqualTo(401);
        assertThat(server.as(longBearer)
                        .asPlatform(shortPlatform)
                        .post(EVENTS + "/app", event)
                        .status())
                .isEqualTo(403);
    }

    private static void advance(Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }
}
