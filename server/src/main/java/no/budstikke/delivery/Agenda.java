package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Which lanes [BacklogPump] is to look after, and when: it costs nothing to have ten thousand lanes of
/// which nothing is to be done. Whoever changes something that the pump should know of has the lane
/// noted; the pump itself plans when it wants to see a lane again at the latest.
final class Agenda {

    // What notes gather before they are looked at.
    private static final Duration GATHER = Duration.ofMillis(20);
    /// Nobody tells of shards that come and go.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Queue<Entry> noted = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread sleeper;
    // For the pump alone, as is all that concerns plans.
    private final PriorityQueue<Visit> planned = new PriorityQueue<>(Comparator.comparing(Visit::at));

    /// Of a lane: what the agenda knows of it.
    final class Entry {

        private final Lane lane;
        private final AtomicBoolean isNoted = new AtomicBoolean();
        private Instant plannedAt = Instant.MAX;

        private Entry(Lane lane) {
            this.lane = lane;
        }

        /// Has the lane looked after in the next turn. Safe for all threads; what its caller changed
        /// before is seen then.
        void note() {
            if (isNoted.compareAndSet(false, true)) {
                noted.add(this);
                wake();
            }
        }
    }

    /// A plan that was replaced by an earlier one stays, which costs a look for nothing.
    private record Visit(Instant at, Entry entry) {}

    Entry entry(Lane lane) {
        return new Entry(lane);
    }

    /// Has the lane looked after at this time, or before.
    void plan(Lane lane, Instant at) {
        Entry entry = lane.onAgenda();
        if (at.isBefore(entry.plannedAt)) {
            entry.plannedAt = at;
            planned.add(new Visit(at, entry));
        }
    }

    /// The lanes whose turn it is, each once. They are no longer noted.
    List<Lane> take(Instant now) {
        for (Visit first = planned.peek(); first != null && !first.at().isAfter(now); first = planned.peek()) {
            planned.remove();
            first.entry().plannedAt = Instant.MAX;
            first.entry().note();
        }
        var lanes = new ArrayList<Lane>();
        for (Entry next = noted.poll(); next != null; next = noted.poll()) {
            // Before the look: what is noted during it is looked at again.
            next.isNoted.set(false);
            lanes.add(next.lane);
        }
        return lanes;
    }

    /// Ends [#await]: the clock was moved, or there is something to do that is about no lane.
    void wake() {
        LockSupport.unpark(sleeper);
    }

    /// Waits until there is something to take, for a second at the most. When there is already, a
    /// moment, so that more comes along.
    void await(Instant now) {
        Visit first = planned.peek();
        Duration left = first == null ? LONGEST_PAUSE : Duration.between(now, first.at());
        if (left.compareTo(GATHER) <= 0 || !noted.isEmpty()) {
            LockSupport.parkNanos(this, GATHER.toNanos());
            return;
        }
        sleeper = Thread.currentThread();
        // Looked at after the thread was named: whoever came before has woken nobody.
        if (noted.isEmpty()) {
            LockSupport.parkNanos(this, Math.min(left.toNanos(), LONGEST_PAUSE.toNanos()));
        }
        sleeper = null;
    }
}
