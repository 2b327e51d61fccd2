package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import no.budstikke.access.Access;
import no.budstikke.access.DecisionPoint;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLog;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.RecentEventStore;
import no.budstikke.event.TestFeed;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.TokenVerifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.party.PartyRoom;
import no.budstikke.schedule.Timers;
import no.budstikke.subscription.EndpointRule;
import no.budstikke.subscription.SubscriptionRoom;
import no.budstikke.time.Ids;
import no.budstikke.time.MovableClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a node does to the backlog for its own shards, and must not do for those of others. Two nodes on
/// one database: one falls silent and knows nothing of it, the other takes its shards. What the sleeper
/// leaves undone, the other does, so none of this is undone for another reason.
@Timeout(60)
class BacklogPumpTest {

    private static final URI API = URI.create("http://localhost:8080/events/api/v1/");
    private static final Duration LONGEST_WAIT = Duration.ofHours(43);
    private static final int EVENTS = 40;
    private static final Outcome DOWN = new Outcome.Rejected(503, "", Optional.empty());

    private final Database.Address address = TestDatabase.freshAddress(3);
    private final Database observer = Database.connect(address);
    private final MovableClock clock = new MovableClock();
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(observer));

    /// A server without its feed and its settlement: nothing is ever under way.
    private final class Node {

        private final Database database = Database.connect(address);
        private final EventFeed feed = TestFeed.of(database);
        private final EventLog log = TestFeed.log(database);
        private final Leases leases = new Leases(database, _ -> {}, Duration.ZERO);
        private final SubscriptionRoom subscriptions = subscriptions(database);
        private final List<Delivery> attempts = new ArrayList<>();
        private final Agenda agenda = new Agenda();
        private final Lanes lanes = new Lanes(agenda, 1, attempts::add, _ -> {});
        private final BacklogPump pump;

        Node() {
            opened.addAll(0, List.of(lanes, leases, feed, database));
            var stores = new DisableSubscription.Stores(
                    database, log, new Backlog(feed), new FailingStore(KeptAttempts.ALL));
            pump = new BacklogPump(
                    stores,
                    leases,
                    subscriptions.index(),
                    new DisableSubscription(stores, subscriptions.markDisabled(), clock, new Ids(clock), API),
                    agenda,
                    lanes,
                    attempts::add,
                    LONGEST_WAIT,
                    clock);
            subscriptions.index().onChanged(lanes::changed);
        }

        /// Takes its shards, and opens the lanes of those who have something in their backlog.
        void join() {
            leases.round();
            subscriptions.index().refresh();
            pump.follow();
        }

        Lane lane(int subscription) {
            return lanes.of(subscriptions.index().find(subscription).orElseThrow());
        }

        void notesOutageOf(int subscription) {
            for (int i = 0; i < 10; i++) {
                var span = new Conclusion.Span(clock.instant(), clock.instant(), 0, 0);
                lane(subscription).endpoint().learn(DOWN, span);
            }
            clock.advance(Duration.ofSeconds(10));
        }
    }

    private SubscriptionRoom subscriptions(Database database) {
        PartyRegister parties = PartyRoom.register(database);
        return new SubscriptionRoom(
                new SubscriptionRoom.Neighbours(
                        database,
                        new Access(new DecisionPoint(_ -> Optional.empty(), parties), parties, clock, false),
                        new Authentication(new TokenVerifier(List.of(), Duration.ZERO, clock)),
                        new RecentEventStore(database),
                        parties,
                        new Timers(database, clock),
                        new EventLookupStore(),
                        clock),
                new SubscriptionRoom.Setup(
                        URI.create("http://localhost:8080"),
                        List.of(),
                        List.of(),
                        false,
                        new EndpointRule(true),
                        _ -> false));
    }

    @BeforeEach
    void makePartitions() {
        new DayPartitions(observer, "event", Duration.ofDays(1)).makeAhead();
        new DayPartitions(observer, "attempt", Duration.ofDays(1)).makeAhead();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private int subscribe(String path) {
        return observer.inTransaction(tx -> tx.handle()
                .createQuery("""
                        insert into subscription (end_point, resource_filter, include_subunits, consumer, created_by,
                                                  created, validated)
                        values ('http://127.0.0.1:9/' || :path, 'urn:altinn:resource:r', false, '/org/ttd', '/org/ttd',
                                now(), true)
                        returning id
                        """)
                .bind("path", path)
                .mapTo(Integer.class)
                .one());
    }

    /// Events in all shards, each of an instance of its own, and a row in the backlog for each.
    private void fillBacklog(int subscription) {
        observer.useTransaction(tx -> TestFeed.log(observer)
                .append(
                        tx,
                        IntStream.range(0, EVENTS)
                                .mapToObj(number -> event("event-" + number))
                                .toList()));
        observer.useTransaction(tx -> tx.handle()
                .createUpdate("""
                        insert into backlog (shard, subscription, xid, position, stored, attempts, since, due, changed,
                                             reason, instance)
                        select shard, :subscription, xid::text::bigint, position, stored, 1, :now, :now, :now,
                               'rejected', position
                          from event
                        """)
                .bind("subscription", subscription)
                .bind("now", clock.instant().atOffset(ZoneOffset.UTC))
                .execute());
        assertThat(count("select count(distinct shard) from backlog")).isGreaterThan(8);
    }

    private static CloudEvent event(String id) {
        return new CloudEvent(
                id,
                "https://example.no",
                "type",
                "urn:altinn:resource:r",
                Optional.of(id),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "{}");
    }

    private int count(String question) {
        return observer.inTransaction(
                tx -> tx.handle().createQuery(question).mapTo(Integer.class).one());
    }

    private void change(String statement) {
        observer.useTransaction(tx -> tx.handle().execute(statement));
    }

    private int waiting() {
        return count("select count(*) from backlog");
    }

    private int dead() {
        return count("select count(*) from dead_letter");
    }

    /// The sleeper's shards are the other's by now; it believes to have them all the same.
    private void takeOver(Node sleeper, Node awake) {
        change("update node set beat = beat - interval '1 minute'");
        awake.join();
        assertThat(awake.leases.held()).hasSize(EventLog.SHARDS);
        assertThat(sleeper.leases.held()).hasSize(EventLog.SHARDS).allMatch(Lease::isOpen);
        // Its connections were cut; those of its pool come back before it has beaten.
        Awaitility.await().ignoreExceptions().until(() -> {
            sleeper.subscriptions.index().refresh();
            return true;
        });
    }

    private Node[] sleeperAndAwake(int subscription) {
        fillBacklog(subscription);
        var sleeper = new Node();
        sleeper.join();
        var awake = new Node();
        takeOver(sleeper, awake);
        return new Node[] {sleeper, awake};
    }

    @Test
    void a_node_buries_for_a_disabled_subscription_what_is_in_its_own_shards_only() {
        int subscription = subscribe("a");
        Node[] nodes = sleeperAndAwake(subscription);
        change("update subscription set disabled = now(), disabled_reason = 'test'");
        for (Node node : nodes) {
            node.subscriptions.index().refresh();
        }

        nodes[0].pump.turn();
        assertThat(waiting()).isEqualTo(EVENTS);
        assertThat(dead()).isZero();
        nodes[1].pump.turn();
        assertThat(waiting()).isZero();
        assertThat(dead()).isEqualTo(EVENTS);
    }

    @Test
    void and_does_so_for_the_shards_that_it_still_has_when_it_has_lost_some() {
        int subscription = subscribe("a");
        fillBacklog(subscription);
        var node = new Node();
        node.join();
        change("update subscription set disabled = now(), disabled_reason = 'test'");
        node.subscriptions.index().refresh();
        change("update feed_cursor set node = null, epoch = epoch + 1 where shard < 8");
        int lost = count("select count(*) from backlog where shard < 8");

        assertThat(lost).isBetween(1, EVENTS - 1);
        node.pump.turn();
        assertThat(waiting()).isEqualTo(lost);
        assertThat(count("select count(*) from backlog where shard >= 8")).isZero();
        assertThat(count("select count(*) from dead_letter where shard < 8")).isZero();
    }

    @Test
    void a_shard_that_is_being_settled_is_not_waited_for_and_has_its_turn_later() {
        int subscription = subscribe("a");
        fillBacklog(subscription);
        var node = new Node();
        node.join();
        change("update subscription set disabled = now(), disabled_reason = 'test'");
        node.subscriptions.index().refresh();
        int settling = count("select count(*) from backlog where shard < 8");

        observer.useTransaction(tx -> {
            tx.handle().execute("update feed_cursor set position = position where shard < 8");
            node.pump.turn();
            assertThat(tx.handle()
                            .createQuery("select count(*) from backlog")
                            .mapTo(Integer.class)
                            .one())
                    .isEqualTo(settling);
        });
        node.pump.turn();
        assertThat(waiting()).isZero();
        assertThat(dead()).isEqualTo(EVENTS);
    }

    @Test
    void what_waits_for_a_dead_endpoint_for_too_long_is_given_up_by_the_node_that_has_its_shard() {
        int subscription = subscribe("a");
        Node[] nodes = sleeperAndAwake(subscription);
        clock.advance(LONGEST_WAIT);
        for (Node node : nodes) {
            node.notesOutageOf(subscription);
        }

        nodes[0].pump.turn();
        assertThat(waiting()).isEqualTo(EVENTS);
        nodes[1].pump.turn();
        assertThat(waiting()).isZero();
        assertThat(count("select count(*) from dead_letter where reason = 'endpoint down'"))
                .isEqualTo(EVENTS);
    }

    @Test
    void what_has_left_the_log_is_dropped_by_the_node_that_has_its_shard() {
        int subscription = subscribe("a");
        Node[] nodes = sleeperAndAwake(subscription);
        change("delete from event");

        nodes[0].pump.turn();
        assertThat(waiting()).isEqualTo(EVENTS);
        nodes[1].pump.turn();
        assertThat(waiting()).isZero();
        assertThat(nodes[0].attempts).isEmpty();
        assertThat(nodes[1].attempts).isEmpty();
    }

    @Test
    void rows_are_marked_as_paused_by_the_node_that_has_their_shard() {
        int subscription = subscribe("a");
        Node[] nodes = sleeperAndAwake(subscription);
        change("update subscription set paused = now()");
        for (Node node : nodes) {
            node.subscriptions.index().refresh();
        }

        nodes[0].pump.turn();
        assertThat(count("select count(*) from backlog where reason = 'paused'"))
                .isZero();
        nodes[1].pump.turn();
        assertThat(count("select count(*) from backlog where reason = 'paused'"))
                .isEqualTo(EVENTS);
    }

    @Test
    void an_order_that_nobody_asks_for_any_more_is_dropped_by_the_node_that_has_the_shard() {
        int subscription = subscribe("a");
        Node[] nodes = sleeperAndAwake(subscription);
        // Nobody asks for an order, and the rows have one: so both believe that it is to be dropped.
        nodes[0].pump.turn();
        assertThat(count("select count(*) from backlog where instance is not null"))
                .isEqualTo(EVENTS);
        nodes[1].pump.turn();
        assertThat(count("select count(*) from backlog where instance is not null"))
                .isZero();
    }

    @Test
    void a_subscription_is_disabled_by_a_node_that_has_the_shard_of_the_event_that_was_answered_gone() {
        int subscription = subscribe("a");
        subscribe("b");
        Node[] nodes = sleeperAndAwake(subscription);
        for (Node node : nodes) {
            node.lane(subscription)
                    .disable(new Lane.Disabling(
                            Consequence.Disable.GONE, node.leases.held().getFirst()));
        }
        String told = "select count(*) from event where type = 'platform.events.subscriptiondisabled'";
        String addressed = "select count(*) from backlog where reason = 'addressed'";

        nodes[0].pump.turn();
        assertThat(count("select count(*) from subscription where disabled is not null"))
                .isZero();
        assertThat(count(told)).isZero();
        assertThat(count(addressed)).isZero();
        nodes[0].leases.close();
        nodes[0].pump.turn();
        assertThat(nodes[0].lane(subscription).isBeingDisabled())
                .as("it is no longer for this node to say")
                .isFalse();

        nodes[1].pump.turn();
        assertThat(count("select count(*) from subscription where disabled is not null"))
                .isOne();
        assertThat(count(told)).isOne();
        assertThat(count(addressed)).isOne();
    }

    @Test
    void nothing_of_a_subscription_that_exists_is_forgotten() {
        int subscription = subscribe("a");
        fillBacklog(subscription);
        var backlog = new Backlog(TestFeed.of(observer));
        observer.useTransaction(tx -> backlog.forget(tx, subscription));
        assertThat(waiting()).isEqualTo(EVENTS);
        change("delete from subscription");
        observer.useTransaction(tx -> backlog.forget(tx, subscription));
        assertThat(waiting()).isZero();
    }
}
