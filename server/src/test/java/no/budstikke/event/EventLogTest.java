package no.budstikke.event;

import static no.budstikke.event.SampleEvents.RESOURCE;
import static no.budstikke.event.SampleEvents.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private final Database database = TestDatabase.fresh();
    private final CommitSignal signal = new CommitSignal();
    private final OwnTransactions own = new OwnTransactions();
    private final EventLog log = new EventLog(database, signal, own);

    @AfterEach
    void close() {
        database.close();
    }

    private int append(CloudEvent... events) {
        return database.inTransaction(tx -> log.append(tx, List.of(events)));
    }

    private List<LoggedEvent> logged() {
        try (var feed = new EventFeed(database, signal, own)) {
            return feed.read(LogPosition.START, Instant.EPOCH, 100_000).events();
        }
    }

    @Test
    void an_event_is_read_as_it_was_written() {
        var full = SampleEvents.any();
        var bare = new CloudEvent(
                "ø \"1\"",
                "/a\\b",
                "t",
                "urn:x:y",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "{\"id\":\"ø \\\"1\\\"\",\"data\":{\"null\":null}}");
        assertThat(append(full, bare)).isEqualTo(2);
        assertThat(logged()).extracting(LoggedEvent::event).containsExactly(full, bare);
        assertThat(logged()).extracting(LoggedEvent::shard).containsExactly((int) EventLog.shard(full), (int)
                EventLog.shard(bare));
    }

    @Test
    void events_of_one_call_are_logged_in_the_order_of_the_call() {
        CloudEvent[] events = IntStream.range(0, 200)
                .mapToObj(n -> SampleEvents.withId("n" + n))
                .toArray(CloudEvent[]::new);
        append(events);
        assertThat(logged()).extracting(LoggedEvent::event).containsExactly(events);
    }

    @Test
    void the_same_source_and_id_is_stored_once() {
        var event = SampleEvents.withId("1");
        assertThat(append(event, event)).isOne();
        assertThat(append(event)).isZero();
        assertThat(append(SampleEvents.withId("2"), event)).isOne();
        assertThat(append(SampleEvents.of("1", SOURCE + "/other", RESOURCE))).isOne();
        assertThat(logged()).hasSize(3);
    }

    @Test
    void nothing_of_a_rolled_back_transaction_is_stored() {
        assertThatThrownBy(() -> database.useTransaction(tx -> {
                    log.append(tx, List.of(SampleEvents.withId("1")));
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");
        assertThat(logged()).isEmpty();
        assertThat(signal.newest()).isZero();
        assertThat(append(SampleEvents.withId("1"))).isOne();
        assertThat(signal.newest()).isEqualTo(logged().getFirst().at().xid());
    }

    /// The keys are taken in one order, whatever the order of the events; otherwise this deadlocks.
    @Test
    void appenders_of_the_same_events_in_different_orders_store_each_once() throws Exception {
        for (int round = 0; round < 10; round++) {
            var events = new ArrayList<CloudEvent>();
            for (int n = 0; n < 100; n++) {
                events.add(SampleEvents.withId("round" + round + " event" + n));
            }
            int seed = round;
            List<Callable<Integer>> appenders = IntStream.range(0, 4)
                    .<Callable<Integer>>mapToObj(appender -> () -> {
                        var shuffled = new ArrayList<>(events);
                        Collections.shuffle(shuffled, new Random(31L * seed + appender));
                        return database.inTransaction(tx -> log.append(tx, shuffled));
                    })
                    .toList();
            int stored = 0;
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Integer> appended : threads.invokeAll(appenders)) {
                    stored += appended.get();
                }
            }
            assertThat(stored).as("round %d", round).isEqualTo(100);
        }
        assertThat(logged()).hasSize(1_000);
    }

    @Test
    void what_belongs_together_is_in_one_shard() {
        var shards = IntStream.range(0, 200)
                .mapToObj(n -> (int) EventLog.shard(SampleEvents.withId("" + n)))
                .distinct()
                .toList();
        assertThat(shards).hasSize(EventLog.SHARDS).allMatch(shard -> shard >= 0 && shard < EventLog.SHARDS);
        var one = SampleEvents.of("1", SOURCE, RESOURCE);
        assertThat(EventLog.shard(one)).isEqualTo(EventLog.shard(SampleEvents.of("1", "/elsewhere", "urn:x:y")));
    }
}
