package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import no.budstikke.event.LogPosition;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.Terms;
import org.jspecify.annotations.Nullable;

/// The in-memory queue of one subscription, so that a slow endpoint holds up nobody else. Its endpoint's
/// workers take from it: three from the log for each one from the backlog, so that what is new comes
/// soon and what is old comes. Where the subscription asks for it, it keeps the order of each instance
/// and gathers batches. Beside it, what is known of the subscription's rows in the backlog.
final class Lane {

    /// Deliveries from the log that wait in memory, and as many from the backlog; more stay in the
    /// backlog.
    static final int CAPACITY = 1_000;

    /// Why a delivery was not taken, or was put back.
    static final String ENDPOINT_DOWN = "endpoint down";

    static final String LANE_FULL = "lane full";
    static final String PAUSED = "paused";
    static final String DISABLED = "subscription disabled";
    static final String AFTER_AN_EARLIER_ONE = "after an earlier event";

    private static final int NEW_ONES_FOR_AN_OLD_ONE = 3;

    private final int subscription;
    private final Endpoint endpoint;
    private final Executor threads;
    /// For deliveries that must wait for an earlier one which failed.
    private final Consumer<Delivery> putAside;

    private final Agenda.Entry onAgenda;

    private volatile Terms terms;
    private volatile boolean paused;
    private volatile @Nullable Disabling disabling;
    private volatile boolean orderDropped;
    // For the pump alone.
    private boolean stopped;
    private Instant expiryLooked = Instant.MIN;

    // Guarded by the endpoint.
    private final Queue<Delivery> fromLog = new ArrayDeque<>();
    private final Queue<Delivery> fromBacklog = new ArrayDeque<>();
    private int sinceAnOldOne;
    /// Whether the endpoint's workers know that there is something.
    private boolean announced;

    private int underWay;
    private @Nullable OrderGate<Delivery> gate;
    private boolean ripening;
    private @Nullable Thread ripener;
    private long counted = System.nanoTime();

    // Guarded by this.
    private final Map<LogPosition, Lease> held = new HashMap<>();
    private final Failures failures = new Failures();
    private @Nullable Instant nextDue;
    private Instant drained = Instant.EPOCH;

    Lane(Subscription subscription, Endpoint endpoint, Agenda agenda, Executor threads, Consumer<Delivery> putAside) {
        this.subscription = subscription.id();
        this.endpoint = endpoint;
        this.onAgenda = agenda.entry(this);
        this.threads = threads;
        this.putAside = putAside;
        this.terms = subscription.terms();
        this.paused = subscription.standing() instanceof Standing.Paused;
        this.gate = isOrdered(terms) ? new OrderGate<>(false) : null;
    }

    int subscription() {
        return subscription;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Circuit circuit() {
        return endpoint.circuit();
    }

    Agenda.Entry onAgenda() {
        return onAgenda;
    }

    /// Since when there were nothing but failures.
    Failures failures() {
        return failures;
    }

    /// A failure at `now`: since when there have been no others.
    Instant failed(Instant now) {
        Instant since = failures.failed(now);
        if (since.equals(now)) {
            onAgenda.note();
        }
        return since;
    }

    /// The endpoint has taken something.
    void succeeded() {
        if (failures.end()) {
            onAgenda.note();
        }
    }

    // --- what the subscription asks for ---

    /// Follows the subscription's terms and standing, which its owner may change.
    void follow(Subscription now) {
        boolean pausedNow = now.standing() instanceof Standing.Paused;
        if (paused != pausedNow) {
            paused = pausedNow;
            // The pump knows what is so now, in whatever order we were told.
            onAgenda.note();
        }
        if (!terms.equals(now.terms())) {
            adopt(now.terms());
        }
    }

    private void adopt(Terms other) {
        synchronized (endpoint) {
            terms = other;
            if (isOrdered(other) && gate == null) {
                // What is in the backlog already is not known to the gate.
                gate = new OrderGate<>(true);
            } else if (!isOrdered(other) && gate != null) {
                fromLog.addAll(gate.clear());
                gate = null;
                orderDropped = true;
            }
            announceIfReady();
        }
        onAgenda.note();
    }

    private static boolean isOrdered(Terms terms) {
        return terms.ordering() == Terms.Ordering.RESOURCE_INSTANCE;
    }

    boolean isOrdered() {
        return isOrdered(terms);
    }

    boolean isBatched() {
        return terms.batch().isPresent();
    }

    boolean isPaused() {
        return paused;
    }

    /// Why the subscription is to be disabled.
    ///
    /// @param reason one sentence for its owner
    /// @param lease under which that was found out
    record Disabling(String reason, Lease lease) {}

    /// Asks for the subscription to be disabled; until it is, nothing more is sent.
    void disable(Disabling why) {
        disabling = why;
        onAgenda.note();
    }

    boolean isBeingDisabled() {
        return disabling != null;
    }

    /// Null when it is not to be disabled.
    @Nullable
    Disabling disabling() {
        return disabling;
    }

    /// It has been disabled, or that was a mistake.
    void disablingDone() {
        disabling = null;
        failures.end();
    }

    /// It is no longer for this node to say.
    void disablingLapsed() {
        disabling = null;
    }

    // --- deliveries in ---

    /// Takes a delivery from the log. Null; or why it is for the backlog instead: whoever offers it then
    /// has it written there before it offers the next one.
    @Nullable
    String offer(Delivery delivery) {
        String obstacle = paused ? PAUSED : circuit().isOpen() ? ENDPOINT_DOWN : null;
        if (obstacle != null && !isOrdered()) {
            return obstacle;
        }
        synchronized (endpoint) {
            boolean room = fromLog.size() + (gate == null ? 0 : gate.waiting()) < CAPACITY;
            if (gate != null && delivery.instance() != InstanceKey.NONE) {
                return switch (gate.admit(
                        delivery.instance(),
                        delivery,
                        room && obstacle == null && delivery.lease().isBacklogKnown())) {
                    case GO -> {
                        enqueue(fromLog, delivery);
                        yield null;
                    }
                    case WAIT -> null;
                    case STORE -> obstacle != null ? obstacle : room ? AFTER_AN_EARLIER_ONE : LANE_FULL;
                };
            }
            if (obstacle == null && room) {
                enqueue(fromLog, delivery);
                return null;
            }
            return obstacle != null ? obstacle : LANE_FULL;
        }
    }

    /// Takes deliveries that were read from the backlog; there was [#room] for them. Those whose
    /// instance went another way meanwhile stay there, and are looked for again.
    void resume(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            synchronized (endpoint) {
                if (take(delivery) == OrderGate.Verdict.GO) {
                    enqueue(fromBacklog, delivery);
                }
            }
        }
    }

