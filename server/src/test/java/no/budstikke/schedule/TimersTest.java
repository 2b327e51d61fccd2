package no.budstikke.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import no.budstikke.time.MovableClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimersTest {

    private final ConcurrentLinkedQueue<String> fired = new ConcurrentLinkedQueue<>();
    private final MovableClock clock = new MovableClock();

    @Test
    void a_due_timer_fires_after_the_commit_and_never_again() {
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            database.useTransaction(tx -> timers.set(tx, "ring", "a", clock.instant()));
            await().until(() -> fired.contains("a"));
            database.useTransaction(tx -> timers.set(tx, "ring", "b", clock.instant()));
            await().until(() -> fired.contains("b"));
            await().until(() -> count(database) == 0);
            assertThat(fired).containsExactly("a", "b");
        }
    }

    @Test
    void a_rolled_back_timer_was_never_set() {
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            assertThatThrownBy(() -> database.useTransaction(tx -> {
                        timers.set(tx, "ring", "undone", clock.instant());
                        throw new IllegalStateException("midway");
                    }))
                    .hasMessage("midway");
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void moving_the_clock_fires_what_has_become_due_and_nothing_else() {
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            Instant now = clock.instant();
            database.useTransaction(tx -> {
                timers.set(tx, "ring", "in a day", now.plus(Duration.ofDays(1)));
                timers.set(tx, "ring", "in a year", now.plus(Duration.ofDays(365)));
            });
            clock.advance(Duration.ofDays(2));
            await().until(() -> fired.contains("in a day"));
            assertThat(fired).containsExactly("in a day");
            assertThat(count(database)).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void a_timer_that_is_set_again_moves() {
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            Instant far = clock.instant().plus(Duration.ofDays(1000));
            database.useTransaction(tx -> timers.set(tx, "ring", "moved", far));
            database.useTransaction(tx -> timers.set(tx, "ring", "moved", clock.instant()));
            await().until(() -> fired.contains("moved"));
        }
    }

    @Test
    void a_timer_is_part_of_the_trace_in_which_it_was_set() {
        var context = new Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var traced = new ConcurrentLinkedQueue<String>();
        try (Database database = TestDatabase.fresh();
                var timers = new Timers(database, clock)) {
            timers.on(
                    "ring",
                    (id, _) -> traced.add(id + " "
                            + Trace.currentContext().map(Traceparent::text).orElse("untraced")));
            timers.start();
            Trace.of(context).run(() -> database.useTransaction(tx -> timers.set(tx, "ring", "a", clock.instant())));
            await().until(() -> !traced.isEmpty());
            database.useTransaction(tx -> timers.set(tx, "ring", "b", clock.instant()));
            await().until(() -> traced.size() == 2);
            assertThat(traced).containsExactly("a " + context, "b untraced");
        }
    }

    @Test
    void five_hundred_timers_fire_once_each() {
        List<String> ids = IntStream.range(0, 500).mapToObj(n -> "n" + n).toList();
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            database.useTransaction(tx -> timers.setAll(tx, "ring", ids, clock.instant()));
            await().until(() -> fired.size() >= 500);
            await().until(() -> count(database) == 0);
            assertThat(fired).containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    @Test
    void a_timer_survives_the_process_that_set_it() {
        Database.Address address = TestDatabase.freshAddress();
        try (Database database = Database.connect(address);
                var timers = new Timers(database, clock)) {
            timers.on("ring", (id, attempt) -> fired.add("too early"));
            database.useTransaction(tx -> timers.set(tx, "ring", "later", clock.instant()));
        }
        try (Database database = Database.connect(address);
                var _ = started(database)) {
            await().until(() -> fired.contains("later"));
            assertThat(fired).containsExactly("later");
        }
    }

    @Test
    void a_failed_action_is_tried_again_with_the_next_number() {
        try (Database database = TestDatabase.fresh();
                var timers = new Timers(database, clock)) {
            timers.on("ring", (id, attempt) -> {
                fired.add(id + attempt);
                if (attempt < 3) {
                    throw new IllegalStateException("not yet");
                }
            });
            clock.onMoved(timers::lookAtTheClock);
            timers.start();
            database.useTransaction(tx -> timers.set(tx, "ring", "x", clock.instant()));
            await().until(() -> fired.contains("x1") && rescheduled(database));
            clock.advance(Duration.ofSeconds(15));
            await().until(() -> fired.contains("x2") && rescheduled(database));
            clock.advance(Duration.ofSeconds(25));
            await().until(() -> fired.contains("x3"));
            assertThat(fired).containsExactly("x1", "x2", "x3");
        }
    }

    @Test
    void what_a_dead_process_left_unfinished_is_taken_up() {
        try (Database database = TestDatabase.fresh();
                var timers = new Timers(database, clock)) {
            timers.on("ring", (id, attempt) -> fired.add(id));
            database.useTransaction(tx -> {
                timers.set(tx, "ring", "orphan", clock.instant());
                tx.handle()
                        .execute(
                                "update scheduled_tasks set picked = true, picked_by = 'gone', last_heartbeat = ?",
                                clock.instant().atOffset(java.time.ZoneOffset.UTC));
            });
            clock.advance(Duration.ofMinutes(1));
            timers.start();
            await().until(() -> fired.contains("orphan"));
        }
    }

    @Test
    void closing_lets_the_action_under_way_end() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (Database database = TestDatabase.fresh()) {
            try (var timers = new Timers(database, clock)) {
                timers.on("ring", (id, attempt) -> {
                    begun.countDown();
                    awaitQuietly(goOn);
                    fired.add(id);
                });
                timers.start();
                database.useTransaction(tx -> timers.set(tx, "ring", "under way", clock.instant()));
                begun.await();
                Thread.ofVirtual().start(goOn::countDown);
            }
            assertThat(fired).containsExactly("under way");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,10", "2,20", "3,40", "9,2560", "10,3600", "1000,3600"})
    void delays_grow_from_ten_seconds_to_an_hour(int attempt, long seconds) {
        assertThat(Timers.delayAfter(attempt)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void a_timer_without_an_action_is_a_mistake_of_ours() {
        try (Database database = TestDatabase.fresh();
                var timers = started(database)) {
            assertThatThrownBy(() -> database.useTransaction(tx -> timers.set(tx, "unheard of", "a", clock.instant())))
                    .hasMessageContaining("unheard of");
        }
    }

    private Timers started(Database database) {
        var timers = new Timers(database, clock);
        timers.on("ring", (id, attempt) -> fired.add(id));
        clock.onMoved(timers::lookAtTheClock);
        timers.start();
        return timers;
    }

    private static int count(Database database) {
        return database.inTransaction(tx -> tx.handle()
                .createQuery("select count(*) from scheduled_tasks")
                .mapTo(Integer.class)
                .one());
    }

    private static boolean rescheduled(Database database) {
        return database.inTransaction(tx -> tx.handle()
                .createQuery("select not picked and consecutive_failures > 0 from scheduled_tasks")
                .mapTo(Boolean.class)
                .one());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
