package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DayPartitionsTest {

    private final Database database = TestDatabase.fresh();
    private final CommitSignal signal = new CommitSignal();
    private final EventLog log = new EventLog(database, signal, new OwnTransactions());
    private final Instant now = database.inTransaction(tx -> tx.handle()
            .createQuery("select now()")
            .mapTo(OffsetDateTime.class)
            .one()
            .toInstant());
    private final LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);

    @AfterEach
    void close() {
        database.close();
    }

    private DayPartitions keeping(int days) {
        return DayPartitions.ofEvents(database, Duration.ofDays(days), Duration.ofMillis(200));
    }

    /// Makes the log look as if it had been used for the last days, one event a day.
    private void past(int days) {
        var partitions = keeping(1_000);
        for (int ago = days; ago > 0; ago -= DayPartitions.DAYS_AHEAD) {
            partitions.maintain(now.minus(Duration.ofDays(ago)));
        }
        database.useTransaction(tx -> {
            for (int ago = days; ago > 0; ago--) {
                log.append(tx, List.of(SampleEvents.withId("ago" + ago)));
                tx.handle()
                        .execute(
                                "update event set stored = stored - make_interval(days => ?) where id = ?",
                                ago,
                                "ago" + ago);
                tx.handle()
                        .execute(
                                "update event_key set stored = stored - make_interval(days => ?) where id_hash = ?",
                                ago,
                                EventKey.idHash("ago" + ago));
            }
        });
    }

    private int count(String sql) {
        return database.inTransaction(
                tx -> tx.handle().createQuery(sql).mapTo(Integer.class).one());
    }

    @Test
    void a_new_database_has_room_for_today_and_the_days_ahead() {
        assertThat(keeping(90).days())
                .startsWith(today)
                .hasSizeBetween(DayPartitions.DAYS_AHEAD, DayPartitions.DAYS_AHEAD + 1);
    }

    @Test
    void days_are_made_ahead_once() {
        var partitions = keeping(90);
        partitions.maintain(now.plus(Duration.ofDays(3)));
        partitions.maintain(now.plus(Duration.ofDays(3)));
        assertThat(partitions.days())
                .isEqualTo(today.datesUntil(today.plusDays(3 + DayPartitions.DAYS_AHEAD + 1))
                        .toList());
        assertThat(count("select count(*) from pg_indexes where tablename = 'event_%s'"
                        .formatted(today.plusDays(7).toString().replace("-", ""))))
                .as("with the indexes of the others")
                .isEqualTo(count("select count(*) from pg_indexes where tablename = 'event'"));
    }

    @Test
    void what_is_past_the_retention_is_dropped_with_its_keys() {
        past(8);
        keeping(5).maintain(now);
        assertThat(keeping(5).days()).startsWith(today.minusDays(5));
        assertThat(count("select count(*) from event")).isEqualTo(5);
        assertThat(count("select count(*) from event_key")).isEqualTo(5);
        assertThat(count("select count(*) from pg_class where relname = 'event_%s'"
                        .formatted(today.minusDays(6).toString().replace("-", ""))))
                .isZero();
        int again = database.inTransaction(
                tx -> log.append(tx, List.of(SampleEvents.withId("ago8"), SampleEvents.withId("ago2"))));
        assertThat(again).isOne();
    }

    @Test
    void a_retention_of_nothing_leaves_today_and_the_days_ahead() {
        past(3);
        keeping(0).maintain(now);

        assertThat(keeping(0).days())
                .startsWith(today)
                .hasSizeBetween(DayPartitions.DAYS_AHEAD, DayPartitions.DAYS_AHEAD + 1);
        int stored = database.inTransaction(tx -> log.append(tx, List.of(SampleEvents.withId("today"))));
        assertThat(stored).isOne();
    }

    @Test
    void days_are_dropped_while_writers_write_and_a_reader_reads() throws Exception {
        past(12);
        var stop = new AtomicBoolean();
        var written = new AtomicInteger();
        try (var commits = new GroupCommit(log, keeping(90));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            commits.start();
            var begun = new CountDownLatch(50);
            var publishers = new ArrayList<Future<?>>();
            for (int publisher = 0; publisher < 8; publisher++) {
                publishers.add(threads.submit(() -> {
                    while (!stop.get()) {
                        assertThat(commits.store(SampleEvents.any())).isEqualTo(GroupCommit.Outcome.STORED);
                        written.incrementAndGet();
                        begun.countDown();
                    }
                    return null;
                }));
            }
            var read = new AtomicInteger();
            Future<?> reader = threads.submit(() -> {
                while (!stop.get()) {
                    // Every day, the ones that go included.
                    assertThat(count("select count(*) from event")).isGreaterThanOrEqualTo(5);
                    read.incrementAndGet();
                }
                return null;
            });
            begun.await();
            DayPartitions.ofEvents(database, Duration.ofDays(5)).maintain(now);
            stop.set(true);
            reader.get();
            assertThat(read).hasPositiveValue();
            for (Future<?> publisher : publishers) {
                publisher.get();
            }
        }
        assertThat(keeping(5).days()).startsWith(today.minusDays(5));
        assertThat(count("select count(*) from event")).isEqualTo(5 + written.get());
    }

    @Test
    void a_day_that_is_being_read_is_dropped_in_a_later_round() {
        past(2);
        database.useTransaction(reading -> {
            reading.handle()
                    .createQuery("select count(*) from event")
                    .mapTo(Integer.class)
                    .one();
            CompletableFuture.runAsync(() -> keeping(1).maintain(now)).join();
            // It is out of the log for everybody else, but still there.
            assertThat(count("select count(*) from pg_class where relname = 'event_%s'"
                            .formatted(today.minusDays(2).toString().replace("-", ""))))
                    .isOne();
        });
        keeping(1).maintain(now);
        assertThat(count("select count(*) from pg_class where relname = 'event_%s'"
                        .formatted(today.minusDays(2).toString().replace("-", ""))))
                .isZero();
        assertThat(keeping(1).days()).startsWith(today.minusDays(1));
    }
}
