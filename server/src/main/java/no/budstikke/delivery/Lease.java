package no.budstikke.delivery;

import java.util.concurrent.atomic.AtomicInteger;

/// This node's right to work on a shard of the log, from when it took the shard until it gives it up or
/// loses it. A shard that is taken again is another lease. Safe for many threads.
final class Lease {

    private enum State {
        OPEN,
        LEAVING,
        ENDED
    }

    private final int shard;
    private final long epoch;
    private final Cursor cursor;
    private final Pulse pulse;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile State state = State.OPEN;
    private volatile long leaveBy;

    /// @param epoch raised whenever the shard changes hands
    /// @param cursor where the shard was settled when it was taken
    Lease(int shard, long epoch, Cursor cursor, Pulse pulse) {
        this.shard = shard;
        this.epoch = epoch;
        this.cursor = cursor;
        this.pulse = pulse;
    }

    int shard() {
        return shard;
    }

    long epoch() {
        return epoch;
    }

    Cursor cursor() {
        return cursor;
    }

    /// Whether new work may be taken up.
    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isLeaving() {
        return state == State.LEAVING;
    }

    /// Whether the shard is somebody else's by now, or nobody's.
    boolean hasEnded() {
        return state == State.ENDED;
    }

    /// Begins an attempt, unless the shard is being given up or was lost; then nothing may be sent.
    /// Waits while it is uncertain whether this node still counts as alive. Every `true` is followed by
    /// a [#done].
    boolean begin() {
        if (!pulse.isCertain() && !pulse.await()) {
            return false;
        }
        underWay.incrementAndGet();
        // Looked at after it was counted: whoever gives the shard up waits for what he finds counted.
        if (isOpen()) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    /// The attempt is over, and its outcome was handed in.
    void done() {
        underWay.decrementAndGet();
    }

    /// Begins to give the shard up: no attempt begins any more, and those under way are waited for until
    /// `deadline` (`System.nanoTime()`).
    synchronized void leave(long deadline) {
        if (state == State.OPEN) {
            leaveBy = deadline;
            state = State.LEAVING;
        }
    }

    /// Whether nothing is under way any more, or the time to wait for it is over.
    boolean isDrained() {
        return underWay.get() == 0 || System.nanoTime() - leaveBy > 0;
    }

    synchronized void end() {
        state = State.ENDED;
    }

    @Override
    public String toString() {
        return "shard " + shard + " (epoch " + epoch + ")";
    }
}
