package no.budstikke.delivery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the subscriptions with one address share: its circuit, how many requests it bears, and the
/// virtual threads that make them. The lanes that have something to send take turns. Its lock guards
/// what is in the lanes, too.
final class Endpoint {

    private final Executor threads;
    private final Consumer<Delivery> attempt;
    private final Circuit circuit = new Circuit();
    private final Set<Lane> lanes = ConcurrentHashMap.newKeySet();

    // Guarded by this.
    private final ConcurrencyLimit limit;
    private final Queue<Lane> ready = new ArrayDeque<>();
    private int workers;

    /// Whether it gets all that the setting allows; then quick answers are not looked at.
    private volatile boolean atMost;

    private volatile long pause;

    Endpoint(int concurrency, Executor threads, Consumer<Delivery> attempt) {
        this.limit = new ConcurrencyLimit(concurrency);
        this.threads = threads;
        this.attempt = attempt;
    }

    Circuit circuit() {
        return circuit;
    }

    /// A lane of a subscription with this address.
    void join(Lane lane) {
        lanes.add(lane);
    }

    /// Returns whether none is left.
    boolean part(Lane lane) {
        lanes.remove(lane);
        return lanes.isEmpty();
    }

    /// Takes what came of a request into account; once for each request.
    void learn(Outcome outcome, Conclusion.Span span) {
        boolean isBack = circuit.learn(outcome, span.ended());
        if (isBack || circuit.isOpen()) {
            // What waits may be made up for now; or the time of the next probe is another.
            lanes.forEach(lane -> lane.onAgenda().note());
        }
        boolean nothingNew = atMost
                && !isBack
                && outcome.load() == Outcome.Load.BEARABLE
                && span.endedAt() - span.startedAt() < ConcurrencyLimit.QUICK.toNanos();
        if (!nothingNew) {
            adapt(outcome.load(), span, isBack);
        }
    }

    private synchronized void adapt(Outcome.Load load, Conclusion.Span span, boolean isBack) {
        if (isBack) {
            limit.restart();
        } else {
            limit.learn(load, span.startedAt(), span.endedAt());
        }
        atMost = limit.isAtMost();
        pause = limit.pause().toNanos();
    }

    /// Ends a rest that the endpoint asked for, when its time is over.
    void wake(Instant now) {
        if (circuit.wake(now)) {
            synchronized (this) {
                limit.restartWithOne();
                atMost = limit.isAtMost();
                pause = 0;
            }
        }
    }

    /// The lane has something to send; it is told once until it has been asked for all it has. Under
    /// this lock.
    void isReady(Lane lane) {
        ready.add(lane);
        startWorker();
    }

    private void startWorker() {
        if (workers < limit.requests()) {
            workers++;
            threads.execute(this::work);
        }
    }

    private void work() {
        Delivery made = null;
        boolean left = false;
        try {
            while (!left) {
                Delivery next = nextOrLeave(made);
                made = next;
                left = next == null;
                if (next != null) {
                    attempt.accept(next);
                    breathe();
                }
            }
        } finally {
            if (!left) {
                // A bug in an attempt must not cost the endpoint one of its workers for good.
                leave(made);
            }
        }
    }

    private void breathe() {
        if (pause > 0 && !circuit.isOpen()) {
            LockSupport.parkNanos(this, pause);
        }
    }

    /// The next delivery, of the lane whose turn it is; a worker that gets none is no longer counted, so
    /// that the next delivery starts another.
    private synchronized @Nullable Delivery nextOrLeave(@Nullable Delivery made) {
        Delivery next = workers > limit.requests() ? null : next();
        if (next == null) {
            leave(made);
            return null;
        }
        if (made != null) {
            made.lane().ended();
        }
        if (!ready.isEmpty()) {
            startWorker();
        }
        return next;
    }

    private @Nullable Delivery next() {
        for (Lane turn = ready.poll(); turn != null; turn = ready.poll()) {
            Delivery next = turn.next();
            if (next != null) {
                if (turn.goesOn()) {
                    ready.add(turn);
                }
                return next;
            }
        }
        return null;
    }

    private synchronized void leave(@Nullable Delivery made) {
        workers--;
        if (made != null) {
            made.lane().ended();
        }
    }
}
