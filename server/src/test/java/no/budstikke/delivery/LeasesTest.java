package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.EventLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes on one database, each with a pool of its own, as if they were processes; their beats come one
/// by one, when the test says so.
@Timeout(60)
class LeasesTest {

    private final Database.Address address = TestDatabase.freshAddress(2);
    private final Database observer = Database.connect(address);
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(observer));

    /// A node whose shards are free as soon as it begins to leave them: nothing is ever under way.
    private final class Node {

        private final Database database = Database.connect(address);
        private final Leases leases;

        Node() {
            this(Duration.ZERO);
        }

        Node(Duration patienceAtFirst) {
            leases = new Leases(database, this::free, patienceAtFirst);
            opened.addFirst(database);
            opened.addFirst(leases);
        }

        private void free(Lease lease) {
            database.useTransaction(tx -> new SettlementStore(KeptAttempts.ALL).giveUp(tx, List.of(lease)));
            lease.end();
        }

        /// What it has after one more beat.
        List<Lease> beat() {
            leases.round();
            return open();
        }

        List<Lease> open() {
            return leases.held().stream().filter(Lease::isOpen).toList();
        }

        /// Closes all its connections from the other side, as the end of the process does.
        void die() {
            observer.useTransaction(tx -> tx.handle()
                    .createQuery(
                            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = ?")
                    .bind(0, database.name())
                    .mapTo(Boolean.class)
                    .list());
        }

        /// Makes its last beat older.
        void fallSilentFor(Duration time) {
            observer.useTransaction(tx -> tx.handle()
                    .createUpdate("update node set beat = beat - make_interval(secs => ?) where name = ?")
                    .bind(0, time.toSeconds())
                    .bind(1, database.name())
                    .execute());
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static Set<Integer> shards(List<Lease> leases) {
        var shards = new HashSet<Integer>();
        leases.forEach(lease -> shards.add(lease.shard()));
        return shards;
    }

    private static void assertDealtOut(List<Lease> one, List<Lease> other) {
        var all = new HashSet<>(shards(one));
        all.addAll(shards(other));
        assertThat(all).hasSize(EventLog.SHARDS);
        assertThat(one.size() + other.size()).as("no shard twice").isEqualTo(EventLog.SHARDS);
    }

    @Test
    void a_single_node_has_all_shards_at_its_first_beat() {
        var node = new Node();
        assertThat(shards(node.beat())).hasSize(EventLog.SHARDS);
        assertThat(node.leases.nodes()).isEqualTo(1);
    }

    @Test
    void shares_are_fair_and_leave_no_shard_out() {
        for (int nodes = 1; nodes <= 20; nodes++) {
            List<Integer> ids =
                    IntStream.range(0, nodes).map(i -> 3 * i + 1).boxed().toList();
            List<Integer> shares = ids.stream()
                    .map(me -> Leases.fairShare(
                            ids.stream().filter(id -> !id.equals(me)).toList(), me))
                    .toList();
            assertThat(shares.stream().mapToInt(share -> share).sum()).isEqualTo(EventLog.SHARDS);
            assertThat(shares.getFirst() - shares.getLast()).isBetween(0, 1);
        }
    }

    @Test
    void nodes_that_come_get_their_share_and_nobody_else_loses_more_than_that() {
        var first = new Node();
        var second = new Node();
        var third = new Node();
        first.beat();
        assertThat(second.beat()).as("nothing is free yet").isEmpty();
        Set<Integer> kept = shards(first.beat());
        assertThat(kept).hasSize(8);
        assertThat(second.beat()).hasSize(8);
        assertThat(shards(first.beat())).as("and stays so").isEqualTo(kept);

        third.beat();
        assertThat(kept).containsAll(shards(first.beat()));
        second.beat();
        third.beat();
        assertThat(List.of(
                        first.beat().size(), second.beat().size(), third.beat().size()))
                .containsExactly(6, 5, 5);
    }

    @Test
    void the_shards_of_a_dead_process_are_taken_at_the_next_beat() {
        var first = new Node();
        var second = new Node();
        balance(first, second);
        second.die();
        assertThat(shards(first.beat())).hasSize(EventLog.SHARDS);
        assertThat(first.leases.nodes()).isEqualTo(1);
    }

    @Test
    void a_process_that_starts_anew_takes_its_own_shards_at_once() {
        var killed = new Node();
        killed.beat();
        killed.die();
        assertThat(new Node().beat()).hasSize(EventLog.SHARDS);
    }

    @Test
    void the_shards_of_a_silent_node_are_taken_although_its_connections_stand() {
        var awake = new Node();
        var silent = new Node();
        balance(awake, silent);
        silent.fallSilentFor(Leases.PATIENCE.minusSeconds(1));
        assertThat(awake.beat()).as("not yet").hasSize(8);
        silent.fallSilentFor(Duration.ofSeconds(2));
        assertThat(awake.beat()).hasSize(EventLog.SHARDS);
    }

    @Test
    void a_node_that_was_alone_and_did_not_beat_is_not_silent_for_one_that_comes() {
        var alone = new Node();
        alone.beat();
        alone.fallSilentFor(Duration.ofDays(1));
        assertThat(alone.beat()).as("nothing to write").hasSize(EventLog.SHARDS);
        var comes = new Node(Leases.PATIENCE);
        assertThat(comes.beat()).isEmpty();
        assertThat(shards(alone.beat())).as("it beats now, and shares").hasSize(8);
        assertDealtOut(alone.open(), comes.beat());
        var later = new Node(Duration.ZERO);
        assertThat(later.beat()).as("nobody is silent").isEmpty();
    }

    @Test
    void a_node_that_is_alone_writes_no_beats() {
        var alone = new Node();
        alone.beat();
        String before = beats();
        alone.beat();
        assertThat(beats()).isEqualTo(before);
        new Node().beat();
        alone.beat();
        assertThat(beats()).isNotEqualTo(before);
    }

    private String beats() {
        return observer.inTransaction(tx -> tx.handle()
                .createQuery("select beat::text from node order by id limit 1")
                .mapTo(String.class)
                .one());
    }

    @Test
    void a_silent_node_that_wakes_up_has_lost_everything_and_begins_anew() {
        var awake = new Node();
        var silent = new Node();
        balance(awake, silent);
        List<Lease> former = silent.open();
        silent.fallSilentFor(Duration.ofMinutes(1));
        awake.beat();

        silent.leases.tryRound(); // finds that the connection was cut
        silent.beat();
        assertThat(former).allMatch(Lease::hasEnded);
        assertThat(former).noneMatch(Lease::begin);
        awake.beat();
        assertDealtOut(awake.open(), silent.beat());
    }

    @Test
    void a_node_that_stops_gives_its_shards_away_before_it_is_gone() {
        var stays = new Node();
        var stops = new Node();
        balance(stays, stops);
        stops.leases.handOver();
        assertThat(stops.open()).isEmpty();
        assertThat(stays.beat()).hasSize(EventLog.SHARDS);
        stops.leases.round();
        assertThat(stops.open()).as("it takes nothing any more").isEmpty();
        stops.leases.close();
        assertThat(stays.beat()).hasSize(EventLog.SHARDS);
    }

    @Test
    void a_lost_connection_alone_costs_no_shard() {
        var node = new Node();
        List<Lease> before = node.beat();
        node.die();
        node.leases.tryRound(); // finds that the connection is gone
        assertThat(node.beat()).isEqualTo(before);
        assertThat(before).allMatch(Lease::begin);
    }

    @Test
    void every_taking_raises_the_epoch() {
        var first = new Node();
        List<Lease> before = first.beat();
        first.die();
        var second = new Node();
        for (Lease after : second.beat()) {
            long former = before.stream()
                    .filter(lease -> lease.shard() == after.shard())
                    .findFirst()
                    .orElseThrow()
                    .epoch();
            assertThat(after.epoch()).isGreaterThan(former);
        }
    }

    private static void balance(Node one, Node other) {
        one.beat();
        other.beat();
        one.beat();
        other.beat();
        assertDealtOut(one.open(), other.open());
    }
}
