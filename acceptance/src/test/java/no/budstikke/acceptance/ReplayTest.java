package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many deliveries made once more. Has a server of its own, with a short schedule, so that deliveries
/// are soon given up, and that can be restarted. None of it is in Altinn's contract.
class ReplayTest {

    private static final String RESOURCE = Parties.resourceUrn(3);

    private static Budstikke server;

    private final Webhook webhook = Webhook.start();
    private final String type = CloudEvents.randomType();

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                .setting("delivery.retrySchedule", List.of("10ms", "10ms"))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        webhook.close();
    }

    private static Api owner() {
        return server.as(server.tokens().serviceOwner());
    }

    private String subscribed() {
        return EVENTS + "/subscriptions/"
                + owner().establish(Subscription.to(webhook.url("/hook"))
                                .resourceFilter(RESOURCE)
                                .typeFilter(type))
                        .path("id")
                        .asText();
    }

    private List<String> publish(int count) {
        Api publisher = server.as(server.tokens().publisher());
        return Stream.generate(() -> CloudEvents.event().resource(RESOURCE).type(type))
                .limit(count)
                .peek(event -> publisher.publish(event).expect(200))
                .map(CloudEvents::id)
                .toList();
    }

    private static JsonNode summary(String subscription) {
        return owner().get(subscription + "/deliveries/summary").expect(200).json();
    }

    private static void awaitFailed(String subscription, int count) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> summary(subscription).at("/failed/count").asInt() == count);
    }

    private static Response start(String subscription, Map<String, ?> order) {
        return owner().post(subscription + "/replays", order);
    }

    private static JsonNode awaitDone(Response started) {
        return awaitState(started.expect(202).header("Location").orElseThrow(), "done");
    }

    private static JsonNode awaitState(String replay, String state) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> owner().get(replay).expect(200).json(),
                        job -> job.path("state").asText().equals(state));
    }

    private List<String> received() {
        return webhook.events().stream().map(event -> event.path("id").asText()).toList();
    }

    @Test
    void all_that_failed_is_sent_again_and_its_attempts_are_counted_anew() {
        String subscription = subscribed();
        webhook.answer(Answer.status(404));
        List<String> ids = publish(5);
        awaitFailed(subscription, 5);
        webhook.clear();
        webhook.answer(200);

        JsonNode done = awaitDone(start(subscription, Map.of("failedSince", "2020-01-01T00:00:00Z")));

        await().untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrderElementsOf(ids));
        assertThat(done.path("kind").asText()).isEqualTo("failed");
        assertThat(done.path("lookedAt").asInt()).isEqualTo(5);
        assertThat(done.path("requeued").asInt()).isEqualTo(5);
        assertThat(done.has("ended")).isTrue();
        assertThat(summary(subscription).at("/failed/count").asInt()).isZero();
        JsonNode delivery = await().until(
                        () -> owner().get(subscription + "/deliveries?event=" + ids.getFirst())
                                .json()
                                .at("/deliveries/0"),
                        found -> found.path("state").asText().equals("delivered"));
        assertThat(delivery.at("/tries/0/number").asInt()).isEqualTo(1);
        assertThat(delivery.path("tries").size()).isGreaterThan(1);
    }

    @Test
    void only_what_failed_since_then_is_sent_again() {
        String subscription = subscribed();
        webhook.answer(Answer.status(404));
        publish(2);
        awaitFailed(subscription, 2);
        Instant since = owner().get(subscription + "/deliveries?state=failed")
                .json()
                .path("deliveries")
                .valueStream()
                .map(delivery -> Instant.parse(delivery.path("failedAt").asText()))
                .max(Instant::compareTo)
                .orElseThrow()
                .plusMillis(1);
        List<String> later = publish(2);
        awaitFailed(subscription, 4);
        webhook.clear();
        webhook.answer(200);

        JsonNode done = awaitDone(start(subscription, Map.of("failedSince", since.toString())));

        await().untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrderElementsOf(later));
        assertThat(done.path("requeued").asInt()).isEqualTo(2);
        assertThat(summary(subscription).at("/failed/count").asInt()).isEqualTo(2);
    }

    @Test
    void everything_since_a_time_or_after_an_event_is_sent_again_as_far_as_it_matches() {
        List<String> early = publish(2);
        String subscription = subscribed();
        List<String> ids = publish(3);
        server.as(server.tokens().publisher())
                .publish(CloudEvents.event().resource(RESOURCE))
                .expect(200);
        await().until(() -> received().size() == 3);
        webhook.clear();

        awaitDone(start(subscription, Map.of("after", ids.getFirst())));
        await().untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrderElementsOf(ids.subList(1, 3)));
        webhook.clear();
        JsonNode done = awaitDone(start(
                subscription, Map.of("since", Instant.now().minusSeconds(3_600).toString())));

        // Also what was published before the subscription was made.
        var all = new ArrayList<>(early);
        all.addAll(ids);
        await().untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrderElementsOf(all));
        assertThat(done.path("kind").asText()).isEqualTo("everything");
        assertThat(done.path("requeued").asInt()).isEqualTo(5);
        webhook.clear();
        String stored = owner().get(subscription + "/deliveries?event=" + ids.getLast())
                .json()
                .at("/deliveries/0/event/stored")
                .asText();
        awaitDone(start(subscription, Map.of("since", stored)));
        await().untilAsserted(() -> assertThat(received()).containsExactly(ids.getLast()));
    }

    @Test
    void a_replay_keeps_to_its_rate_lets_live_events_pass_survives_a_restart_and_can_be_cancelled() {
        String subscription = subscribed();
        List<String> ids = publish(60);
        await().until(() -> received().size() == 60);
        webhook.clear();

        String location = start(subscription, Map.of("after", ids.getFirst(), "perSecond", 4))
                .expect(202)
                .header("Location")
                .orElseThrow();
        await().until(() -> received().size() >= 2);
        List<String> live = publish(1);
        await().until(() -> received().containsAll(live));
        int behind = received().size();

        server.restart();
        await().atMost(Duration.ofSeconds(20)).until(() -> received().size() > behind + 3);
        JsonNode cancelled = owner().delete(location).expect(200).json();
        JsonNode afterwards = owner().get(location).expect(200).json();

        // At four a second the replay is far from its end when the live event and the restart are over.
        assertThat(behind).isLessThan(40);
        assertThat(cancelled.path("state").asText()).isEqualTo("cancelled");
        assertThat(cancelled.path("requeued").asInt()).isBetween(4, 58);
        assertThat(afterwards.path("requeued")).isEqualTo(cancelled.path("requeued"));
        assertThat(received()).startsWith(ids.get(1), ids.get(2));
        assertThat(owner().get(subscription + "/replays").json().at("/replays/0/id"))
                .isEqualTo(cancelled.path("id"));
        // What was requeued before the end is sent, and no more.
        await().untilAsserted(() -> assertThat(
                        received().stream().filter(ids::contains).distinct())
                .hasSize(cancelled.path("requeued").asInt()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                      | $           | Exactly one of 'failedSince', 'since' and 'after' must be there.",
                "{\"since\":\"2026-01-01T00:00:00Z\",\"after\":\"x\"}    | $           | Exactly one of 'failedSince', 'since' and 'after' must be there.",
                "{\"since\":\"yesterday\"}                               | $.since     | This must be a time such as 2026-01-31T12:00:00Z.",
                "{\"failedSince\":7}                                     | $.failedSince | This must be a time such as 2026-01-31T12:00:00Z.",
                "{\"after\":\"nobody-has-this-id\"}                      | $.after     | There is no event with this id.",
                "{\"after\":\"x\",\"perSecond\":0}                       | $.perSecond | This must be a whole number from 1 to 1000.",
                "[1]                                                     | $           | Exactly one of 'failedSince', 'since' and 'after' must be there."
            })
    void an_order_that_is_not_understood_is_refused(String body, String member, String reason) {
        String subscription = subscribed();

        Response refused = owner().post(subscription + "/replays", body).expect(400);

        assertThat(refused.json().at("/errors").path(member).path(0).asText()).isEqualTo(reason);
        assertThat(owner().get(subscription + "/replays").json().path("replays"))
                .isEmpty();
    }

    @Test
    void nothing_is_repeated_for_a_subscription_that_gets_nothing() {
        webhook.answer(Answer.status(500));
        String unvalidated = EVENTS + "/subscriptions/"
                + owner().subscribe(Subscription.to(webhook.url("/hook"))
                                .resourceFilter(RESOURCE)
                                .typeFilter(type))
                        .expect(201)
                        .json()
                        .path("id")
                        .asText();
        String id = publish(1).getFirst();

        assertThat(start(unvalidated, Map.of("after", id)).expect(409).detail())
                .isEqualTo("The subscription's endpoint has not been validated yet.");
        assertThat(owner().post(unvalidated + "/deliveries/" + id + "/resend")
                        .expect(409)
                        .detail())
                .isEqualTo("The subscription's endpoint has not been validated yet.");
    }

    @Test
    void a_disabled_subscription_refuses_repairs_and_keeps_what_failed_until_it_is_made_again() {
        String subscription = subscribed();
        List<String> ids = publish(4);
        await().until(() -> received().size() == 4);
        webhook.answer(Answer.gone());
        String replay = start(subscription, Map.of("since", "2020-01-01T00:00:00Z", "perSecond", 2))
                .expect(202)
                .header("Location")
                .orElseThrow();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> summary(subscription).path("status").asText().equals("disabled"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> summary(subscription).at("/failed/count").asInt() > 0);

        String since = "The subscription is disabled since ";
        assertThat(start(subscription, Map.of("failedSince", "2020-01-01T00:00:00Z"))
                        .expect(409)
                        .detail())
                .startsWith(since)
                .contains("The endpoint answered 410 Gone.")
                .endsWith("Create it again, so that its endpoint is validated; then try again.");
        assertThat(owner().post(subscription + "/deliveries/" + ids.getFirst() + "/resend")
                        .expect(409)
                        .detail())
                .startsWith(since);
        for (String change : List.of("/pause", "/resume")) {
            assertThat(owner().post(subscription + change).expect(409).detail())
                    .isEqualTo("The subscription is disabled: The endpoint answered 410 Gone.");
        }
        JsonNode waiting = await().atMost(Duration.ofSeconds(20))
                .until(() -> owner().get(replay).json(), job -> job.has("waitsFor"));
        assertThat(waiting.path("waitsFor").asText()).startsWith(since);

        webhook.clear();
        webhook.answer(200);
        assertThat(subscribed()).as("the same subscription").isEqualTo(subscription);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> summary(subscription).path("status").asText().equals("active"));
        awaitState(replay, "done");
        awaitDone(start(subscription, Map.of("failedSince", "2020-01-01T00:00:00Z")));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(received()).containsOnlyOnceElementsOf(ids));
        assertThat(summary(subscription).at("/failed/count").asInt()).isZero();
    }

    @Test
    void the_summary_counts_what_waits_and_what_was_given_up_and_tells_the_age_of_the_oldest_of_each() {
        String subscription = subscribed();
        JsonNode nothing = summary(subscription);
        webhook.answer(Answer.status(404));
        List<String> failed = publish(3);
        awaitFailed(subscription, 3);
        owner().post(subscription + "/pause").expect(200);
        List<String> waiting = publish(2);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> summary(subscription).at("/waiting/count").asInt() == 2);

        Instant before = now();
        JsonNode after = summary(subscription);
        Instant then = now();

        assertThat(nothing.path("waiting")).hasToString("{\"count\":0}");
        assertThat(nothing.path("failed")).hasToString("{\"count\":0}");
        assertThat(after.path("status").asText()).isEqualTo("paused");
        assertThat(after.at("/failed/count").asInt()).isEqualTo(3);
        assertThat(after.at("/waiting/count").asInt()).isEqualTo(2);
        assertThat(after.at("/failed/oldest").asText()).isEqualTo(stored(subscription, failed.getFirst()));
        assertThat(after.at("/waiting/oldest").asText()).isEqualTo(stored(subscription, waiting.getFirst()));
        assertThat(after.at("/recentOutcomes/rejected").asInt())
                .as("three attempts at each of three deliveries")
                .isEqualTo(9);
        for (String state : List.of("/waiting", "/failed")) {
            Instant oldest = Instant.parse(after.at(state + "/oldest").asText());
            assertThat(after.at(state + "/oldestAgeSeconds").asLong())
                    .isBetween(
                            Duration.between(oldest, before).toSeconds(),
                            Duration.between(oldest, then).toSeconds());
        }
    }

    private static Instant now() {
        return Instant.parse(server.api()
                .get("/development/clock")
                .expect(200)
                .json()
                .path("now")
                .asText());
    }

    private static String stored(String subscription, String event) {
        return owner().get(subscription + "/deliveries?event=" + event)
                .json()
                .at("/deliveries/0/event/stored")
                .asText();
    }
}
