package no.budstikke.event;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tells the reader of the log, and the one that watches it for streams, that a transaction of this node
/// has been committed, and which. Any number of threads ring, one waits in each of the two roles. Costs
/// a ringer three volatile accesses when both are awake.
final class CommitSignal {

    private final AtomicLong newest = new AtomicLong();
    private volatile @Nullable Thread reader;
    private volatile @Nullable Thread watcher;

    /// After the commit of the transaction `xid`.
    void ring(long xid) {
        newest.accumulateAndGet(xid, Math::max);
        LockSupport.unpark(reader);
        LockSupport.unpark(watcher);
    }

    /// The highest transaction id of any commit so far; 0 before the first.
    long newest() {
        return newest.get();
    }

    /// Sleeps until a transaction at or above `xid` has been committed, for at most `longest`. For the
    /// reader of the log.
    ///
    /// @return whether there was such a commit
    boolean await(long xid, Duration longest) throws InterruptedException {
        reader = Thread.currentThread();
        try {
            return sleep(xid, longest);
        } finally {
            reader = null;
        }
    }

    /// As [#await], for the thread that watches for streams.
    boolean watch(long xid, Duration longest) throws InterruptedException {
        watcher = Thread.currentThread();
        try {
            return sleep(xid, longest);
        } finally {
            watcher = null;
        }
    }

    private boolean sleep(long xid, Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
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
    }
}
