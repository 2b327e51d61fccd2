package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Several processes on one PostgreSQL share the deliveries. They come, stop, are killed and are paused
/// while events are published at the one that brings the database along; every event that was answered
/// 200 is accounted for.
class NodesTest {

    private static final int SHARDS = 16;
    private static final int PUBLISHERS = 4;
    /// Attempts under way at once in one process.
    private static final int CONCURRENCY = 16;
    private static final String RESOURCE = Parties.resourceUrn(5);
    /// What is promised for the death of a node.
    private static final Duration PROMISE = Duration.ofSeconds(10);

    private static Budstikke first;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() throws IOException, SQLException {
        first = quick(Budstikke.builder().setting("database.poolSize", 12)).start();
        database = EmbeddedDatabase.of(first);
    }

    @AfterAll
    static void stop() throws SQLException {
        database.close();
        first.close();
    }

    private static Budstikke another() throws IOException {
        return quick(EmbeddedDatabase.neighbour(first, EmbeddedDatabase.DATABASE))
                .start();
    }

    private static Budstikke.Builder quick(Budstikke.Builder builder) {
        return builder.setting("delivery.concurrency", CONCURRENCY)
                .setting("delivery.retrySchedule", Collections.nCopies(400, "200ms"));
    }

    /// How many shards each living node has, the oldest node first.
    private static String shares() {
        return ask("""
                select string_agg(shards::text, ' ' order by id)
                  from (select n.id, count(c.shard) as shards
                          from node n
                          left join feed_cursor c on c.node = n.id
                         group by n.id) share
                """);
    }

    private static String ask(String question) {
        try {
            return database.ask(question);
        } catch (SQLException e) {
            throw new IllegalStateException(question, e);
        }
    }

    private static ConditionFactory within(Duration time) {
        return Awaitility.await().atMost(time).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    /// Events of many instances, so of all shards, and one subscription that gets them all.
    private static final class Load implements AutoCloseable {

        private final Webhook webhook = Webhook.counting();
        private final String type = CloudEvents.randomType();
        private final Api publisher = first.as(first.tokens().publisher());
        private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        /// Returns when every node knows the subscription: all of a number of events come.
        Load() {
            first.as(first.tokens().serviceOwner())
                    .establish(Subscription.to(webhook.url("/all"))
                            .resourceFilter(RESOURCE)
                            .typeFilter(type));
            within(Duration.ofSeconds(30)).until(() -> {
                Set<String> probes = new HashSet<>();
                for (int i = 0; i < 4 * SHARDS; i++) {
                    probes.add(publish());
                }
                try {
                    within(Duration.ofSeconds(1)).until(() -> came().containsAll(probes));
                    return true;
                } catch (org.awaitility.core.ConditionTimeoutException _) {
                    return false;
                }
            });
            webhook.clear();
            for (int i = 0; i < PUBLISHERS; i++) {
                threads.execute(this::publishOnAndOn);
            }
        }

        private void publishOnAndOn() {
            while (!over.get()) {
                accepted.add(publish());
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        }

        private String publish() {
            CloudEvents event = CloudEvents.event()
                    .resource(RESOURCE)
                    .type(type)
                    .resourceInstance(UUID.randomUUID().toString());
            publisher.publish(event).expect(200);
            return event.id();
        }

        private Set<String> came() {
            return webhook.deliveries().keySet();
        }

        void awaitMore(int events) {
            int goal = accepted.size() + events;
            within(Duration.ofSeconds(60)).until(() -> accepted.size() >= goal);
        }

        /// Ends the publishing, and waits until everything has come.
        ///
        /// @return how many deliveries came once more
        int end() {
            over.set(true);
            threads.close();
            Set<String> all = Set.copyOf(accepted);
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                var missing = new HashSet<>(all);
                missing.removeAll(came());
                assertThat(missing).as("accepted, never delivered").isEmpty();
            });
            return webhook.deliveries().values().stream()
                    .mapToInt(times -> times - 1)
                    .sum();
        }

        @Override
        public void close() {
            over.set(true);
            threads.close();
            webhook.close();
        }
    }

