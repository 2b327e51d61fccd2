package no.budstikke.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How far a leased shard is settled, and what its cursor waits for. For the settling thread alone.
final class ShardProgress {

    private final Lease lease;
    // In the order of the log.
    private final Deque<TrackedEvent> waiting = new ArrayDeque<>();
    private Cursor settled;
    private @Nullable Cursor passed;
    private boolean moved;
    private boolean leaving;

    ShardProgress(Lease lease) {
        this.lease = lease;
        this.settled = lease.cursor();
    }

    Lease lease() {
        return lease;
    }

    void add(TrackedEvent event) {
        waiting.add(event);
    }

    /// The reader has dealt out everything up to `cursor`: that far the shard is settled as soon as
    /// nothing waits.
    void pass(Cursor cursor) {
        passed = cursor;
    }

    /// No attempt begins any more; what waits goes to the backlog.
    void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    /// Whether the shard can be given up.
    boolean isDrained() {
        return leaving && lease.isDrained();
    }

    Iterable<TrackedEvent> waiting() {
        return waiting;
    }

    /// Moves on over the settled events at the front.
    void advance(Consumer<TrackedEvent> settledEvent) {
        for (TrackedEvent first = waiting.peek(); first != null && first.isSettled(); first = waiting.peek()) {
            waiting.remove();
            moveTo(new Cursor(first.at(), first.stored()));
            settledEvent.accept(first);
        }
        if (passed != null && waiting.isEmpty()) {
            moveTo(passed);
            passed = null;
        }
    }

    private void moveTo(Cursor cursor) {
        if (cursor.at().compareTo(settled.at()) > 0) {
            settled = cursor;
            moved = true;
        }
    }

    boolean isSettled() {
        return waiting.isEmpty();
    }

    /// Whether the cursor has moved since the last [#move].
    boolean hasMoved() {
        return moved;
    }

    /// Where the cursor is to stand now.
    SettlementStore.Move move() {
        moved = false;
        return new SettlementStore.Move(lease, settled);
    }
}
