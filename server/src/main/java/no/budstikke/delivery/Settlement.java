package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what became of deliveries: in batches, each one transaction that records the attempts,
/// brings the backlog up to date and moves the cursor. The cursor never passes a delivery that is
/// neither done nor in the backlog, so a crash can only repeat what was not yet written down.
///
/// One thread settles ([#run]); everybody else only hands things in. An event costs one statement's
/// share for its attempt and one for the cursor.
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /// How long outcomes are gathered before they are written. What was delivered within this time is delivered again
    /// after a crash; each round costs about half a millisecond of CPU, however little it writes.
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final int BATCH = 2_000;
    /// A delivery under way for longer no longer holds the cursor: it is parked in the backlog until its
    /// outcome is known.
    private static final Duration PARK_AFTER = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int LAST_TRIES = 20;
    private static final Duration IDLE = Duration.ofMillis(500);

    private final Database database;
    private final SettlementStore store;
    private final Backlog backlog;
    private final InstantSource time;

    private final Queue<TrackedEvent> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();
    private final AtomicLong inMemory = new AtomicLong();
    private volatile @Nullable Thread settler;
    private volatile boolean idle;
    private volatile boolean stopping;

    // For the settling thread alone: events in the order of the log whose deliveries the cursor waits for.
    private final Deque<TrackedEvent> tracked = new ArrayDeque<>();

    Settlement(Database database, SettlementStore store, Backlog backlog, InstantSource time) {
        this.database = database;
        this.store = store;
        this.backlog = backlog;
        this.time = time;
    }

    /// What is handed in.
    private sealed interface Settled {

        record Attempted(Delivery delivery, Attempt attempt, Consequence consequence) implements Settled {}

        /// Not tried: it waits in the backlog, because `reason`.
        record PutOff(Delivery delivery, String reason) implements Settled {}
    }

    /// Makes the cursor wait for an event's deliveries. In the order of the log, and before any of them
    /// is handed in.
    void track(TrackedEvent event) {
        inMemory.addAndGet(event.body().length);
        arrived.add(event);
        if (event.isSettled()) {
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
        settled.add(new Settled.PutOff(delivery, reason));
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
            idle = true;
            if (settled.isEmpty() && arrived.isEmpty() && !stopping) {
                LockSupport.parkNanos(this, IDLE.toNanos());
            }
            idle = false;
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

    /// Ends [#run], when nobody hands in anything any more. An interrupt would do harm: it could hit the
    /// last batch while it is written.
    void stop() {
        stopping = true;
        LockSupport.unpark(settler);
    }

    private void settle() {
        var batch = new Batch(time.instant());
        for (TrackedEvent event = arrived.poll(); event != null; event = arrived.poll()) {
            tracked.add(event);
        }
        for (Settled next = settled.poll(); next != null; next = batch.size() < BATCH ? settled.poll() : null) {
            batch.add(next);
        }
        parkTheSlow(batch);
        batch.cursor = advance();
        if (!batch.isEmpty()) {
            write(batch);
        }
    }

    private void parkTheSlow(Batch batch) {
        long overdue = System.nanoTime() - PARK_AFTER.toNanos();
        for (TrackedEvent event : tracked) {
            if (event.readAt() > overdue || batch.size() >= BATCH) {
                return;
            }
            if (!event.isSettled()) {
                event.deliveries().stream().filter(Delivery::isHeldByCursor).forEach(batch::park);
            }
        }
    }

    /// Forgets the settled events at the front, and returns the place of the last one.
    private @Nullable Cursor advance() {
        Cursor reached = null;
        for (TrackedEvent first = tracked.peek(); first != null && first.isSettled(); first = tracked.peek()) {
            reached = new Cursor(first.at(), first.stored());
            inMemory.addAndGet(-first.body().length);
            tracked.remove();
        }
        return reached;
    }

    private void write(Batch batch) {
        for (int tries = 1; ; tries++) {
            try {
                database.useTransaction(tx -> write(tx, batch));
                batch.written();
                return;
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
        if (!batch.mustBeDurable()) {
            // Losing this in a crash of the database costs repeats, not deliveries; so nobody waits for the disk.
            store.doNotWaitForTheDisk(tx);
        }
        store.record(tx, batch.attempts);
        backlog.put(tx, List.copyOf(batch.puts.values()));
        backlog.bury(tx, batch.burials);
        backlog.remove(tx, batch.removals);
        if (batch.cursor != null) {
            store.moveCursors(tx, batch.cursor);
        }
    }

    /// What one transaction will write. Deliveries let go of the cursor as they are added: the cursor is
    /// moved by the same transaction.
    private static final class Batch {

        private final Instant now;
        private final List<Attempt> attempts = new ArrayList<>();
        // By key: one statement may not touch a row twice.
        private final Map<Backlog.Key, Backlog.Row> puts = new LinkedHashMap<>();
        private final List<Backlog.Row> burials = new ArrayList<>();
        private final List<Backlog.Key> removals = new ArrayList<>();
        private final List<Runnable> afterwards = new ArrayList<>();
        private @Nullable Cursor cursor;

        Batch(Instant now) {
            this.now = now;
        }

        int size() {
            return attempts.size() + puts.size();
        }

        boolean isEmpty() {
            return size() == 0 && cursor == null;
        }

        boolean mustBeDurable() {
            return !puts.isEmpty() || !burials.isEmpty();
        }

        void add(Settled next) {
            switch (next) {
                case Settled.Attempted(Delivery delivery, Attempt attempt, Consequence consequence) -> {
                    attempts.add(attempt);
                    follow(delivery, attempt, consequence);
                    delivery.releaseCursor();
                }
                case Settled.PutOff(Delivery delivery, String reason) -> {
                    putBack(delivery, delivery.attempts(), now, reason);
                    delivery.releaseCursor();
                }
            }
        }

        private void follow(Delivery delivery, Attempt attempt, Consequence consequence) {
            switch (consequence) {
                case Consequence.Settle _ -> leaveBacklog(delivery);
                case Consequence.TryAgain(Instant due) ->
                    putBack(delivery, attempt.number(), due, attempt.outcome().word());
                case Consequence.GiveUp _ -> {
                    burials.add(row(
                            delivery, attempt.number(), now, attempt.outcome().word()));
                    leaveBacklog(delivery);
                }
            }
        }

        private void leaveBacklog(Delivery delivery) {
            if (delivery.isInBacklog()) {
                removals.add(new Backlog.Key(delivery.subscription(), delivery.at()));
                releaseAfterwards(delivery);
            }
        }

        private void putBack(Delivery delivery, int attemptsMade, Instant due, String reason) {
            put(row(delivery, attemptsMade, due, reason));
            releaseAfterwards(delivery);
            afterwards.add(() -> delivery.lane().backlogged(due));
        }

        /// Only of what was held: a row that is new may have been read back from the backlog by then,
        /// and be held for that.
        private void releaseAfterwards(Delivery delivery) {
            if (delivery.isInBacklog()) {
                afterwards.add(() -> delivery.lane().release(delivery.at()));
            }
        }

        /// The delivery stays in its lane, and the cursor passes it.
        void park(Delivery delivery) {
            put(row(delivery, delivery.attempts(), now, "under way"));
            delivery.lane().hold(delivery.at());
            delivery.enterBacklog();
            delivery.releaseCursor();
        }

        private void put(Backlog.Row row) {
            puts.put(new Backlog.Key(row.subscription(), row.at()), row);
        }

        private Backlog.Row row(Delivery delivery, int attemptsMade, Instant due, String reason) {
            return new Backlog.Row(
                    delivery.subscription(),
                    delivery.at(),
                    delivery.event().stored(),
                    attemptsMade,
                    delivery.since(),
                    due,
                    now,
                    reason);
        }

        void written() {
            afterwards.forEach(Runnable::run);
        }
    }
}