    /// Events of some instances, each instance's published one after the other, for a subscription that
    /// asks for their order. Its receiver takes its time, and fails now and then.
    private static final class OrderedLoad implements AutoCloseable {

        private static final int INSTANCES_EACH = 8;
        private static final Duration ANSWER_AFTER = Duration.ofMillis(20);

        private final long seed;
        private final SplittableRandom random;
        private final Webhook webhook = Webhook.start();
        private final String type = CloudEvents.randomType();
        private final Api publisher = first.as(first.tokens().publisher());
        private final Map<String, Integer> published = new ConcurrentHashMap<>();
        /// What the receiver has taken, in the order in which it did: of each instance the numbers.
        private final Map<String, List<Integer>> taken = new ConcurrentHashMap<>();

        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        OrderedLoad(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            first.as(first.tokens().serviceOwner())
                    .establish(Subscription.to(webhook.url("/ordered"))
                            .resourceFilter(RESOURCE)
                            .typeFilter(type)
                            .with("ordering", "resourceInstance"));
            webhook.answer(this::answer);
            for (int i = 0; i < PUBLISHERS; i++) {
                String name = "instance-" + i + "-";
                threads.execute(() -> publishOnAndOn(name));
            }
        }

        private Answer.AfterReading answer(Received request) {
            LockSupport.parkNanos(ANSWER_AFTER.toNanos());
            if (request.isValidation()) {
                return Answer.ok();
            }
            JsonNode event = request.json();
            synchronized (random) {
                if (random.nextInt(10) == 0) {
                    return Answer.status(500);
                }
                taken.computeIfAbsent(event.path("resourceinstance").asText(), _ -> new ArrayList<>())
                        .add(event.path("data").path("number").asInt());
                return Answer.ok();
            }
        }

        private void publishOnAndOn(String name) {
            for (int number = 0; !over.get(); number++) {
                for (int i = 0; i < INSTANCES_EACH; i++) {
                    publisher
                            .publish(CloudEvents.event()
                                    .resource(RESOURCE)
                                    .type(type)
                                    .resourceInstance(name + i)
                                    .data(Map.of("number", number)))
                            .expect(200);
                    published.merge(name + i, 1, Integer::sum);
                    accepted.incrementAndGet();
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
            }
        }

        void awaitMore(int events) {
            int goal = accepted.get() + events;
            within(Duration.ofSeconds(60)).until(() -> accepted.get() >= goal);
        }

        /// Ends the publishing, waits until every event has been taken, and judges in which order they
        /// were taken first.
        void end() {
            over.set(true);
            threads.close();
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                Map<String, Integer> came = new HashMap<>();
                firstTimes().forEach((instance, numbers) -> came.put(instance, numbers.size()));
                assertThat(came).as("seed %d: taken", seed).isEqualTo(published);
            });
            firstTimes()
                    .forEach((instance, numbers) -> assertThat(numbers)
                            .as("seed %d: %s, in the order in which they were taken first", seed, instance)
                            .isSorted());
        }

        private Map<String, List<Integer>> firstTimes() {
            var first = new HashMap<String, List<Integer>>();
            synchronized (random) {
                taken.forEach((instance, numbers) -> first.put(instance, List.copyOf(new LinkedHashSet<>(numbers))));
            }
            return first;
        }

