package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what became of deliveries: in batches, each one transaction that moves the cursors,
/// records the attempts and brings the backlog up to date. A shard's cursor never passes a delivery that
/// is neither done nor in the backlog, so a crash can only repeat what was not yet written down.
///
/// The statement that moves the cursors also tells which shards are still this node's. What would be
/// written for another one is dropped: whoever has it works on from the cursor and the backlog.
///
/// One thread settles ([#run]); everybody else only hands things in. An event costs one statement's
/// share for its attempt and one for the cursor.
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /// How long outcomes are gathered before they are written. What was delivered within this time is
    /// delivered again after a crash; each round costs about half a millisecond of CPU, however little
    /// it writes.
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final int BATCH = 2_000;
    /// A delivery under way for longer no longer holds the cursor: it is parked in the backlog until its
    /// outcome is known.
    private static final Duration PARK_AFTER = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int LAST_TRIES = 20;
    private static final Duration IDLE = Duration.ofMillis(500);
    /// While nothing is under way at all.
    private static final Duration ASLEEP = Duration.ofSeconds(10);

    private final Database database;
    private final SettlementStore store;
    private final Backlog backlog;
    private final DeliveryFigures figures;
    private final LongConsumer appendsNothing;
    private final InstantSource time;

    private final Queue<TrackedEvent> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();
    private final Queue<Notice> notices = new ConcurrentLinkedQueue<>();
    private final AtomicLong inMemory = new AtomicLong();
    private volatile @Nullable Thread settler;
    private volatile boolean idle;
    private volatile boolean asleep;
    private volatile boolean stopping;

    // For the settling thread alone.
    private final Map<Lease, ShardProgress> shards = new LinkedHashMap<>();

    /// @param appendsNothing is told the ids of transactions that append nothing to the log
    Settlement(
            Database database,
            SettlementStore store,
            Backlog backlog,
            DeliveryFigures figures,
            LongConsumer appendsNothing,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.backlog = backlog;
        this.figures = figures;
        this.appendsNothing = appendsNothing;
        this.time = time;
    }

    /// What is handed in.
    private sealed interface Settled {

        record Attempted(Delivery delivery, Attempt attempt, Consequence consequence) implements Settled {}

        /// Not tried: it waits in the backlog, because `reason`.
        record PutOff(Delivery delivery, String reason) implements Settled {}

        /// Not tried: its shard is no longer this node's, or about to be given up.
        record Dropped(Delivery delivery) implements Settled {}
    }

    /// What is told about shards. Whatever was tracked or handed in before is seen before it.
    private sealed interface Notice {

        record Leaving(Lease lease) implements Notice {}

        record Passed(List<Lease> leases, Cursor cursor) implements Notice {}
    }

    /// Makes the cursor of its shard wait for an event's deliveries. In the order of the log, and before
    /// any of them is handed in.
    void track(TrackedEvent event) {
        inMemory.addAndGet(event.body().length);
        arrived.add(event);
        if (event.isSettled() || asleep) {
            wake();
        }
    }

    /// Hands in an attempt and what follows from it.
    void attempted(Delivery delivery, Attempt attempt, Consequence consequence) {
        settled.add(new Settled.Attempted(delivery, attempt, consequence));
        wake();
    }

    /// Hands in a delivery that could not be tried now.
    void putOff(Delivery delivery, String reason) {
        figures.wasPutOff();
        settled.add(new Settled.PutOff(delivery, reason));
        wake();
    }

    /// Hands in a delivery that may not be tried here any more. Its row or its place in the log stays.
    void drop(Delivery delivery) {
        settled.add(new Settled.Dropped(delivery));
        wake();
    }

    /// Lets the cursors of shards without events move, too: all of theirs up to `cursor` were tracked.
    /// Need not be told after every read.
    void passed(List<Lease> leases, Cursor cursor) {
        notices.add(new Notice.Passed(List.copyOf(leases), cursor));
    }

    /// Gives up a shard that is being left: what waits for it goes to the backlog, attempts under way
    /// are waited for as long as the lease says; then the shard is free, and the lease ended.
    void leave(Lease lease) {
        notices.add(new Notice.Leaving(lease));
        wake();
    }

    /// Bytes of the events whose deliveries the cursor waits for; a bound for the feed.
    long bytesInMemory() {
        return inMemory.get();
    }

    private void wake() {
        if (idle) {
            LockSupport.unpark(settler);
        }
    }

    /// Settles until [#stop]; then what has been handed in by then.
    void run() {
        settler = Thread.currentThread();
        while (!stopping) {
            boolean done = shards.values().stream().allMatch(shard -> shard.isSettled() && !shard.isLeaving());
            idle = true;
            asleep = done;
            if (isNothingNew() && !stopping) {
                boolean leaving = shards.values().stream().anyMatch(ShardProgress::isLeaving);
                LockSupport.parkNanos(this, (done ? ASLEEP : leaving ? GATHER : IDLE).toNanos());
            }
            asleep = false;
            idle = false;
            if (done && isNothingNew()) {
                forgetEnded();
                continue;
            }
            LockSupport.parkNanos(this, GATHER.toNanos());
            try {
                settle();
            } catch (RuntimeException e) {
                LOG.error("a round of settling failed; its deliveries are made again after the next start", e);
            }
        }
        do {
            settle();
        } while (!settled.isEmpty() || !arrived.isEmpty());
    }

    private boolean isNothingNew() {
        return settled.isEmpty() && arrived.isEmpty() && notices.isEmpty();
    }

    /// Ends [#run], when nobody hands in anything any more. An interrupt would do harm: it could hit the
    /// last batch while it is written.
    void stop() {
        stopping = true;
        LockSupport.unpark(settler);
    }

    private void settle() {
        var batch = new Batch(time.instant());
        List<Notice> told = noticesSoFar();
        for (TrackedEvent event = arrived.poll(); event != null; event = arrived.poll()) {
            track(event, progress(event.lease()));
        }
        told.forEach(this::take);
        forgetEnded();
        // Looked at before outcomes are taken: of these shards nothing more will be handed in.
        List<ShardProgress> drained =
                shards.values().stream().filter(ShardProgress::isDrained).toList();
        boolean tookAll = takeOutcomes(batch);
        long overdue = System.nanoTime() - PARK_AFTER.toNanos();
        shards.values().forEach(shard -> parkTheSlow(shard, overdue, batch));
        advance(batch);
        if (!batch.isEmpty()) {
            write(batch);
        }
        if (tookAll) {
            giveUp(drained);
        }
    }

    /// Returns whether there were no more.
    private boolean takeOutcomes(Batch batch) {
        while (batch.size() < BATCH) {
            Settled next = settled.poll();
            if (next == null) {
                return true;
            }
            batch.add(next);
        }
        return false;
    }

    private List<Notice> noticesSoFar() {
        var told = new ArrayList<Notice>(0);
        for (Notice next = notices.poll(); next != null; next = notices.poll()) {
            told.add(next);
        }
        return told;
    }

    /// Null when the shard is no longer this node's.
    private @Nullable ShardProgress progress(Lease lease) {
        ShardProgress known = shards.get(lease);
        return known != null || lease.hasEnded() ? known : shards.computeIfAbsent(lease, ShardProgress::new);
    }

    private void track(TrackedEvent event, @Nullable ShardProgress shard) {
        if (shard == null || shard.isLeaving()) {
            // Nobody attempts it: the lease lets nothing begin.
            forget(event);
        } else {
            shard.add(event);
        }
    }

    private void forget(TrackedEvent event) {
        inMemory.addAndGet(-event.body().length);
    }

    private void take(Notice notice) {
        switch (notice) {
            case Notice.Passed(List<Lease> leases, Cursor cursor) -> {
                for (Lease lease : leases) {
                    ShardProgress shard = progress(lease);
                    if (shard != null && !shard.isLeaving()) {
                        shard.pass(cursor);
                    }
                }
            }
            case Notice.Leaving(Lease lease) -> {
                ShardProgress shard = progress(lease);
                if (shard != null) {
                    shard.leave();
                }
            }
        }
    }

    private void forgetEnded() {
        shards.values().removeIf(shard -> {
            boolean ended = shard.lease().hasEnded();
            if (ended) {
                shard.waiting().forEach(this::forget);
            }
            return ended;
        });
    }

    private void parkTheSlow(ShardProgress shard, long overdue, Batch batch) {
        for (TrackedEvent event : shard.waiting()) {
            if ((event.readAt() > overdue && !shard.isLeaving()) || batch.size() >= BATCH) {
                return;
            }
            if (!event.isSettled()) {
                event.deliveries().stream().filter(Delivery::isHeldByCursor).forEach(batch::park);
            }
        }
    }

    /// Has the batch move every cursor that can move; and name the shards that it writes for, since it
    /// is to check that they are still this node's.
    private void advance(Batch batch) {
        for (Lease lease : batch.leases()) {
            if (progress(lease) == null) {
                batch.drop(Set.of(lease));
            }
        }
        for (ShardProgress shard : shards.values()) {
            shard.advance(this::forget);
            if (shard.hasMoved() || batch.leases().contains(shard.lease())) {
                batch.moves.add(shard.move());
            }
        }
    }

    private void giveUp(List<ShardProgress> drained) {
        List<Lease> free = drained.stream()
                .filter(ShardProgress::isSettled)
                .map(ShardProgress::lease)
                .toList();
        if (!free.isEmpty()) {
            database.useTransaction(tx -> store.giveUp(tx, free));
            free.forEach(Lease::end);
            forgetEnded();
        }
    }

    private void write(Batch batch) {
        for (int tries = 1; ; tries++) {
            try {
                database.useTransaction(tx -> write(tx, batch));
                batch.written();
                return;
            } catch (ShardsLost e) {
                LOG.warn("{} lost to other nodes; what was to be written for them is dropped", e.lost());
                e.lost().forEach(Lease::end);
                batch.drop(e.lost());
            } catch (RuntimeException e) {
                if (stopping && tries >= LAST_TRIES) {
                    LOG.warn(
                            "stopped before {} outcomes were written; their events will be delivered again",
                            batch.size());
                    return;
                }
                LOG.warn("can't settle {} outcomes (try {}); will try again: {}", batch.size(), tries, e.toString());
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    private void write(Transaction tx, Batch batch) {
        // At once, not after the commit: the reader of the log must not wait for what holds nothing for it.
        appendsNothing.accept(store.begin(tx, batch.mustBeDurable()));
        Set<Lease> held = store.moveCursors(tx, batch.moves);
        if (held.size() < batch.moves.size()) {
            throw new ShardsLost(batch.moves.stream()
                    .map(SettlementStore.Move::lease)
                    .filter(lease -> !held.contains(lease))
                    .collect(Collectors.toSet()));
        }
        store.record(tx, batch.attempts);
        backlog.put(tx, batch.all(writes -> writes.puts.values()));
        backlog.bury(tx, batch.all(writes -> writes.burials));
        backlog.remove(tx, batch.all(writes -> writes.removals));
        backlog.release(tx, batch.all(writes -> writes.instancesGoOn));
    }

    /// Rolls a transaction back that would write for shards that are no longer this node's.
    private static final class ShardsLost extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Set<Lease> lost;

        ShardsLost(Set<Lease> lost) {
            super(null, null, false, false);
            this.lost = lost;
        }

        Set<Lease> lost() {
            return lost;
        }
    }

    /// What is to be written to the backlog and the dead letters under one lease.
    private static final class Writes {

        // By key: one statement may not touch a row twice.
        private final Map<Backlog.Key, Backlog.Row> puts = new LinkedHashMap<>();
        private final List<Backlog.Row> burials = new ArrayList<>();
        private final List<Backlog.Key> removals = new ArrayList<>();
        private final List<Backlog.Instance> instancesGoOn = new ArrayList<>();
    }

    /// What one transaction will write. Deliveries let go of the cursor as they are added: the cursor is
    /// moved by the same transaction.
    private static final class Batch {

        private final Instant now;
        private final List<Attempt> attempts = new ArrayList<>();
        private final Map<Lease, Writes> writes = new HashMap<>();
        private final List<Runnable> afterwards = new ArrayList<>();
        private final List<SettlementStore.Move> moves = new ArrayList<>();
        private boolean mustBeDurable;
        private int size;

        Batch(Instant now) {
            this.now = now;
        }

        int size() {
            return size;
        }

        boolean isEmpty() {
            return attempts.isEmpty() && moves.isEmpty();
        }

        /// Whether a delivery lives on only in what this writes: nobody would look for it where it was
        /// before. What brings a row up to date may be lost: then it is tried sooner, or once more.
        boolean mustBeDurable() {
            return mustBeDurable;
        }

        /// For which something is to be written.
        Set<Lease> leases() {
            return Set.copyOf(writes.keySet());
        }

        <T> List<T> all(Function<Writes, Collection<T>> part) {
            return writes.values().stream()
                    .map(part)
                    .flatMap(Collection::stream)
                    .toList();
        }

        private Writes writes(Delivery delivery) {
            return writes.computeIfAbsent(delivery.lease(), _ -> new Writes());
        }

        void add(Settled next) {
            size++;
            switch (next) {
                case Settled.Attempted(Delivery delivery, Attempt attempt, Consequence consequence) -> {
                    // It was made, whoever has the shard by now.
                    attempts.add(attempt);
                    if (delivery.lease().hasEnded()) {
                        letGo(delivery);
                        if (isToBeWritten(consequence)) {
                            delivery.lane().neverWritten(delivery);
                        }
                    } else {
                        follow(delivery, attempt, consequence);
                        delivery.releaseCursor();
                    }
                }
                case Settled.PutOff(Delivery delivery, String reason) -> {
                    if (delivery.lease().hasEnded()) {
                        letGo(delivery);
                        delivery.lane().neverWritten(delivery);
                    } else {
                        putBack(delivery, delivery.attempts(), later(now, delivery.due()), reason);
                        delivery.releaseCursor();
                    }
                }
                case Settled.Dropped(Delivery delivery) -> letGo(delivery);
            }
        }

        /// The delivery is over for this lease. Should the shard come back, its row is to be found.
        private void letGo(Delivery delivery) {
            delivery.lane().release(delivery);
            delivery.lane().backlogged(now);
        }

        private static boolean isToBeWritten(Consequence consequence) {
            return switch (consequence) {
                case Consequence.TryAgain _, Consequence.Disable _ -> true;
                case Consequence.Settle _, Consequence.GiveUp _ -> false;
            };
        }

        private void follow(Delivery delivery, Attempt attempt, Consequence consequence) {
            switch (consequence) {
                case Consequence.Settle _ -> leaveBacklog(delivery);
                case Consequence.TryAgain(Instant due) ->
                    putBack(delivery, attempt.number(), due, attempt.outcome().word());
                // Until the subscription is disabled; then it becomes a dead letter with the others.
                case Consequence.Disable _ ->
                    putBack(delivery, attempt.number(), now, attempt.outcome().word());
                case Consequence.GiveUp _ -> {
                    mustBeDurable = true;
                    writes(delivery)
                            .burials
                            .add(row(
                                    delivery,
                                    attempt.number(),
                                    now,
                                    attempt.outcome().word()));
                    leaveBacklog(delivery);
                }
            }
        }

        private void leaveBacklog(Delivery delivery) {
            if (delivery.isInBacklog()) {
                writes(delivery).removals.add(key(delivery));
                releaseAfterwards(delivery);
                if (delivery.instance() != InstanceKey.NONE) {
                    writes(delivery)
                            .instancesGoOn
                            .add(new Backlog.Instance(delivery.subscription(), delivery.instance()));
                    afterwards.add(() -> delivery.lane().backlogged(now));
                }
            }
        }

        private void putBack(Delivery delivery, int attemptsMade, Instant due, String reason) {
            put(delivery, row(delivery, attemptsMade, due, reason));
            releaseAfterwards(delivery);
            afterwards.add(() -> {
                delivery.lane().written(delivery);
                delivery.lane().putOff(now, due);
            });
        }

        private void put(Delivery delivery, Backlog.Row row) {
            mustBeDurable |= !delivery.isInBacklog();
            writes(delivery).puts.put(key(delivery), row);
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }

        /// Only of what was held: a row that is new may have been read back from the backlog by then,
        /// and be held for that.
        private void releaseAfterwards(Delivery delivery) {
            if (delivery.isInBacklog()) {
                afterwards.add(() -> delivery.lane().release(delivery));
            }
        }

        /// The delivery stays in its lane, and the cursor passes it.
        void park(Delivery delivery) {
            size++;
            put(delivery, row(delivery, delivery.attempts(), now, "under way"));
            delivery.lane().hold(delivery);
            delivery.enterBacklog();
            delivery.releaseCursor();
        }

        private static Backlog.Key key(Delivery delivery) {
            return new Backlog.Key(delivery.subscription(), delivery.at());
        }

        private Backlog.Row row(Delivery delivery, int attemptsMade, Instant due, String reason) {
            return new Backlog.Row(
                    delivery.lease().shard(),
                    delivery.subscription(),
                    delivery.at(),
                    delivery.event().stored(),
                    attemptsMade,
                    delivery.since(),
                    due,
                    now,
                    reason,
                    delivery.instance());
        }

        /// Leaves out what would be written for shards that were lost. The attempts stay: they were
        /// made.
        void drop(Set<Lease> lost) {
            moves.removeIf(move -> lost.contains(move.lease()));
            writes.keySet().removeAll(lost);
        }

        void written() {
            afterwards.forEach(Runnable::run);
        }
    }
}
