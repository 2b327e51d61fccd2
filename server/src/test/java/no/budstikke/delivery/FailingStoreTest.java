package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.LogPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who has got nothing but failures, and whether another node may have had more luck.
@Timeout(60)
class FailingStoreTest {

    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z").truncatedTo(ChronoUnit.MICROS);
    private static final int SUBSCRIPTION = 17;

    private final Database.Address address = TestDatabase.freshAddress(4);
    private final Database database = Database.connect(address);

    @AfterEach
    void close() {
        database.close();
    }

    private boolean wasAccepted(KeptAttempts kept) {
        return database.inTransaction(tx -> new FailingStore(kept).wasAccepted(tx, SUBSCRIPTION, SINCE));
    }

    private void record(KeptAttempts kept, Instant started, Outcome outcome) {
        database.useTransaction(tx -> new SettlementStore(kept)
                .record(tx, List.of(new Attempt(SUBSCRIPTION, new LogPosition(100, 1), 1, started, 1, outcome))));
    }

    @Test
    void what_was_accepted_since_then_is_on_record_when_attempts_are_kept() {
        new DayPartitions(database, "attempt", Duration.ofDays(1)).makeAhead();
        record(KeptAttempts.ALL, SINCE.minusSeconds(1), new Outcome.Accepted(200));
        assertThat(wasAccepted(KeptAttempts.ALL)).isFalse();

        record(KeptAttempts.ALL, SINCE.plusSeconds(1), new Outcome.Accepted(200));
        assertThat(wasAccepted(KeptAttempts.ALL)).isTrue();
    }

    @Test
    void when_none_are_kept_it_may_have_been_as_soon_as_another_node_works() {
        record(KeptAttempts.NONE, SINCE.plusSeconds(1), new Outcome.Accepted(200));
        try (var one = new Leases(database, _ -> {})) {
            one.round();
            assertThat(wasAccepted(KeptAttempts.NONE)).isFalse();

            database.useTransaction(
                    tx -> tx.handle().execute("update feed_cursor set node = node + 1 where shard = 3"));
            assertThat(wasAccepted(KeptAttempts.NONE)).isTrue();
        }
        assertThat(database.<Integer>inTransaction(tx -> tx.handle()
                        .createQuery("select count(*) from attempt")
                        .mapTo(Integer.class)
                        .one()))
                .isZero();
    }

    @Test
    void the_first_failure_stays_and_those_of_a_subscription_that_is_gone_are_not_kept() {
        int there = database.inTransaction(
                tx -> tx.handle().createQuery("""
                        insert into subscription (end_point, resource_filter, include_subunits, consumer, created_by,
                                                  created)
                        values ('https://example.no/', 'urn:altinn:resource:r', false, '/org/a', '/org/a', now())
                        returning id
                        """).mapTo(Integer.class).one());
        var store = new FailingStore(KeptAttempts.ALL);
        int gone = there + 1;
        database.useTransaction(tx ->
                store.put(tx, List.of(new FailingStore.Failing(there, SINCE), new FailingStore.Failing(gone, SINCE))));
        database.useTransaction(tx -> store.put(tx, List.of(new FailingStore.Failing(there, SINCE.plusSeconds(1)))));
        assertThat(database.inTransaction(store::all)).containsOnly(Map.entry(there, SINCE));
        database.useTransaction(tx -> store.remove(tx, List.of(there, gone)));
        assertThat(database.inTransaction(store::all)).isEmpty();
    }
}
