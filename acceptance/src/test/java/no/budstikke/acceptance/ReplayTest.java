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
        String location = started.expect(202).header("Location").orElseThrow();
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> owner().get(location).expect(200).json(),
                        job -> job.path("state").asText().equals("done"));
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
}
