package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.event.TestFeed;
import no.budstikke.subscription.CanonicalUrl;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.Terms;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a node may write for its shards, and what no longer when it has lost one.
@Timeout(60)
class SettlementTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z").truncatedTo(ChronoUnit.MICROS);
    private static final int SUBSCRIPTION = 17;

    private final Database.Address address = TestDatabase.freshAddress(4);
    private final Database database = Database.connect(address);
    private final EventFeed feed = TestFeed.of(database);
    private final SettlementStore store = new SettlementStore(KeptAttempts.ALL);
    private final Settlement settlement =
            new Settlement(database, store, new Backlog(feed), new DeliveryFigures(() -> NOW), _ -> {}, () -> NOW);
    private final Leases leases = new Leases(database, settlement::leave);
    /// Attempts nothing: whatever is offered stays.
    private final Lane lane =
            new Lane(subscription(), new Endpoint(1, Runnable::run, _ -> {}), new Agenda(), _ -> {}, _ -> {});

    private final Thread settling = Thread.ofPlatform().unstarted(settlement::run);

    @BeforeEach
    void lease() {
        new DayPartitions(database, "attempt", Duration.ofDays(1)).makeAhead();
        leases.round();
    }

    @AfterEach
    void close() throws InterruptedException {
        settlement.stop();
        if (settling.isAlive()) {
            settling.join();
        }
        leases.close();
        feed.close();
        database.close();
    }

    private static Subscription subscription() {
        return new Subscription(
                SUBSCRIPTION,
                Optional.of(new CanonicalUrl("https://hook.example.no/")),
                new Subscription.Filters(
                        Optional.empty(),
                        "urn:altinn:resource:r",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false),
                Terms.PLAIN,
                "/org/ttd",
                "/org/ttd",
                NOW,
                true,
                Standing.ACTIVE);
    }

    private Lease leaseOf(int shard) {
        return leases.held().stream()
                .filter(lease -> lease.shard() == shard)
                .findFirst()
                .orElseThrow();
    }

    private Delivery track(int shard, long xid) {
        var logged = new LoggedEvent(
                new LogPosition(xid, 1),
                shard,
                NOW,
                new CloudEvent(
                        "id-" + xid,
                        "https://example.no",
                        "type",
                        "urn:altinn:resource:r",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "{}"),
                Optional.empty());
        var event = new TrackedEvent(logged, leaseOf(shard), System.nanoTime());
        Delivery delivery = Delivery.fromLog(event, lane, NOW);
        event.add(delivery);
        settlement.track(event);
        return delivery;
    }

    private void accept(Delivery delivery) {
        settlement.attempted(
                delivery,
                new Attempt(SUBSCRIPTION, delivery.at(), 1, NOW, 1, new Outcome.Accepted(200)),
                new Consequence.Settle());
    }

    private <T> List<T> ask(Class<T> type, String question) {
        return database.inTransaction(
                tx -> tx.handle().createQuery(question).mapTo(type).list());
    }

    private long cursor(int shard) {
        return ask(Long.class, "select xid from feed_cursor where shard = " + shard)
                .getFirst();
    }

    private boolean isFree(int shard) {
        return ask(Boolean.class, "select node is null from feed_cursor where shard = " + shard)
                .getFirst();
    }

    private List<Long> backlog() {
        return ask(Long.class, "select xid from backlog order by xid");
    }

    private void loseInTheDatabase(int shard) {
        database.useTransaction(tx ->
                tx.handle().execute("update feed_cursor set node = null, epoch = epoch + 1 where shard = ?", shard));
    }

    @Test
    void each_shard_has_its_own_cursor() {
        accept(track(1, 100));
        accept(track(2, 101));
        settling.start();
        Awaitility.await().until(() -> cursor(2) == 101);
        assertThat(cursor(1)).isEqualTo(100);
        assertThat(cursor(3)).isZero();
    }

    @Test
    void a_shard_without_events_follows_what_the_reader_has_passed() {
        accept(track(1, 100));
        settlement.passed(List.of(leaseOf(1), leaseOf(3)), new Cursor(new LogPosition(200, 1), NOW));
        settling.start();
        Awaitility.await().until(() -> cursor(3) == 200 && cursor(1) == 200);
        assertThat(cursor(2)).isZero();
    }

    @Test
    void and_not_while_one_of_its_events_is_unsettled() {
        accept(track(1, 100));
        track(1, 101);
        settlement.passed(List.of(leaseOf(1), leaseOf(3)), new Cursor(new LogPosition(200, 1), NOW));
        settlement.passed(List.of(leaseOf(1), leaseOf(3)), new Cursor(new LogPosition(300, 1), NOW));
        settling.start();
        Awaitility.await().until(() -> cursor(3) == 300);
        assertThat(ask(
                        Boolean.class,
                        "select xid = 100 or exists (select from backlog) from feed_cursor where shard = 1"))
                .containsExactly(true);
        Awaitility.await().until(() -> cursor(1) == 300);
        assertThat(backlog()).as("parked, so that the cursor could pass").containsExactly(101L);
    }

    @Test
    void nothing_is_written_for_a_shard_that_was_lost_and_everything_for_the_others() {
        Delivery lost = track(1, 100);
        Delivery kept = track(2, 101);
        loseInTheDatabase(1);
        settlement.putOff(lost, "test");
        settlement.putOff(kept, "test");
        settling.start();
        Awaitility.await().until(() -> cursor(2) == 101);
        assertThat(cursor(1)).isZero();
        assertThat(backlog()).containsExactly(101L);
        assertThat(lost.lease().hasEnded()).isTrue();
        assertThat(kept.lease().isOpen()).isTrue();

        accept(lost);
        accept(track(2, 102));
        Awaitility.await().until(() -> cursor(2) == 102);
        assertThat(cursor(1)).isZero();
        assertThat(ask(Long.class, "select xid from attempt order by xid"))
                .as("what was sent, was sent")
                .containsExactly(100L, 102L);
    }

    @Test
    void memory_of_a_lost_shard_is_given_back() {
        track(1, 100);
        track(1, 101);
        assertThat(settlement.bytesInMemory()).isPositive();
        leaseOf(1).end();
        settling.start();
        Awaitility.await().until(() -> settlement.bytesInMemory() == 0);
        assertThat(cursor(1)).isZero();
    }

    @Test
    void a_shard_that_is_left_is_freed_with_its_deliveries_in_the_backlog() {
        track(1, 100);
        leaseOf(1).leave(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        settlement.leave(leaseOf(1));
        Lease left = leaseOf(1);
        settling.start();
        Awaitility.await().until(() -> isFree(1));
        assertThat(cursor(1)).isEqualTo(100);
        assertThat(backlog()).containsExactly(100L);
        Awaitility.await().until(left::hasEnded);
    }

    @Test
    void but_not_before_the_attempt_under_way_is_over() {
        Delivery underWay = track(1, 100);
        Lease slow = leaseOf(1);
        Lease quick = leaseOf(2);
        assertThat(slow.begin()).isTrue();
        for (Lease lease : List.of(slow, quick)) {
            lease.leave(System.nanoTime() + Duration.ofMinutes(1).toNanos());
            settlement.leave(lease);
        }
        settling.start();
        Awaitility.await().until(() -> isFree(2));
        assertThat(isFree(1)).isFalse();

        accept(underWay);
        slow.done();
        Awaitility.await().until(() -> isFree(1));
        assertThat(backlog()).as("it was delivered").isEmpty();
        assertThat(cursor(1)).isEqualTo(100);
    }

    /// The process stops in the middle of a settlement: its open transaction has the shard locked.
    @Test
    void a_settlement_of_a_silent_node_is_cut_off_so_that_its_shards_can_be_taken() {
        try (Database elsewhere = Database.connect(address);
                var other = new Leases(elsewhere, _ -> {}, Duration.ZERO)) {
            assertThatThrownBy(() -> database.useTransaction(tx -> {
                        store.moveCursors(
                                tx,
                                List.of(new SettlementStore.Move(
                                        leaseOf(1), new Cursor(new LogPosition(100, 1), NOW))));
                        elsewhere.useTransaction(another ->
                                another.handle().execute("update node set beat = beat - interval '1 minute'"));
                        other.round();
                        assertThat(other.held()).hasSize(16);
                    }))
                    .isInstanceOf(RuntimeException.class);
            assertThat(cursor(1)).isZero();
            assertThat(other.held()).hasSize(16);
        }
    }
}
