package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Deliveries in order of their instance, and in batches, where the subscription asks for it. The
/// server's retries come quickly, so that a failing instance fails many times. Design §4.3.
class OrderAndBatchTest {

    private static final String RESOURCE = Parties.resourceUrn(3);
    private static final String FAILING = "failing";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Budstikke server;

    private final Webhook webhook = Webhook.start();
    private final String type = CloudEvents.randomType();
    /// What the webhook has taken, in the order in which it did: of each instance the numbers.
    private final Map<String, List<Integer>> taken = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                .setting("delivery.retrySchedule", Collections.nCopies(400, "200ms"))
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_fifth_of_all_requests_fails_and_one_instance_for_a_minute_and_each_comes_in_order_and_no_other_waits(
            long seed) {
        subscribe(subscription().with("ordering", "resourceInstance"));
        var random = new SplittableRandom(seed);
        var failing = new AtomicBoolean(true);
        List<Integer> triedInVain = Collections.synchronizedList(new ArrayList<>());
        webhook.answer(request -> {
            if (failing.get() && instance(request.json()).equals(FAILING)) {
                triedInVain.add(number(request.json()));
                return Answer.status(500);
            }
            synchronized (random) {
                return random.nextInt(5) == 0 ? Answer.status(500) : take(request);
            }
        });

        List<String> others =
                IntStream.range(0, 7).mapToObj(i -> "instance-" + i).toList();
        List<String> instances =
                Stream.concat(Stream.of(FAILING), others.stream()).toList();
        Duration step = Duration.ofSeconds(10);
        int published = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(MINUTE) < 0; passed = passed.plus(step)) {
            publish(instances, published, published + 2);
            published += 2;
            int before = triedInVain.size();
            advance(step);
            // Nobody waits for the one that fails, at no time of the minute; and that one is tried again and again.
            awaitTaken(others, published, seed);
            Awaitility.await().alias("seed " + seed).until(() -> triedInVain.size() > before);
        }
        assertThat(taken).as("seed %d", seed).doesNotContainKey(FAILING);
        assertThat(triedInVain)
                .as("seed %d: no later event of the failing instance was tried", seed)
                .containsOnly(0);

