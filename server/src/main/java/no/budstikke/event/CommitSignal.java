package no.budstikke.event;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tells the reader of the log that a transaction of this node has been committed, and which. Any number
/// of threads
/// ring, one waits. Costs a ringer two volatile accesses when the reader is awake.
final class CommitSignal {

    private final AtomicLong newest = new AtomicLong();
    private volatile @Nullable Thread sleeper;

    /// After the commit of the transaction `xid`.
    void ring(long xid) {
        newest.accumulateAndGet(xid, Math::max);
        LockSupport.unpark(sleeper);
    }

    /// The highest transaction id of any commit so far; 0 before the first.
    long newest() {
        return newest.get();
    }

    /// Sleeps until a transaction at or above `xid` has been committed, for at most `longest`.
    ///
    /// @return whether there was such a commit
    boolean await(long xid, Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        sleeper = Thread.currentThread();
        try {
            while (newest.get() < xid) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, left);
            }
            return true;
        } finally {
            sleeper = null;
        }
    }
}
