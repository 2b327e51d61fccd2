package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.database.Transaction;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventFeedTest {

    private final Database database = TestDatabase.fresh();
    private final CommitSignal signal = new CommitSignal();
    private final OwnTransactions own = new OwnTransactions();
    private final EventLog log = new EventLog(database, signal, own);
    private final EventFeed feed = new EventFeed(database, signal, own);

    @AfterEach
    void close() {
        feed.close();
        database.close();
    }

    private List<String> idsAfter(LogPosition place) {
        return feed.read(place, Instant.EPOCH, 1_000).events().stream()
                .map(logged -> logged.event().id())
                .toList();
    }

    private void append(String id) {
        database.useTransaction(tx -> log.append(tx, List.of(SampleEvents.withId(id))));
    }

    @Test
    void what_a_publish_was_part_of_is_kept_beside_the_event() {
        var context = new Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Trace.of(context).run(() -> append("traced"));
        append("untraced");
        List<LoggedEvent> read =
                feed.read(new LogPosition(0, 0), Instant.EPOCH, 1_000).events();
        assertThat(read).extracting(LoggedEvent::context).containsExactly(Optional.of(context), Optional.empty());
        assertThat(read.getFirst().event()).isEqualTo(SampleEvents.withId("traced"));
        List<EventFeed.Place> places = read.stream()
                .map(logged -> new EventFeed.Place(logged.at(), logged.stored()))
                .toList();
        assertThat(database.inTransaction(tx -> feed.find(tx, places)).values())
                .containsExactlyInAnyOrderElementsOf(read);
    }

    /// A transaction on a thread of its own, which does one step at a time when it is told to.
    private final class Slowly implements AutoCloseable {

        private final CountDownLatch mayAppend = new CountDownLatch(1);
        private final CountDownLatch appended = new CountDownLatch(1);
        private final CountDownLatch mayCommit = new CountDownLatch(1);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CompletableFuture<Void> done;

        Slowly(String id) {
            done = CompletableFuture.runAsync(
                    () -> database.useTransaction(tx -> step(tx, id)), Thread::startVirtualThread);
            awaitUnchecked(begun);
        }

        private void step(Transaction tx, String id) {
            takeTransactionId(tx);
            begun.countDown();
            awaitUnchecked(mayAppend);
            log.append(tx, List.of(SampleEvents.withId(id)));
            appended.countDown();
            awaitUnchecked(mayCommit);
        }

        void append() {
            mayAppend.countDown();
            awaitUnchecked(appended);
        }

        void commit() {
            mayCommit.countDown();
            done.join();
        }

        @Override
        public void close() {
            mayAppend.countDown();
            commit();
        }
    }

    private static void takeTransactionId(Transaction tx) {
        tx.handle()
                .createQuery("select pg_current_xact_id()::text")
                .mapTo(String.class)
                .one();
    }

    private static void linger(Transaction tx, SplittableRandom random) {
        tx.handle()
                .createQuery("select 1 from pg_sleep(?)")
                .bind(0, random.nextDouble() / 500)
                .mapTo(Integer.class)
                .one();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void reads_on_from_a_place_in_steps() {
        append("a");
        append("b");
        append("c");
        var two = feed.read(LogPosition.START, Instant.EPOCH, 2);
        assertThat(two.events()).extracting(logged -> logged.event().id()).containsExactly("a", "b");
        assertThat(idsAfter(two.events().getLast().at())).containsExactly("c");
        var rest = feed.read(two.events().getLast().at(), two.events().getLast().stored(), 2);
        assertThat(rest.events()).hasSize(1);
        assertThat(rest.horizon())
                .isGreaterThan(rest.events().getFirst().at().xid())
                .isGreaterThanOrEqualTo(two.horizon());
    }

    @Test
    void an_empty_log_has_a_horizon() {
        assertThat(feed.read(LogPosition.START, Instant.EPOCH, 10).events()).isEmpty();
        assertThat(feed.read(LogPosition.START, Instant.EPOCH, 10).horizon()).isPositive();
    }

    /// Design §4.1: T takes its transaction id after P, inserts before P, commits after P. Reading
    /// "position greater than the last one", even among finished transactions only, would lose T's
    /// event: its position is the lower one.
    @Test
    void an_event_with_a_lower_position_that_commits_later_is_not_lost() {
        try (var p = new Slowly("P");
                var t = new Slowly("T")) {
            t.append();
            p.append();
            p.commit();
            LoggedEvent first = onlyEventAfter(LogPosition.START);
            assertThat(first.event().id()).isEqualTo("P");
            t.commit();
            LoggedEvent second = onlyEventAfter(first.at());
            assertThat(second.event().id()).isEqualTo("T");
            assertThat(second.at().position()).isLessThan(first.at().position());
        }
    }

    /// Waits, because transactions of other databases on the same server hold back the horizon too.
    private LoggedEvent onlyEventAfter(LogPosition place) {
        Awaitility.await().until(() -> !idsAfter(place).isEmpty());
        List<LoggedEvent> events = feed.read(place, Instant.EPOCH, 10).events();
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    @Test
    void a_committed_event_waits_for_an_older_transaction() {
        try (var older = new Slowly("older")) {
            append("newer");
            assertThat(idsAfter(LogPosition.START)).isEmpty();
            older.append();
            older.commit();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(idsAfter(LogPosition.START)).containsExactly("older", "newer"));
        }
    }

    @Test
    void waits_for_news_until_what_was_committed_can_be_read() throws InterruptedException {
        feed.read(LogPosition.START, Instant.EPOCH, 10);
        try (var older = new Slowly("older")) {
            var arrived = new ArrayList<String>();
            var reader = Thread.ofPlatform().start(() -> {
                while (arrived.size() < 2) {
                    try {
                        feed.waitForNews(Duration.ofHours(1));
                    } catch (InterruptedException _) {
                        return;
                    }
                    arrived.clear();
                    arrived.addAll(idsAfter(LogPosition.START));
                }
            });
            append("newer");
            older.append();
            older.commit();
            reader.join(Duration.ofSeconds(30));
            assertThat(reader.isAlive()).isFalse();
            assertThat(arrived).containsExactly("older", "newer");
        }
    }

    @Test
    void sleeps_when_there_is_nothing_and_ends_on_an_interrupt() {
        append("a");
        idsAfter(LogPosition.START);
        var ended = new AtomicInteger();
        var reader = Thread.ofPlatform().start(() -> {
            try {
                feed.waitForNews(Duration.ofHours(1));
                ended.set(1);
            } catch (InterruptedException _) {
                ended.set(2);
            }
        });
        Awaitility.await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
        reader.interrupt();
        Awaitility.await().until(() -> ended.get() != 0);
        assertThat(ended).hasValue(2);
    }

    @Test
    void does_not_wait_while_there_is_more_than_was_asked_for() throws InterruptedException {
        append("a");
        append("b");
        feed.read(LogPosition.START, Instant.EPOCH, 1);
        feed.waitForNews(Duration.ofHours(1));
        assertThat(idsAfter(LogPosition.START)).containsExactly("a", "b");
    }

    @Test
    void a_reader_that_started_before_misses_nothing_of_many_writers() throws Exception {
        long seed = 20260102;
        int writers = 6;
        int each = 40;
        var written = ConcurrentHashMap.<String>newKeySet();
        var read = new ArrayList<LoggedEvent>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<?>>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                var random = new SplittableRandom(seed + number);
                futures.add(threads.submit(() -> {
                    if (number < writers / 2) {
                        write(random, number, each, written);
                    } else {
                        publish(random, number, 5 * each, written);
                    }
                }));
            }
            LogPosition at = LogPosition.START;
            Instant stored = Instant.EPOCH;
            boolean last = false;
            while (true) {
                var batch = feed.read(at, stored, 7);
                read.addAll(batch.events());
                at = batch.reached();
                stored = batch.stored().minus(Duration.ofDays(1));
                if (batch.more() || !batch.events().isEmpty()) {
                    continue;
                }
                if (last) {
                    break;
                } else if (futures.stream().allMatch(Future::isDone)) {
                    last = true;
                } else {
                    feed.waitForNews(Duration.ofMillis(100));
                }
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
        assertThat(read)
                .as("seed %d", seed)
                .extracting(logged -> logged.event().id())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(written);
        assertThat(read).extracting(LoggedEvent::at).isSorted();
        assertThat(stored()).as("as the database tells it").isEqualTo(read);
    }

    /// As the publishers' writers do it, with events among the new ones that are there already.
    private void publish(SplittableRandom random, int writer, int count, Set<String> written) {
        try (EventLog.Writer log = this.log.writer()) {
            for (int n = 0; n < count; n++) {
                var ids = new ArrayList<String>();
                for (int part = 0; part < 1 + random.nextInt(3); part++) {
                    ids.add(writer + "-" + (n - random.nextInt(2)) + "-" + part);
                }
                var events = ids.stream()
                        .map(id -> new EventLog.Traced(SampleEvents.withId(id), Optional.empty()))
                        .toList();
                assertThat(log.write(events)).isInstanceOf(EventLog.Written.Committed.class);
                written.addAll(ids);
            }
        }
    }

    @Test
    void what_this_node_has_just_written_is_read_without_the_database() {
        try (EventLog.Writer writer = log.writer()) {
            publish(writer, "a");
            var first = feed.read(LogPosition.START, Instant.EPOCH, 10);
            publish(writer, "b", "a", "c");
            publish(writer, "a");
            publish(writer, "d");
            List<LoggedEvent> stored = stored();
            database.useTransaction(tx -> tx.handle().execute("delete from event"));
            var next = feed.read(first.reached(), first.stored(), 10);
            assertThat(next.events()).extracting(logged -> logged.event().id()).containsExactly("b", "c", "d");
            assertThat(next.events()).isEqualTo(stored.subList(1, 4));
            assertThat(next.more()).isFalse();
            assertThat(next.horizon()).isGreaterThan(stored.getLast().at().xid());
        }
    }

    @Test
    void what_this_node_has_just_written_waits_for_older_transactions() {
        try (EventLog.Writer writer = log.writer()) {
            publish(writer, "a");
            var first = feed.read(LogPosition.START, Instant.EPOCH, 10);
            try (var older = new Slowly("older")) {
                publish(writer, "newer");
                var nothing = feed.read(first.reached(), first.stored(), 10);
                assertThat(nothing.events()).isEmpty();
                older.append();
                older.commit();
                Awaitility.await()
                        .untilAsserted(
                                () -> assertThat(idsAfter(nothing.reached())).containsExactly("older", "newer"));
            }
        }
    }

    @Test
    void what_this_node_has_just_written_is_read_in_portions_and_by_shard() {
        try (EventLog.Writer writer = log.writer()) {
            publish(writer, "a");
            var first = feed.read(LogPosition.START, Instant.EPOCH, 10);
            publish(writer, "b", "c");
            publish(writer, "d");
            publish(writer, "e", "f");
            var two = feed.read(first.reached(), first.stored(), 3);
            assertThat(two.events()).extracting(logged -> logged.event().id()).containsExactly("b", "c", "d");
            assertThat(two.more()).isTrue();
            int shard = EventLog.shard(SampleEvents.withId("e"));
            var others = IntStream.range(0, EventLog.SHARDS)
                    .filter(number -> number != shard)
                    .boxed()
                    .toList();
            assertThat(feed.read(two.reached(), two.stored(), 3, List.of(shard)).events())
                    .extracting(logged -> logged.event().id())
                    .contains("e");
            assertThat(feed.read(two.reached(), two.stored(), 3, others).events())
                    .extracting(logged -> logged.event().id())
                    .doesNotContain("e");
        }
    }

    @Test
    void after_the_database_was_away_reading_begins_at_the_last_event() {
        try (EventLog.Writer writer = log.writer()) {
            publish(writer, "a");
            var first = feed.read(LogPosition.START, Instant.EPOCH, 10);
            database.useTransaction(tx -> tx.handle()
                    .createQuery("select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                            + " where datname = current_database() and pid <> pg_backend_pid()")
                    .mapTo(Boolean.class)
                    .list());
            var events = List.of(new EventLog.Traced(SampleEvents.withId("b"), Optional.empty()));
            assertThat(writer.write(events)).isInstanceOf(EventLog.Written.Interrupted.class);
            assertThat(writer.write(events)).isInstanceOf(EventLog.Written.Committed.class);
            assertThatThrownBy(() -> feed.read(first.reached(), first.stored(), 10))
                    .as("its places may be worth nothing")
                    .isInstanceOf(IllegalStateException.class);
            // The pool may first give out connections that were broken, too.
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(IllegalStateException.class)
                    .untilAsserted(() ->
                            assertThat(idsAfter(first.events().getLast().at())).containsExactly("b"));
        }
    }

    private List<LoggedEvent> stored() {
        try (var anew = new EventFeed(database, new CommitSignal(), new OwnTransactions())) {
            return anew.read(LogPosition.START, Instant.EPOCH, 100_000).events();
        }
    }

    private static void publish(EventLog.Writer writer, String... ids) {
        var events = Stream.of(ids)
                .map(id -> new EventLog.Traced(SampleEvents.withId(id), Optional.empty()))
                .toList();
        assertThat(writer.write(events)).isInstanceOf(EventLog.Written.Committed.class);
    }

    /// Transactions that hold their id for a while before, between and after their inserts, some rolled
    /// back.
    private void write(SplittableRandom random, int writer, int count, Set<String> written) {
        for (int n = 0; n < count; n++) {
            var ids = new ArrayList<String>();
            try {
                int number = n;
                database.useTransaction(tx -> {
                    takeTransactionId(tx);
                    for (int part = 0; part < 1 + random.nextInt(3); part++) {
                        linger(tx, random);
                        String id = writer + "-" + number + "-" + part;
                        log.append(tx, List.of(SampleEvents.withId(id)));
                        ids.add(id);
                    }
                    linger(tx, random);
                    if (random.nextInt(10) == 0) {
                        throw new RolledBack();
                    }
                });
                written.addAll(ids);
            } catch (RolledBack _) {
                // Its events must not be read.
            }
        }
    }

    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