    /// Has a delivery from the backlog made at once, past the queue, to learn whether the endpoint
    /// answers.
    void probe(Delivery delivery, Consumer<Delivery> attempt) {
        synchronized (endpoint) {
            if (take(delivery) != OrderGate.Verdict.GO) {
                return;
            }
            underWay++;
        }
        threads.execute(() -> {
            try {
                attempt.accept(delivery);
            } finally {
                synchronized (endpoint) {
                    ended();
                }
            }
        });
    }

    private OrderGate.Verdict take(Delivery delivery) {
        OrderGate.Verdict verdict = gate == null || delivery.instance() == InstanceKey.NONE
                ? OrderGate.Verdict.GO
                : gate.resume(delivery.instance(), delivery);
        if (verdict == OrderGate.Verdict.STORE) {
            backlogged(delivery.due());
        } else {
            hold(delivery);
        }
        return verdict;
    }

    private void enqueue(Queue<Delivery> queue, Delivery delivery) {
        queue.add(delivery);
        announceIfReady();
    }

    private void announceIfReady() {
        if (!announced && hasPortion()) {
            announced = true;
            endpoint.isReady(this);
        }
    }

    /// Whether there is something to send now. A batch that is neither full nor has waited for as long
    /// as it may is not yet.
    private boolean hasPortion() {
        if (fromLog.isEmpty() && fromBacklog.isEmpty()) {
            return false;
        }
        if (terms.batch().isEmpty()) {
            return true;
        }
        Terms.Batch batch = terms.batch().get();
        if (fromLog.size() + fromBacklog.size() >= batch.max()) {
            return true;
        }
        long left = oldest() + batch.patience().toNanos() - System.nanoTime();
        if (left > 0 && !ripening) {
            ripening = true;
            threads.execute(() -> ripen(left));
        }
        return left <= 0;
    }

    /// When the one that waits longest was read.
    private long oldest() {
        Delivery one = fromLog.peek();
        Delivery other = fromBacklog.peek();
        long first = (one != null ? one : fromBacklog.element()).event().readAt();
        return one == null || other == null || first - other.event().readAt() < 0
                ? first
                : other.event().readAt();
    }

    /// One for each batch that is being gathered.
    private void ripen(long nanos) {
        synchronized (endpoint) {
            ripener = Thread.currentThread();
        }
        LockSupport.parkNanos(this, nanos);
        synchronized (endpoint) {
            ripener = null;
            ripening = false;
            announceIfReady();
        }
    }

    // --- deliveries out: for the endpoint's workers, under its lock ---

    /// The next delivery; null when there is none to be sent now.
    @Nullable
    Delivery next() {
        announced = hasPortion();
        if (!announced) {
            return null;
        }
        underWay++;
        return poll();
    }

