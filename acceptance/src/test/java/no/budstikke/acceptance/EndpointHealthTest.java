package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Endpoints that ask to be left alone, that are gone, that have failed for too long; and subscriptions
/// that are paused. Has a server of its own, since it moves the clock. Design §4.3.
class EndpointHealthTest {

    private static final String RESOURCE = Parties.resourceUrn(3);

    private static Budstikke server;

    private final Webhook webhook = Webhook.start();
    private final Webhook healthy = Webhook.start();
    private final String type = CloudEvents.randomType();

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                .setting("delivery.disableAfter", "10m")
                .setting("delivery.timeout", "5s")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        webhook.close();
        healthy.close();
    }

    @Test
    void an_endpoint_that_says_retry_after_twice_is_left_alone_for_so_long_by_other_events_too() {
        subscribe(webhook);
        subscribe(healthy);
        webhook.answerNext(2, Answer.retryAfter(25));
        CloudEvents first = publish();
        webhook.awaitEventWithId(first.id());
        CloudEvents second = publish();
        whileTimePasses(Duration.ofSeconds(1), () -> times(second.id()) > 0);
        advance(Duration.ofSeconds(15));
        CloudEvents third = publish();
        healthy.awaitEventWithId(third.id());
        assertThat(webhook.events()).as("after 15 of 25 seconds").hasSize(2);
        whileTimePasses(Duration.ofSeconds(1), () -> times(third.id()) > 0);
        Awaitility.await().until(() -> {
            advance(Duration.ofSeconds(5));
            return webhook.events().size() >= 5;
        });
        assertThat(webhook.events())
                .extracting(EndpointHealthTest::id)
                .containsExactlyInAnyOrder(first.id(), first.id(), second.id(), second.id(), third.id());
    }

    @Test
    void one_event_that_is_answered_with_a_long_retry_after_each_time_holds_up_the_others_for_seconds_only() {
        subscribe(webhook);
        String refused = "refused-" + type;
        webhook.answer(request -> request.text().contains(refused) ? Answer.retryAfter(3_600) : Answer.ok());
        publish(CloudEvents.event().id(refused));
        for (int tries = 1; tries <= 3; tries++) {
            int soMany = tries;
            whileTimePasses(Duration.ofSeconds(5), () -> times(refused) >= soMany);
            CloudEvents other = publish();
            assertThat(whileTimePasses(Duration.ofSeconds(1), () -> times(other.id()) > 0))
                    .as("the rest, and what passes until the server has noticed that it is over")
                    .isLessThan(Duration.ofMinutes(5));
        }
    }

    private long times(String eventId) {
        return webhook.events().stream()
                .filter(sent -> id(sent).equals(eventId))
                .count();
    }

    /// Moves the server's clock until it is so.
    ///
    /// @return by how much
    private static Duration whileTimePasses(Duration step, Callable<Boolean> isSo) {
        var steps = new AtomicInteger();
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
            boolean so = isSo.call();
            if (!so) {
                advance(step);
                steps.incrementAndGet();
            }
            return so;
        });
        return step.multipliedBy(steps.get());
    }

    @Test
    void an_endpoint_that_is_gone_disables_its_subscription_and_the_owner_is_told_elsewhere() throws Exception {
        int gone = subscribe(webhook);
        String otherType = CloudEvents.randomType();
        owner().establish(Subscription.to(healthy.url("/other"))
                .resourceFilter(RESOURCE)
                .typeFilter(otherType));
        webhook.answer(Answer.gone());
        publish();

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(show(gone).path("status").asText()).isEqualTo("disabled"));
        assertThat(show(gone).path("statusReason").asText()).contains("410");
        JsonNode told =
                healthy.awaitEvent(event -> event.path("type").asText().equals("platform.events.subscriptiondisabled")
                        && event.path("data").path("subscription").asInt() == gone);
        assertThat(told.path("source").asText()).endsWith("/events/api/v1/subscriptions/" + gone);
        assertThat(told.path("data").path("reason").asText()).contains("410");
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(database.ask(
                                    "select string_agg(reason, ' ') from dead_letter where subscription = " + gone))
                            .isEqualTo("subscription disabled"));
        }

        webhook.clear();
        webhook.answer(200);
        subscribe(healthy);
        // Whoever matches it has got it: the feed is past it.
        healthy.awaitEventWithId(publish().id());
        assertThat(subscribe(webhook)).as("the same subscription").isEqualTo(gone);
        Awaitility.await().until(() -> !show(gone).has("status"));
        CloudEvents again = publish();
        webhook.awaitEventWithId(again.id());
        assertThat(webhook.events())
                .as("nothing of the time when it was disabled")
                .extracting(EndpointHealthTest::id)
                .containsOnly(again.id());
    }

    @Test
    void an_endpoint_that_has_taken_nothing_for_the_set_time_disables_its_subscription() {
        int failing = subscribe(webhook);
        webhook.answer(500);
        publish();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            advance(Duration.ofSeconds(40));
            return show(failing).path("status").asText().equals("disabled");
        });
        assertThat(show(failing).path("statusReason").asText()).contains("taken nothing since");
        assertThat(webhook.events().size()).as("it was tried several times").isGreaterThan(3);
    }

    @Test
    void what_comes_while_a_subscription_is_paused_comes_when_it_goes_on() throws Exception {
        int paused = subscribe(webhook);
        subscribe(healthy);
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            database.ask("update subscription set paused = now() where id = " + paused + " returning id");
            Awaitility.await().until(() -> show(paused).path("status").asText().equals("paused"));
            Awaitility.await().until(() -> {
                publish();
                return database.ask("select count(*) from backlog where reason = 'paused' and subscription = " + paused)
                        .equals("3");
            });
            webhook.clear();
            CloudEvents last = publish();
            healthy.awaitEventWithId(last.id());
            advance(Duration.ofDays(4));
            assertThat(webhook.events()).isEmpty();
            database.ask("update subscription set paused = null where id = " + paused + " returning id");
            webhook.awaitEvents(4);
            webhook.awaitEventWithId(last.id());
        }
    }

    /// That it is 45 seconds by itself: `SettingsTest`. Spec: events §6.2, §16 50.
    @Test
    void an_endpoint_that_says_nothing_within_the_set_time_has_failed_and_gets_the_event_again() {
        int subscription = subscribe(webhook);
        // Whatever comes first: it may be told that a subscription of an earlier test was disabled.
        webhook.answer(Answer.hang(Duration.ofMinutes(5)));
        CloudEvents event = publish();
        String deliveries = Api.EVENTS + "/subscriptions/" + subscription + "/deliveries?event=" + event.id();

        JsonNode attempt = Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .until(
                        () -> owner().get(deliveries).expect(200).json().at("/deliveries/0/tries/0"),
                        found -> !found.isMissingNode());

        assertThat(attempt.path("outcome").asText()).isEqualTo("timedOut");
        assertThat(attempt.has("status")).isFalse();
        assertThat(attempt.path("milliseconds").asInt()).isGreaterThanOrEqualTo(5_000);
        webhook.answer(200);
        // The first retry waits for 11 seconds at most. No further: after ten minutes the subscription would be
        // disabled.
        advance(Duration.ofSeconds(15));
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(webhook.events())
                        .extracting(EndpointHealthTest::id)
                        .filteredOn(event.id()::equals)
                        .hasSize(2));
    }

    private static Api owner() {
        // The clock is moved by days: a token of a while ago has expired.
        return server.as(server.tokens()
                .fresh(
                        "GetEnterpriseToken",
                        "org=ttd&orgNo=991825827&env=dev&scopes=altinn:serviceowner,altinn:events.subscribe"));
    }

    private int subscribe(Webhook to) {
        return owner().establish(Subscription.to(to.url("/hook"))
                        .resourceFilter(RESOURCE)
                        .typeFilter(type))
                .path("id")
                .asInt();
    }

    private static JsonNode show(int subscription) {
        return owner().get(Api.EVENTS + "/subscriptions/" + subscription)
                .expect(200)
                .json();
    }

    private CloudEvents publish() {
        return publish(CloudEvents.event());
    }

    private CloudEvents publish(CloudEvents plain) {
        CloudEvents event = plain.type(type).resource(RESOURCE);
        server.as(
                        server.tokens()
                                .fresh(
                                        "GetEnterpriseToken",
                                        "org=ttd&orgNo=991825827&env=dev&scopes=altinn:events.publish,altinn:events.publish.admin"))
                .publish(event)
                .expect(200);
        return event;
    }

    private static void advance(Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }

    private static String id(JsonNode event) {
        return event.path("id").asText();
    }
}
