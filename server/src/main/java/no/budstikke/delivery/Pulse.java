package no.budstikke.delivery;

import java.time.Duration;

/// Tells whether this node can be certain that the others take it for alive: for a while after each beat
/// that the database confirmed. A process that was stopped and wakes up finds itself uncertain, and
/// waits for its next beat, which tells what it has lost. Safe for many threads.
final class Pulse {

    private final long certainty;
    // `System.nanoTime()`, which goes on while the process is stopped.
    private volatile long certainUntil;
    private boolean closed;

    /// @param certainty how long after a beat this node is certain; shorter than what the others wait
    Pulse(Duration certainty) {
        this.certainty = certainty.toNanos();
        this.certainUntil = System.nanoTime();
    }

    boolean isCertain() {
        return System.nanoTime() - certainUntil < 0;
    }

    /// Waits until it is certain.
    ///
    /// @return false when there will be no further beat, or the waiting thread was interrupted
    synchronized boolean await() {
        try {
            while (!isCertain()) {
                if (closed) {
                    return false;
                }
                wait();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// A beat was confirmed that had been sent at `sent` (`System.nanoTime()`), and what it told of lost
    /// shards is known to everybody.
    synchronized void beaten(long sent) {
        certainUntil = sent + certainty;
        notifyAll();
    }

    /// There will be no further beat.
    synchronized void close() {
        closed = true;
        certainUntil = System.nanoTime();
        notifyAll();
    }
}
