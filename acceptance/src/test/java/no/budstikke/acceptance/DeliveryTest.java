package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import no.budstikke.testkit.Answer;
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

/// What becomes of deliveries whose endpoint misbehaves. Has a server of its own, since it moves the
/// clock. Spec: events §6.
class DeliveryTest {

    private static Budstikke server;

    private final Webhook webhook = Webhook.start();
    private final Webhook healthy = Webhook.start();
    private final String type = CloudEvents.randomType();

    @BeforeAll
    static void start() {
        server = Budstikke.start();
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
    void an_endpoint_that_answers_500_five_times_gets_the_event_at_the_sixth_attempt_and_the_same_body_each_time() {
        subscribe(webhook);
        webhook.answerNext(5, 500);
        CloudEvents event = publish();
        for (int made = 1; made <= 5; made++) {
            advanceUntil(event, made + 1, Duration.ofMinutes(1));
        }
        advance(Duration.ofHours(2));
        CloudEvents later = publish();
        webhook.awaitEventWithId(later.id());
        List<String> bodies = webhook.requestsTo("/hook").stream()
                .map(request -> request.text())
                .filter(text -> text.contains(event.id()))
                .toList();
        assertThat(bodies).hasSize(6);
        assertThat(bodies).containsOnly(bodies.getFirst());
    }

    @Test
    void an_attempt_is_not_made_before_its_time() {
        subscribe(webhook);
        webhook.answerNext(2, 503);
        CloudEvents event = publish();
        webhook.awaitEventWithId(event.id());
        advanceUntil(event, 2, Duration.ofSeconds(1));
        advance(Duration.ofSeconds(25));
        publishAndAwait();
        assertThat(attempts(event)).as("30 seconds are not over").isEqualTo(2);
        advanceUntil(event, 3, Duration.ofSeconds(1));
    }

    @Test
    void neither_a_dead_nor_a_slow_endpoint_holds_up_a_healthy_one() {
        Webhook slow = Webhook.start();
        Webhook dead = Webhook.start();
        try {
            subscribe(healthy);
            subscribe(slow);
            subscribe(dead);
            slow.answer(Answer.hang(Duration.ofSeconds(30)));
            dead.answer(new Answer.RefuseConnection());
            List<CloudEvents> events =
                    IntStream.range(0, 300).mapToObj(_ -> publish()).toList();
            List<String> ids = events.stream().map(CloudEvents::id).toList();
            healthy.awaitEvents(ids.size());
            assertThat(healthy.events()).extracting(DeliveryTest::id).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(slow.events())
                    .as("the slow one is still at its first events")
                    .hasSizeLessThan(ids.size());
        } finally {
            slow.close();
            dead.close();
        }
    }

    @Test
    void an_endpoint_that_comes_back_after_an_outage_gets_everything_within_seconds() {
        int port = webhook.port();
        subscribe(webhook);
        webhook.close();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ids.add(publish().id());
        }
        // Everything has been put off: whoever subscribes beside it has got it all.
        publishToHealthy();
        try (Webhook back = Webhook.start(port)) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(back.events())
                            .extracting(DeliveryTest::id)
                            .containsAll(ids));
        }
    }

    @Test
    void what_a_full_lane_can_t_take_waits_and_is_delivered_too() {
        var gate = new CountDownLatch(1);
        subscribe(webhook);
        webhook.answer(_ -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.ok();
        });
        // More than a lane holds and works on at once.
        List<String> ids = IntStream.range(0, 1_200)
                .parallel()
                .mapToObj(_ -> publish().id())
                .toList();
        // Behind all of these, each of which is written to the disk.
        healthy.patience(Duration.ofSeconds(60));
        publishToHealthy();
        assertThat(webhook.events()).hasSizeLessThan(ids.size());
        gate.countDown();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(webhook.events())
                        .extracting(DeliveryTest::id)
                        .containsAll(ids));
    }

    @Test
    void a_connection_that_breaks_midway_is_a_failure_and_the_event_comes_again() {
        subscribe(webhook);
        for (Answer misbehaviour :
                List.of(new Answer.CloseWithoutAnswer(), new Answer.Junk(), Answer.redirect("http://127.0.0.1:1/"))) {
            webhook.answerNext(1, misbehaviour);
            CloudEvents event = publish();
            advanceUntil(event, 2, Duration.ofSeconds(1));
        }
    }

    @Test
    void an_answer_that_never_ends_does_not_keep_the_delivery() {
        subscribe(webhook);
        webhook.answerNext(1, new Answer.NeverEnding(200));
        CloudEvents first = publish();
        CloudEvents second = publish();
        webhook.awaitEventWithId(first.id());
        webhook.awaitEventWithId(second.id());
    }

    @Test
    void what_was_not_delivered_when_the_server_stopped_is_delivered_after_the_next_start() {
        try (Budstikke restarted = Budstikke.start()) {
            restarted.as(restarted.tokens().serviceOwner()).establish(subscription(webhook));
            webhook.answer(503);
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                CloudEvents event = CloudEvents.event().type(type).resource(Parties.resourceUrn(3));
                restarted.as(restarted.tokens().publisher()).publish(event).expect(200);
                ids.add(event.id());
            }
            webhook.awaitEvents(1);
            restarted.terminate();
            webhook.clear();
            webhook.answer(200);
            restarted.restart();
            restarted
                    .api()
                    .post("/development/clock", Map.of("advance", "PT2M"))
                    .expect(200);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(webhook.events())
                            .extracting(DeliveryTest::id)
                            .containsAll(ids));
        }
    }

    private void publishAndAwait() {
        subscribe(healthy);
        healthy.awaitEventWithId(publish().id());
    }

    private void publishToHealthy() {
        publishAndAwait();
    }

    private void subscribe(Webhook to) {
        server.as(server.tokens().serviceOwner()).establish(subscription(to));
    }

    private Subscription subscription(Webhook to) {
        return Subscription.to(to.url("/hook"))
                .resourceFilter(Parties.resourceUrn(3))
                .typeFilter(type);
    }

    private CloudEvents publish() {
        CloudEvents event = CloudEvents.event().type(type).resource(Parties.resourceUrn(3));
        server.as(server.tokens().publisher()).publish(event).expect(200);
        return event;
    }

    private long attempts(CloudEvents event) {
        return webhook.requestsTo("/hook").stream()
                .filter(request -> request.text().contains(event.id()))
                .count();
    }

    /// Moves the clock in steps until so many attempts at the event have come. The steps follow each
    /// other because the server looks at the clock only when it has the answer to an attempt, which may
    /// be after a step.
    private void advanceUntil(CloudEvents event, int attempts, Duration step) {
        Awaitility.await().alias(attempts + " attempts").until(() -> {
            if (attempts(event) < attempts) {
                advance(step);
            }
            return attempts(event) >= attempts;
        });
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
