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
import java.util.stream.Collectors;
import no.budstikke.database.Database;
import no.budstikke.event.LogPosition;
import no.budstikke.subscription.SubscriptionIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings deliveries from the backlog back into their lanes: when they are due, when an endpoint is to
/// be probed, and all that piled up when an endpoint answers again. Only from this node's shards. Also
/// clears away what belongs to subscriptions that are gone.
final class BacklogPump {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogPump.class);

    private static final Duration PAUSE = Duration.ofMillis(20);
    /// The clock may be moved, so a due time can come nearer while we sleep.
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private final Database database;
    private final Backlog backlog;
    private final Leases leases;
    private final SubscriptionIndex subscriptions;
    private final Lanes lanes;
    private final InstantSource time;
    // By shard: those whose rows are known to the lanes.
    private Map<Integer, Lease> shards = Map.of();
    // No longer open, and not yet forgotten by the lanes.
    private final Set<Lease> former = new HashSet<>();

    BacklogPump(
            Database database,
            Backlog backlog,
            Leases leases,
            SubscriptionIndex subscriptions,
            Lanes lanes,
            InstantSource time) {
        this.database = database;
        this.backlog = backlog;
        this.leases = leases;
        this.subscriptions = subscriptions;
        this.lanes = lanes;
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
        if (open.equals(before)) {
            return;
        }
        Set<Integer> fresh = open.keySet().stream()
                .filter(shard -> before.get(shard) != open.get(shard))
                .collect(Collectors.toSet());
        if (!fresh.isEmpty()) {
            load(fresh);
        }
        before.values().stream()
                .filter(lease -> open.get(lease.shard()) != lease)
                .forEach(former::add);
        shards = open;
    }

    private void load(Set<Integer> fresh) {
        Map<Integer, Instant> waiting = database.inTransaction(tx -> backlog.subscriptions(tx, fresh));
        if (waiting.keySet().stream().anyMatch(id -> subscriptions.find(id).isEmpty())) {
            // It may be so new that it is known only where it was made: its rows must not be taken for leftovers.
            subscriptions.refresh();
        }
        waiting.forEach((id, due) -> subscriptions
                .find(id)
                .ifPresentOrElse(
                        subscription -> lanes.of(subscription).backlogged(due),
                        () -> database.useTransaction(tx -> backlog.forget(tx, id))));
    }

    /// Pumps until interrupted.
    void run() {
        while (!Thread.currentThread().isInterrupted()) {
            Instant now = time.instant();
            boolean busy = false;
            try {
                follow();
            } catch (RuntimeException e) {
                LOG.warn("can't read the backlog of shards that are new here; will try again: {}", e.toString());
            }
            for (Lane lane : lanes.all()) {
                try {
                    busy |= pump(lane, now);
                } catch (RuntimeException e) {
                    LOG.warn(
                            "can't read the backlog of subscription {}; will try again: {}",
                            lane.subscription(),
                            e.toString());
                    lane.backlogged(now);
                }
            }
            LockSupport.parkNanos(this, (busy ? PAUSE : LONGEST_PAUSE).toNanos());
        }
    }

    /// Returns whether there is more to do soon.
    private boolean pump(Lane lane, Instant now) {
        if (subscriptions.find(lane.subscription()).isEmpty()) {
            clear(lane);
            return false;
        }
        Instant due = lane.nextDue();
        if (due == null) {
            return false;
        }
        if (lane.circuit().isOpen()) {
            probe(lane, now);
            return false;
        }
        Instant catchUpBefore = lane.catchUpBefore();
        if (due.isAfter(now) && catchUpBefore.equals(Instant.EPOCH)) {
            return due.isBefore(now.plus(LONGEST_PAUSE));
        }
        int room = lane.room();
        if (room > 0) {
            refill(lane, now, catchUpBefore, room);
        }
        return true;
    }

    private void clear(Lane lane) {
        if (lane.isIdle()) {
            database.useTransaction(tx -> backlog.forget(tx, lane.subscription()));
            lanes.close(lane);
        }
    }

    private void probe(Lane lane, Instant now) {
        if (!lane.circuit().takeProbe(now)) {
            return;
        }
        boolean begun = false;
        try {
            List<Delivery> first =
                    database.inTransaction(tx -> backlog.first(tx, lane.subscription(), shards.keySet())).stream()
                            .filter(row -> !lane.isHeld(row.event().at()))
                            .map(row -> Delivery.probe(tracked(row), lane, row))
                            .toList();
            lane.resume(first);
            begun = !first.isEmpty();
        } finally {
            if (!begun) {
                // Whatever kept it from being sent: a turn that is not given back would be the last.
                lane.circuit().returnProbe();
            }
        }
    }

    private void refill(Lane lane, Instant now, Instant catchUpBefore, int room) {
        // Held before the look: a row may be deleted, and let go, while we look.
        Set<LogPosition> held = lane.held();
        int limit = room + held.size();
        lane.lookAgain();
        record Found(List<Backlog.Waiting> rows, Optional<Instant> nextDue) {}
        Found found = database.inTransaction(tx -> new Found(
                backlog.due(tx, lane.subscription(), shards.keySet(), now, catchUpBefore, limit),
                backlog.nextDue(tx, lane.subscription(), shards.keySet(), now)));
        if (found.rows().size() == limit) {
            lane.backlogged(now);
        } else {
            lane.caughtUp(catchUpBefore);
            found.nextDue().ifPresent(lane::backlogged);
        }
        lane.resume(found.rows().stream()
                .filter(row -> !held.contains(row.event().at())
                        && !lane.isHeld(row.event().at()))
                .map(row -> Delivery.fromBacklog(tracked(row), lane, row))
                .toList());
    }

    private TrackedEvent tracked(Backlog.Waiting row) {
        Lease lease = Objects.requireNonNull(shards.get(row.event().shard()));
        return new TrackedEvent(row.event(), lease, System.nanoTime());
    }
}