        failing.set(false);
        publish(instances, published, published + 5);
        published += 5;
        awaitTaken(instances, published, seed);
        for (String instance : instances) {
            assertThat(taken(instance))
                    .as("seed %d, %s", seed, instance)
                    .isEqualTo(IntStream.range(0, published).boxed().toList());
        }
    }

    @Test
    void one_event_that_the_endpoint_can_t_take_holds_up_no_other_though_nothing_else_has_come_for_a_while() {
        subscribe(subscription());
        webhook.answer(request -> instance(request.json()).equals(FAILING) ? Answer.status(500) : take(request));
        publish(List.of(FAILING), 0, 1);
        // More failures in a row than an endpoint has that is alive, and the first probe.
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            advance(Duration.ofSeconds(1));
            return webhook.events().size() > 10;
        });
        publish(List.of("a"), 0, 3);
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            advance(Duration.ofSeconds(1));
            assertThat(taken("a")).containsExactlyInAnyOrder(0, 1, 2);
        });
    }

    @Test
    void the_order_survives_an_outage_and_the_servers_death() {
        try (Budstikke mortal = Budstikke.builder()
                .setting("delivery.retrySchedule", Collections.nCopies(400, "200ms"))
                .start()) {
            mortal.as(mortal.tokens().serviceOwner()).establish(subscription().with("ordering", "resourceInstance"));
            var random = new SplittableRandom(7);
            var back = new CountDownLatch(1);
            webhook.answer(request -> {
                synchronized (random) {
                    return back.getCount() > 0 || random.nextInt(5) == 0 ? Answer.status(503) : take(request);
                }
            });
            List<String> instances = List.of("one", "two", "three");
            publish(mortal, instances, 0, 10);
            webhook.awaitCount(8);
            mortal.kill();
            mortal.restart();
            publish(mortal, instances, 10, 15);
            back.countDown();
            publish(mortal, instances, 15, 20);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> instances.forEach(instance ->
                            assertThat(new LinkedHashSet<>(taken(instance))).hasSize(20)));
            // What was taken and not yet written down when the server died may come again, but in order.
            instances.forEach(instance -> assertThat(List.copyOf(new LinkedHashSet<>(taken(instance))))
                    .as(instance)
                    .isEqualTo(IntStream.range(0, 20).boxed().toList()));
        }
    }

    @Test
    void a_batch_holds_several_events_in_an_array_and_no_more_than_was_asked_for() {
        subscribe(subscription().with("delivery", Map.of("batch", Map.of("max", 10, "waitMs", 500))));
        webhook.answer(this::take);
        publish(List.of("a"), 0, 35);
        Awaitility.await().untilAsserted(() -> assertThat(taken("a")).hasSize(35));
        List<Received> batches = batches();
        assertThat(batches).allSatisfy(batch -> {
            assertThat(batch.header("Content-Type")).contains("application/cloudevents-batch+json; charset=utf-8");
            assertThat(batch.json().isArray()).isTrue();
            assertThat(batch.json().size()).isBetween(1, 10);
        });
        assertThat(batches).anySatisfy(batch -> assertThat(batch.json().size()).isEqualTo(10));
        assertThat(batches.size()).isLessThan(20);
        assertThat(taken("a")).doesNotHaveDuplicates();
    }

    @Test
    void an_event_that_the_receiver_refuses_does_not_spoil_its_batch() {
        subscribe(subscription().with("delivery", Map.of("batch", Map.of("max", 20, "waitMs", 300))));
        webhook.answer(request -> request.text().contains("\"poison\"") ? Answer.status(400) : take(request));
        publish(List.of("a"), 0, 8);
        publish(List.of("poison"), 0, 1);
        publish(List.of("a"), 8, 16);
        Awaitility.await().untilAsserted(() -> assertThat(taken("a")).hasSize(16));
        assertThat(taken("a")).as("each once").doesNotHaveDuplicates();
        webhook.awaitRequest(request -> !request.isValidation()
                && request.json().size() == 1
                && request.text().contains("\"poison\""));
        assertThat(taken).doesNotContainKey("poison");
    }

    @Test
    void batches_keep_the_order_too_when_both_are_asked_for() {
        subscribe(subscription()
                .with("ordering", "resourceInstance")
                .with("delivery", Map.of("batch", Map.of("max", 8, "waitMs", 100))));
        var random = new SplittableRandom(11);
        webhook.answer(request -> {
            synchronized (random) {
                return random.nextInt(4) == 0 ? Answer.status(random.nextBoolean() ? 503 : 400) : take(request);
            }
        });
        List<String> instances = List.of("x", "y", "z");
        publish(instances, 0, 30);
        awaitTaken(instances, 30, 11);
        instances.forEach(instance -> assertThat(taken(instance))
                .as(instance)
                .isEqualTo(IntStream.range(0, 30).boxed().toList()));
        assertThat(batches())
                .anySatisfy(batch -> assertThat(batch.json().size()).isGreaterThan(3));
    }

    private List<Received> batches() {
        return webhook.requests().stream()
                .filter(request -> !request.isValidation())
                .toList();
    }

    private void awaitTaken(List<String> instances, int each, long seed) {
        Awaitility.await()
                .alias("seed " + seed)
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> instances.forEach(
                        instance -> assertThat(taken(instance)).as(instance).hasSize(each)));
    }

    private List<Integer> taken(String instance) {
        return List.copyOf(taken.getOrDefault(instance, List.of()));
    }

    private Answer.AfterReading take(Received request) {
        if (!request.isValidation()) {
            JsonNode body = request.json();
            Iterable<JsonNode> events = body.isArray() ? body : List.of(body);
            StreamSupport.stream(events.spliterator(), false)
                    .forEach(event -> taken.computeIfAbsent(
                                    instance(event), _ -> Collections.synchronizedList(new ArrayList<>()))
                            .add(number(event)));
        }
        return Answer.ok();
    }

    private static String instance(JsonNode event) {
        return event.path("resourceinstance").asText();
    }

    private static int number(JsonNode event) {
        return event.path("data").path("number").asInt();
    }

    private static void advance(Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }

    private void publish(List<String> instances, int from, int to) {
        publish(server, instances, from, to);
    }

    private void publish(Budstikke to, List<String> instances, int from, int until) {
        for (int number = from; number < until; number++) {
            for (String instance : instances) {
                to.as(to.tokens().publisher())
                        .publish(CloudEvents.event()
                                .type(type)
                                .resource(RESOURCE)
                                .resourceInstance(instance)
                                .data(Map.of("number", number)))
                        .expect(200);
            }
        }
    }

    private static void subscribe(Subscription subscription) {
        server.as(server.tokens().serviceOwner()).establish(subscription);
    }

    private Subscription subscription() {
        return Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE).typeFilter(type);
    }
}