    private Delivery poll() {
        boolean old = isAnOldOnesTurn();
        sinceAnOldOne = old ? 0 : sinceAnOldOne + 1;
        return (old ? fromBacklog : fromLog).remove();
    }

    private boolean isAnOldOnesTurn() {
        return fromLog.isEmpty() || (sinceAnOldOne >= NEW_ONES_FOR_AN_OLD_ONE && !fromBacklog.isEmpty());
    }

    private @Nullable Delivery peek() {
        return (isAnOldOnesTurn() ? fromBacklog : fromLog).peek();
    }

    /// Whether there is more to send at once.
    boolean goesOn() {
        announced = hasPortion();
        return announced;
    }

    /// One that [#next] gave has been tried.
    void ended() {
        underWay--;
    }

    // --- batches and order: for whoever makes the attempt ---

    /// Those that go in one request with `first`, which is the first of them. Of one instance only such
    /// as follow each other.
    List<Delivery> portion(Delivery first) {
        var portion = new ArrayList<Delivery>();
        var room = new BatchRoom(terms.batch().map(Terms.Batch::max).orElse(1));
        synchronized (endpoint) {
            add(first, portion, room);
            Delivery next = peek();
            while (next != null && room.fits(next)) {
                add(poll(), portion, room);
                next = peek();
            }
        }
        return portion;
    }

    private void add(Delivery delivery, List<Delivery> portion, BatchRoom room) {
        room.take(delivery);
        portion.add(delivery);
        if (gate == null || delivery.instance() == InstanceKey.NONE) {
            return;
        }
        for (Delivery next = gate.behind(delivery.instance());
                next != null && room.fits(next);
                next = gate.behind(delivery.instance())) {
            gate.along(delivery.instance());
            room.take(next);
            portion.add(next);
        }
    }

    /// An instance's deliveries are over: those that went are done or given up.
    void over(Delivery delivery) {
        if (delivery.instance() == InstanceKey.NONE) {
            return;
        }
        synchronized (endpoint) {
            Delivery next = gate == null ? null : gate.over(delivery.instance());
            if (next != null) {
                enqueue(fromLog, next);
            }
        }
    }

    /// An instance's deliveries, `count` of them, are put back into the backlog. What waits behind them
    /// follows them.
    void putBack(Delivery delivery, int count) {
        if (delivery.instance() == InstanceKey.NONE) {
            return;
        }
        synchronized (endpoint) {
            if (gate != null) {
                // Under the lock: what is offered from now on must be written after these.
                gate.putBack(delivery.instance(), count).forEach(putAside);
            }
        }
    }

    /// A delivery that was put off has its row in the backlog.
    void written(Delivery delivery) {
        if (delivery.instance() != InstanceKey.NONE) {
            synchronized (endpoint) {
                if (gate != null) {
                    gate.written(delivery.instance());
                }
            }
            // It wants its instances counted from now on.
            onAgenda.note();
        }
    }

    /// A delivery that was put off will never have a row: its shard is no longer this node's.
    void neverWritten(Delivery delivery) {
        if (delivery.instance() != InstanceKey.NONE) {
            synchronized (endpoint) {
                if (gate != null) {
                    gate.neverWritten(delivery.instance());
                }
            }
        }
    }

    /// Whether it would help to count which instances the backlog has.
    boolean wantsCount() {
        if (!isOrdered()) {
            return false;
        }
        synchronized (endpoint) {
            return gate != null && gate.wantsCount();
        }
    }

    /// Whether it would help to count them, and the last count is at least `between` ago; the count must
    /// follow.
    boolean beginCount(Duration between) {
        if (!isOrdered()) {
            return false;
        }
        synchronized (endpoint) {
            long now = System.nanoTime();
            if (gate == null || !gate.wantsCount() || now - counted < between.toNanos()) {
                return false;
            }
            counted = now;
            gate.countBegins();
            return true;
        }
    }

    void counted(Collection<Long> instances, boolean all) {
        synchronized (endpoint) {
            if (gate != null) {
                gate.counted(instances, all);
            }
        }
    }

    /// There are rows in the backlog that nobody told of.
    ///
    /// @param ordered whether some of them must be in order
    void backlogUnknown(boolean ordered) {
        synchronized (endpoint) {
            if (gate != null) {
                gate.counted(List.of(), false);
            } else if (ordered) {
                orderDropped = true;
            }
        }
        onAgenda.note();
    }

    /// Whether rows of the backlog wait for an order that nobody asks for any more; true once.
    boolean takeOrderDropped() {
        boolean was = orderDropped;
        if (was) {
            orderDropped = false;
        }
        return was;
    }

