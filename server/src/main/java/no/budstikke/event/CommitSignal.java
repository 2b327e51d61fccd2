package no.budstikke.event;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Tells the reader of the log, and the one that watches it for streams, that a transaction of this node
/// has been committed, and which. Any number of threads ring, one waits in each of the two roles. Costs
/// a ringer four volatile accesses when both are awake.
final class CommitSignal {

    private final AtomicLong newest = new AtomicLong();
    private final AtomicLong rings = new AtomicLong();
    private volatile @Nullable Thread reader;
    private volatile @Nullable Thread watcher;

    /// After the commit of the transaction `xid`.
    void ring(long xid) {
        newest.accumulateAndGet(xid, Math::max);
        rings.incrementAndGet();
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
            return sleep(() -> newest.get() >= xid, longest);
        } finally {
            reader = null;
        }
    }

    /// How many commits there were.
    long rings() {
        return rings.get();
    }

    /// Sleeps until there were more than `rings` commits, in whatever order, for at most `longest`. For
    /// the reader of the log.
    void awaitRing(long rings, Duration longest) throws InterruptedException {
        reader = Thread.currentThread();
        try {
            sleep(() -> this.rings.get() > rings, longest);
        } finally {
            reader = null;
        }
    }

    /// As [#await], for the thread that watches for streams.
    boolean watch(long xid, Duration longest) throws InterruptedException {
        watcher = Thread.currentThread();
        try {
            return sleep(() -> newest.get() >= xid, longest);
        } finally {
            watcher = null;
        }
    }

    private boolean sleep(BooleanSupplier isOver, Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!isOver.getAsBoolean()) {
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