        @Override
        public void close() {
            over.set(true);
            threads.close();
            webhook.close();
        }
    }

    /// Looks at the cursors all the time: none may ever go back, whoever moves it.
    private static final class Watch implements AutoCloseable {

        private final AtomicBoolean over = new AtomicBoolean();
        private final Map<String, String> furthest = new HashMap<>();
        private final List<String> backwards = new ArrayList<>();
        private final Thread looking = Thread.ofPlatform().start(this::look);

        private void look() {
            try (EmbeddedDatabase own = EmbeddedDatabase.of(first)) {
                while (!over.get()) {
                    String cursors = own.ask("""
                            select string_agg(shard || ' ' || lpad(xid::text, 19, '0') || lpad(position::text, 19, '0')
                                              || lpad(epoch::text, 19, '0'), ',')
                              from feed_cursor
                            """);
                    for (String cursor : cursors.split(",", -1)) {
                        String[] part = cursor.split(" ", -1);
                        String before = furthest.put(part[0], part[1]);
                        if (before != null && before.compareTo(part[1]) > 0) {
                            backwards.add(part[0] + ": " + before + " → " + part[1]);
                        }
                    }
                }
            } catch (IOException | SQLException e) {
                backwards.add(e.toString());
            }
        }

        @Override
        public void close() {
            over.set(true);
            try {
                looking.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before the cursors were judged", e);
            }
            assertThat(backwards).as("cursors that went back").isEmpty();
        }
    }

    @Test
    void nodes_that_come_and_stop_cost_neither_a_loss_nor_a_repeat() throws Exception {
        try (var load = new Load();
                var _ = new Watch()) {
            load.awaitMore(100);
            try (Budstikke second = another()) {
                within(PROMISE).until(() -> shares().equals("8 8"));
                load.awaitMore(100);
                try (Budstikke third = another()) {
                    within(PROMISE).until(() -> shares().equals("6 5 5"));
                    load.awaitMore(100);
                    third.terminate();
                }
                within(PROMISE).until(() -> shares().equals("8 8"));
                load.awaitMore(100);
                second.terminate();
            }
            within(PROMISE).until(() -> shares().equals("16"));
            load.awaitMore(100);
            assertThat(load.end()).as("repeats").isZero();
        }
    }

    @Test
    void a_killed_and_a_paused_node_cost_no_event_and_few_repeats() throws Exception {
        try (Budstikke killed = another();
                Budstikke paused = another()) {
            within(PROMISE).until(() -> shares().equals("6 5 5"));
            try (var load = new Load();
                    var _ = new Watch()) {
                load.awaitMore(300);
                paused.pause();
                within(PROMISE).until(() -> shares().equals("8 8"));
                load.awaitMore(300);
                killed.kill();
                within(PROMISE).until(() -> shares().equals("16"));
                load.awaitMore(300);
                paused.resume();
                within(PROMISE).until(() -> shares().equals("8 8"));
                load.awaitMore(300);
                assertThat(load.end())
                        .as("repeats: no more than two processes can have had under way")
                        .isLessThanOrEqualTo(2 * CONCURRENCY);
            }
        }
    }

    @Test
    void an_instances_order_holds_while_its_shard_goes_from_node_to_node() throws Exception {
        try (var load = new OrderedLoad(5)) {
            load.awaitMore(100);
            try (Budstikke second = another();
                    Budstikke third = another()) {
                within(PROMISE).until(() -> shares().equals("6 5 5"));
                load.awaitMore(200);
                third.kill();
                within(PROMISE).until(() -> shares().equals("8 8"));
                load.awaitMore(200);
                second.terminate();
            }
            within(PROMISE).until(() -> shares().equals("16"));
            load.awaitMore(100);
            load.end();
        }
    }

    @Test
    void a_single_node_that_was_killed_has_all_shards_again_as_soon_as_it_is_ready() throws Exception {
        database.change("create database lone");
        try (Budstikke lone = quick(EmbeddedDatabase.neighbour(first, "lone")).start()) {
            lone.kill();
            lone.restart();
            try (EmbeddedDatabase its = EmbeddedDatabase.of(first, "lone")) {
                assertThat(its.ask("select count(*) from node")).isEqualTo("1");
                assertThat(its.ask("select count(*) from feed_cursor join node on node.id = feed_cursor.node"))
                        .isEqualTo("16");
            }
        }
    }
}
