package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.LogPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whether another node may have had more luck with an endpoint.
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
}
