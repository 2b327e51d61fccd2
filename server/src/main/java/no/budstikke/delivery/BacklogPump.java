package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.LogPosition;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings deliveries from the backlog back into their lanes: when they are due, when an endpoint is to
/// be probed, and all that piled up when an endpoint answers again. Leaves alone what its owner paused,
/// gives up what waits for a dead endpoint for too long or for a disabled subscription, and clears away
/// what belongs to subscriptions that are gone. Only from this node's shards.
final class BacklogPump {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogPump.class);

    private static final Duration RETRY = Duration.ofMillis(250);
    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(1);
    /// It is about days.
    private static final Duration BETWEEN_EXPIRIES = Duration.ofMinutes(1);
    /// Instances with something in the backlog that are told apart; with more of them all new deliveries
    /// of the subscription take the way over the backlog.
    private static final int MOST_INSTANCES = 50_000;
    /// Until somebody has the lane noted.
    private static final Instant NOT_PLANNED = Instant.MAX;

    private final Database database;
    private final Backlog backlog;
    private final FailingStore failing;
    private final Leases leases;
    private final SubscriptionIndex subscriptions;
    private final DisableSubscription disable;
    private final Agenda agenda;
    private final Lanes lanes;
    private final Consumer<Delivery> attempt;
    private final Duration longestWait;
    private final InstantSource time;
    // By shard: those whose rows are known to the lanes.
    private Map<Integer, Lease> shards = Map.of();
    // No longer open, and not yet forgotten by the lanes.
    private final Set<Lease> former = new HashSet<>();
    private volatile boolean anew;

    /// @param longestWait how long a delivery may wait for an endpoint that is down
    BacklogPump(
            DisableSubscription.Stores stores,
            Leases leases,
            SubscriptionIndex subscriptions,
            DisableSubscription disable,
            Agenda agenda,
            Lanes lanes,
            Consumer<Delivery> attempt,
            Duration longestWait,
            InstantSource time) {
        this.database = stores.database();
        this.backlog = stores.backlog();
        this.failing = stores.failing();
        this.leases = leases;
        this.subscriptions = subscriptions;
        this.disable = disable;
        this.agenda = agenda;
        this.lanes = lanes;
        this.attempt = attempt;
        this.longestWait = longestWait;
        this.time = time;
    }

    /// Follows the leases: opens the lanes of everybody who has something in the backlog of a shard that
    /// is new here, and has the lanes forget what belongs to one that is gone. Before [#run], too.
    void follow() {
        former.stream().filter(Lease::hasEnded).forEach(lanes::forget);
        former.removeIf(Lease::hasEnded);
        Map<Integer, Lease> open =
                leases.held().stream().filter(Lease::isOpen).collect(Collectors.toMap(Lease::shard, lease -> lease));
        Map<Integer, Lease> before = shards;
        if (open.equals(before) && !anew) {
            return;
        }
        Set<Integer> fresh = anew
                ? open.keySet()
                : open.keySet().stream()
                        .filter(shard -> before.get(shard) != open.get(shard))
                        .collect(Collectors.toSet());
        anew = false;
        if (!fresh.isEmpty()) {
            load(fresh);
            fresh.forEach(shard -> Objects.requireNonNull(open.get(shard)).backlogIsKnown());
        }
        before.values().stream()
                .filter(lease -> open.get(lease.shard()) != lease)
                .forEach(former::add);
        shards = open;
    }

    /// Has the backlog looked through: somebody has put something there without telling the lanes.
    void lookAnew() {
        anew = true;
        agenda.wake();
    }

    private void load(Set<Integer> fresh) {
        List<Backlog.Summary> waiting = database.inTransaction(tx -> backlog.subscriptions(tx, fresh));
        Map<Integer, Instant> suffering = database.inTransaction(failing::all);
        if (waiting.stream()
                .anyMatch(summary -> subscriptions.find(summary.subscription()).isEmpty())) {
            // It may be so new that it is known only where it was made: its rows must not be taken for leftovers.
            subscriptions.refresh();
        }
        for (Backlog.Summary summary : waiting) {
            subscriptions
                    .find(summary.subscription())
                    .ifPresentOrElse(
                            subscription -> open(subscription, summary),
                            () -> database.useTransaction(tx -> backlog.forget(tx, summary.subscription())));
        }
        suffering.forEach((id, since) -> subscriptions
                .find(id)
                .filter(subscription -> !subscription.isPulled())
                .ifPresentOrElse(
                        subscription -> restore(lanes.of(subscription), since),
                        () -> database.useTransaction(tx -> failing.remove(tx, List.of(id)))));
    }

    private static void restore(Lane lane, Instant since) {
        lane.failures().restore(since);
        lane.onAgenda().note();
    }

    private void open(Subscription subscription, Backlog.Summary summary) {
        Lane lane = lanes.of(subscription);
        lane.backlogged(summary.due());
        lane.backlogUnknown(summary.ordered());
    }

    /// Pumps until interrupted.
    void run() {
        while (!Thread.currentThread().isInterrupted()) {
            if (turn()) {
                agenda.await(time.instant());
            } else {
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    /// Looks once after every lane that is on the agenda. What fails is tried again in the next turn.
    ///
    /// @return whether nothing has failed
    boolean turn() {
        Instant now = time.instant();
        boolean well = true;
        try {
            follow();
        } catch (RuntimeException e) {
            LOG.warn("can't read the backlog of shards that are new here; will try again: {}", e.toString());
            anew = true;
            well = false;
        }
        List<Lane> looked = agenda.take(now);
        for (Lane lane : looked) {
            try {
                agenda.plan(lane, look(lane, now));
            } catch (RuntimeException e) {
                LOG.warn(
                        "can't look after the backlog of subscription {}; will try again: {}",
                        lane.subscription(),
                        e.toString());
                lane.backlogged(now);
                lane.onAgenda().note();
                well = false;
            }
        }
        return noteFailures(looked, now) && well;
    }

    /// Returns when to look again at the latest.
    private Instant look(Lane lane, Instant now) {
        Optional<Subscription> subscription = subscriptions.find(lane.subscription());
        if (subscription.isEmpty()) {
            return clear(lane) ? NOT_PLANNED : now.plus(RETRY);
        }
        lane.follow(subscription.get());
        Lane.Disabling disabling = lane.disabling();
        if (disabling != null) {
            disable(lane, disabling, now);
            return now;
        }
        return switch (subscription.get().standing()) {
            case Standing.Active _ -> {
                if (lane.isRestartNews()) {
                    resume(lane, now);
                }
                yield lane.isRestartNews() ? now : pump(lane, now);
            }
            case Standing.Paused _ -> {
                if (lane.isStopNews() && inAllShards(lane, now, backlog::pause)) {
                    lane.stopTold();
                }
                yield lane.isStopNews() ? now : NOT_PLANNED;
            }
            case Standing.Disabled _ -> {
                bury(lane, now);
                yield NOT_PLANNED;
            }
        };
    }

    /// Returns whether nothing is left to be done.
    private boolean clear(Lane lane) {
        if (!lane.isIdle()) {
            return false;
        }
        database.useTransaction(tx -> {
            backlog.forget(tx, lane.subscription());
            failing.remove(tx, List.of(lane.subscription()));
        });
        lanes.close(lane);
        return true;
    }

    private void disable(Lane lane, Lane.Disabling why, Instant now) {
        Instant since = lane.failures().since();
        boolean elsewhere = since != null
                && !why.reason().equals(Consequence.Disable.GONE)
                && database.inTransaction(tx -> failing.wasAccepted(tx, lane.subscription(), since));
        if (elsewhere || disable.disable(lane.subscription(), why)) {
            lane.disablingDone();
        } else if (why.lease().hasEnded()) {
            lane.disablingLapsed();
        }
        lane.backlogged(now);
    }

    /// Tells the database who has got nothing but failures for a while, and who has no longer; in one
    /// transaction, for endpoints tend to die together.
    private boolean noteFailures(List<Lane> looked, Instant now) {
        List<Lane> failed = with(Failures.News.KEEP, looked, now);
        List<Lane> recovered = with(Failures.News.FORGET, looked, now);
        if (failed.isEmpty() && recovered.isEmpty()) {
            return true;
        }
        try {
            database.useTransaction(tx -> {
                failing.put(tx, failed.stream().flatMap(BacklogPump::failing).toList());
                failing.remove(tx, recovered.stream().map(Lane::subscription).toList());
            });
            failed.forEach(lane -> lane.failures().told(Failures.News.KEEP));
            recovered.forEach(lane -> lane.failures().told(Failures.News.FORGET));
            return true;
        } catch (RuntimeException e) {
            LOG.warn("can't note since when endpoints have failed; will try again: {}", e.toString());
            return false;
        } finally {
            // What happened meanwhile was not seen.
            failed.forEach(lane -> lane.onAgenda().note());
            recovered.forEach(lane -> lane.onAgenda().note());
        }
    }

    private static List<Lane> with(Failures.News news, List<Lane> lanes, Instant now) {
        return lanes.stream().filter(lane -> lane.failures().news(now) == news).toList();
    }

    private static Stream<FailingStore.Failing> failing(Lane lane) {
        return Optional.ofNullable(lane.failures().since()).stream()
                .map(since -> new FailingStore.Failing(lane.subscription(), since));
    }

    private void bury(Lane lane, Instant now) {
        if (lane.nextDue() != null) {
            lane.lookAgain();
            if (!inAllShards(lane, now, (tx, held) -> backlog.buryAll(tx, held, Lane.DISABLED))) {
                lane.backlogged(now);
            }
        }
    }

    /// What came while it was being paused, or was under way, waited for the same reason.
    private void resume(Lane lane, Instant now) {
        if (inAllShards(lane, now, backlog::pause)) {
            lane.restartTold();
            lane.backlogged(now);
        }
    }

    /// Changes the lane's rows in this node's shards.
    ///
    /// @return whether in all of them; otherwise it is to be done once more, which does no harm where it
    ///     has been done
    private boolean inAllShards(Lane lane, Instant now, BiConsumer<Transaction, Backlog.Held> change) {
        Backlog.Part part = part(lane, now);
        return database.inTransaction(tx -> {
            Backlog.Held held = backlog.hold(tx, part);
            change.accept(tx, held);
            return held.isAllOf(part);
        });
    }

    private Instant pump(Lane lane, Instant now) {
        lane.endpoint().wake(now);
        if (lane.takeOrderDropped()) {
            if (!inAllShards(lane, now, backlog::releaseAll)) {
                lane.dropOrder();
            }
            lane.backlogged(now);
        }
        count(lane);
        Instant next =
                earlier(lane.failures().worthKeepingFrom(), lane.wantsCount() ? now.plus(BETWEEN_COUNTS) : NOT_PLANNED);
        if (lane.circuit().isOpen()) {
            if (lane.nextDue() != null) {
                probe(lane, now);
            }
            return earlier(next, lane.circuit().nextTurn(lane.subscription()));
        }
        return earlier(next, refill(lane, now));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// Finds out which instances have something in the backlog, so that the others need not take the way
    /// over it.
    private void count(Lane lane) {
        if (lane.beginCount(BETWEEN_COUNTS)) {
            List<Long> instances = database.inTransaction(
                    tx -> backlog.instances(tx, lane.subscription(), shards.keySet(), MOST_INSTANCES + 1));
            lane.counted(instances, instances.size() <= MOST_INSTANCES);
        }
    }

    private void probe(Lane lane, Instant now) {
        if (!lane.circuit().takeProbe(lane.subscription(), now)) {
            return;
        }
        expire(lane, now);
        // Held before the look: a row may be deleted, and let go, while we look.
        Set<LogPosition> held = lane.held();
        lane.beginLook();
        Backlog.Part part = part(lane, now);
        int limit = held.size() + 1;
        // By turns the first and the last: it may be these events that the endpoint can't take, and no others.
        boolean last = lane.circuit().isProbeWithLast();
        database.inTransaction(tx -> last ? backlog.last(tx, part, limit) : backlog.first(tx, part, limit)).stream()
                .filter(row -> !held.contains(row.event().at())
                        && !lane.isHeld(row.event().at()))
                .findFirst()
                .map(row -> Delivery.probe(tracked(row), lane, row))
                .ifPresent(first -> lane.probe(first, attempt));
    }

    private void expire(Lane lane, Instant now) {
        if (!lane.held().isEmpty() || !lane.beginExpiry(now, BETWEEN_EXPIRIES)) {
            return;
        }
        Backlog.Part part = part(lane, now);
        Instant since = now.minus(longestWait);
        database.useTransaction(tx -> {
            // What is not found, or not ours at the moment, has its turn with a later probe.
            if (!backlog.isAnyOverdue(tx, part, since)) {
                return;
            }
            Backlog.Held held = backlog.hold(tx, part);
            int expired = backlog.expire(tx, held, since);
            if (expired > 0) {
                LOG.warn(
                        "{} deliveries to subscription {} waited {} for its endpoint and are given up",
                        expired,
                        lane.subscription(),
                        longestWait);
                backlog.release(
                        tx,
                        backlog.instances(tx, lane.subscription(), held.shards(), Integer.MAX_VALUE).stream()
                                .map(instance -> new Backlog.Instance(lane.subscription(), instance))
                                .toList());
            }
        });
    }

    private record Found(List<Backlog.Waiting> rows, List<Backlog.Waiting> followers, Optional<Instant> nextDue) {}

    /// Brings back what is due, as far as there is room. Returns when to look again.
    private Instant refill(Lane lane, Instant now) {
        Instant due = lane.nextDue();
        if (due == null) {
            return NOT_PLANNED;
        }
        Instant catchUpBefore = lane.catchUpBefore();
        if (due.isAfter(now) && catchUpBefore.equals(Instant.EPOCH)) {
            return due;
        }
        int room = lane.room();
        if (room == 0) {
            return now;
        }
        refill(lane, now, catchUpBefore, room);
        Instant next = lane.nextDue();
        return next == null ? NOT_PLANNED : next;
    }

    private void refill(Lane lane, Instant now, Instant catchUpBefore, int room) {
        // Held before the look: a row may be deleted, and let go, while we look.
        Set<LogPosition> held = lane.held();
        int limit = room + held.size();
        lane.lookAgain();
        Backlog.Part part = part(lane, now);
        Found found = database.inTransaction(tx -> {
            List<Backlog.Waiting> rows = backlog.due(tx, part, catchUpBefore, limit);
            return new Found(
                    rows,
                    lane.isOrdered() ? followers(tx, part, rows, held, limit) : List.of(),
                    backlog.nextDue(tx, part));
        });
        if (found.rows().size() == limit) {
            lane.backlogged(now);
        } else {
            lane.caughtUp(catchUpBefore);
            found.nextDue().ifPresent(lane::backlogged);
        }
        resume(lane, found.rows(), held);
        resume(lane, found.followers(), held);
    }

    /// What comes after those that are found, so that an instance needs no look into the backlog for
    /// each of its events. Not behind one that has failed before: it may well fail again.
    private List<Backlog.Waiting> followers(
            Transaction tx, Backlog.Part part, List<Backlog.Waiting> rows, Set<LogPosition> held, int limit) {
        List<Long> instances = rows.stream()
                .filter(row -> row.attempts() == 0 && !held.contains(row.event().at()))
                .map(row -> InstanceKey.of(row.event().event()))
                .filter(instance -> instance != InstanceKey.NONE)
                .toList();
        int room = limit - rows.size();
        return instances.isEmpty() || room <= 0 ? List.of() : backlog.following(tx, part, instances, room);
    }

    private void resume(Lane lane, List<Backlog.Waiting> rows, Set<LogPosition> held) {
        lane.resume(rows.stream()
                .filter(row -> !held.contains(row.event().at())
                        && !lane.isHeld(row.event().at()))
                .map(row -> Delivery.fromBacklog(tracked(row), lane, row))
                .toList());
    }

    private Backlog.Part part(Lane lane, Instant now) {
        return new Backlog.Part(lane.subscription(), Set.copyOf(shards.values()), now);
    }

    private TrackedEvent tracked(Backlog.Waiting row) {
        Lease lease = Objects.requireNonNull(shards.get(row.event().shard()));
        return new TrackedEvent(row.event(), lease, System.nanoTime());
    }
}