    /// The order is still to be dropped.
    void dropOrder() {
        orderDropped = true;
        onAgenda.note();
    }

    /// Whether the rows of the backlog are still to be told of its owner's pause. For the pump, as are
    /// the next three.
    boolean isStopNews() {
        return !stopped;
    }

    void stopTold() {
        stopped = true;
    }

    /// Whether they are still to be told of its end.
    boolean isRestartNews() {
        return stopped;
    }

    void restartTold() {
        stopped = false;
    }

    /// Whether it is time to look once more for what has waited too long: `between` has passed since
    /// this was last true. For the pump.
    boolean beginExpiry(Instant now, Duration between) {
        if (expiryLooked.isAfter(now.minus(between))) {
            return false;
        }
        expiryLooked = now;
        return true;
    }

    /// Drops what waits; its events are still in the log or the backlog.
    void clear() {
        synchronized (endpoint) {
            fromLog.clear();
            fromBacklog.clear();
            if (gate != null) {
                gate.clear();
            }
            LockSupport.unpark(ripener);
        }
    }

    /// Drops what belongs to a shard that is no longer this node's; whoever has it finds it in the log
    /// or the backlog. What is in order with others is dropped when its turn comes.
    void forget(Lease lease) {
        synchronized (endpoint) {
            fromLog.removeIf(delivery -> isForgotten(delivery, lease));
            fromBacklog.removeIf(delivery -> isForgotten(delivery, lease));
        }
        synchronized (this) {
            held.values().removeIf(of -> of == lease);
        }
    }

    private static boolean isForgotten(Delivery delivery, Lease lease) {
        return delivery.lease() == lease && delivery.instance() == InstanceKey.NONE;
    }

    /// How many deliveries wait here.
    int waiting() {
        synchronized (endpoint) {
            return fromLog.size() + fromBacklog.size() + (gate == null ? 0 : gate.waiting());
        }
    }

    /// How many are being attempted.
    int underWay() {
        synchronized (endpoint) {
            return underWay;
        }
    }

    boolean isIdle() {
        synchronized (endpoint) {
            return underWay == 0 && fromLog.isEmpty() && fromBacklog.isEmpty() && held().isEmpty();
        }
    }

    // --- the backlog ---

    /// How many deliveries from the backlog are welcome: none before half of the last portion is gone,
    /// so that they come in portions.
    int room() {
        synchronized (endpoint) {
            int waiting = fromBacklog.size() + (gate == null ? 0 : gate.waiting());
            return waiting > CAPACITY / 2 ? 0 : CAPACITY - waiting;
        }
    }

    /// Notes that a delivery is both in memory and in the backlog: the backlog's row is not to be read
    /// again.
    synchronized void hold(Delivery delivery) {
        held.put(delivery.at(), delivery.lease());
    }

    /// The delivery has left memory. One of a former lease does not release what is held under the
    /// present one.
    synchronized void release(Delivery delivery) {
        held.remove(delivery.at(), delivery.lease());
    }

    synchronized Set<LogPosition> held() {
        return Set.copyOf(held.keySet());
    }

    synchronized boolean isHeld(LogPosition at) {
        return held.containsKey(at);
    }

    /// Notes that the backlog has a row due at `due`.
    synchronized void backlogged(Instant due) {
        if (nextDue == null || due.isBefore(nextDue)) {
            nextDue = due;
            onAgenda.note();
        }
    }

    /// Notes that a row was written that was put off at `changed` and is due at `due`. When it was put
    /// off because of an outage that had ended before it was written, it is caught up on.
    synchronized void putOff(Instant changed, Instant due) {
        if (circuit().closed().isAfter(changed)) {
            drained = Instant.EPOCH;
            onAgenda.note();
        }
        backlogged(due);
    }

    /// When the first row of the backlog is due; null when there is none.
    synchronized @Nullable Instant nextDue() {
        return nextDue;
    }

    /// Forgets what is known of the backlog; the caller looks, and tells by [#backlogged] what it found.
    /// Rows that come meanwhile are not missed.
    void lookAgain() {
        beginLook();
        synchronized (this) {
            nextDue = null;
        }
    }

    /// What is read from now on is offered to [#resume] or [#probe].
    void beginLook() {
        synchronized (endpoint) {
            if (gate != null) {
                gate.lookBegins();
            }
        }
    }

    /// The time before which rows were put off because of an outage that is over by now: they need not
    /// wait until they are due. The epoch when there is nothing to catch up on.
    synchronized Instant catchUpBefore() {
        Instant closed = circuit().closed();
        return closed.isAfter(drained) ? closed : Instant.EPOCH;
    }

    /// All that was put off before `closed` has been read.
    synchronized void caughtUp(Instant closed) {
        drained = closed.isAfter(drained) ? closed : drained;
    }
}
