package no.budstikke.delivery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import no.budstikke.event.LogPosition;
import org.jspecify.annotations.Nullable;

/// The in-memory queue of one subscription, worked off by up to `concurrency` virtual threads of its
/// own, so that a slow endpoint holds up nobody else. Beside it, what is known of the subscription's
/// rows in the backlog.
final class Lane {

    /// Deliveries that wait in memory; more go to the backlog.
    static final int CAPACITY = 1_000;

    private final int subscription;
    private final Circuit circuit;
    private final int concurrency;
    private final Executor threads;
    private final Consumer<Delivery> attempt;

    // Guarded by this.
    private final Queue<Delivery> waiting = new ArrayDeque<>();
    private final Map<LogPosition, Lease> inMemory = new HashMap<>();
    private int workers;
    private @Nullable Instant nextDue;
    private Instant drained = Instant.EPOCH;

    Lane(int subscription, Circuit circuit, int concurrency, Executor threads, Consumer<Delivery> attempt) {
        this.subscription = subscription;
        this.circuit = circuit;
        this.concurrency = concurrency;
        this.threads = threads;
        this.attempt = attempt;
    }

    int subscription() {
        return subscription;
    }

    Circuit circuit() {
        return circuit;
    }

    /// Takes a delivery from the log, unless the lane is full or the endpoint's circuit is open: then
    /// the delivery is for the backlog.
    boolean offer(Delivery delivery) {
        if (circuit.isOpen()) {
            return false;
        }
        synchronized (this) {
            if (waiting.size() >= CAPACITY) {
                return false;
            }
            take(delivery);
        }
        return true;
    }

    /// Takes deliveries that were read from the backlog; there was [#room] for them.
    synchronized void resume(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            hold(delivery);
            take(delivery);
        }
    }

    private void take(Delivery delivery) {
        waiting.add(delivery);
        if (workers < concurrency) {
            workers++;
            threads.execute(this::work);
        }
    }

    private void work() {
        boolean left = false;
        try {
            while (!left) {
                Delivery next = nextOrLeave();
                left = next == null;
                if (next != null) {
                    attempt.accept(next);
                }
            }
        } finally {
            if (!left) {
                // A bug in an attempt must not cost the lane one of its workers for good.
                leave();
            }
        }
    }

    /// The next delivery; a worker that gets none is no longer counted, so that the next delivery starts
    /// another.
    private synchronized @Nullable Delivery nextOrLeave() {
        Delivery next = waiting.poll();
        if (next == null) {
            leave();
        }
        return next;
    }

    private synchronized void leave() {
        workers--;
    }

    /// Drops what waits; its events are still in the log or the backlog.
    synchronized void clear() {
        waiting.clear();
    }

    /// Drops what belongs to a shard that is no longer this node's; whoever has it finds it in the log
    /// or the backlog.
    synchronized void forget(Lease lease) {
        waiting.removeIf(delivery -> {
            boolean goes = delivery.lease() == lease;
            if (goes && delivery.isProbe()) {
                circuit.returnProbe();
            }
            return goes;
        });
        inMemory.values().removeIf(of -> of == lease);
    }

    /// How many deliveries from the backlog are welcome: none before the lane is half empty, so that
    /// they come in portions.
    synchronized int room() {
        return waiting.size() > CAPACITY / 2 ? 0 : CAPACITY - waiting.size();
    }

    /// How many deliveries wait here.
    synchronized int waiting() {
        return waiting.size();
    }

    /// How many are being attempted.
    synchronized int workers() {
        return workers;
    }

    synchronized boolean isIdle() {
        return workers == 0 && inMemory.isEmpty();
    }

    /// Notes that a delivery is both in memory and in the backlog: the backlog's row is not to be read
    /// again.
    synchronized void hold(Delivery delivery) {
        inMemory.put(delivery.at(), delivery.lease());
    }

    /// The delivery has left memory. One of a former lease does not release what is held under the
    /// present one.
    synchronized void release(Delivery delivery) {
        inMemory.remove(delivery.at(), delivery.lease());
    }

    synchronized Set<LogPosition> held() {
        return Set.copyOf(inMemory.keySet());
    }

    synchronized boolean isHeld(LogPosition at) {
        return inMemory.containsKey(at);
    }

    /// Notes that the backlog has a row due at `due`.
    synchronized void backlogged(Instant due) {
        if (nextDue == null || due.isBefore(nextDue)) {
            nextDue = due;
        }
    }

    /// When the first row of the backlog is due; null when there is none.
    synchronized @Nullable Instant nextDue() {
        return nextDue;
    }

    /// Forgets what is known of the backlog; the caller looks, and tells by [#backlogged] what it found.
    /// Rows that come meanwhile are not missed.
    synchronized void lookAgain() {
        nextDue = null;
    }

    /// The time before which rows were put off because of an outage that is over by now: they need not
    /// wait until they are due. The epoch when there is nothing to catch up on.
    synchronized Instant catchUpBefore() {
        Instant closed = circuit.closed();
        return closed.isAfter(drained) ? closed : Instant.EPOCH;
    }

    /// All that was put off before `closed` has been read.
    synchronized void caughtUp(Instant closed) {
        drained = closed.isAfter(drained) ? closed : drained;
    }
}
