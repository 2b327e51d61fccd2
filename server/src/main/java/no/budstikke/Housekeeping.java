package no.budstikke;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to be done again and again while the server runs. Each piece of work has a thread of its own,
/// so that none waits for another; a round that fails is told of, and the next one comes.
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final List<Thread> threads = new ArrayList<>();

    /// Does `work` at once and then every `period`.
    Housekeeping every(Duration period, Runnable work) {
        threads.add(Thread.ofVirtual().name("housekeeping").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.warn("a round of housekeeping failed; the next one is due in {}: {}", period, e.toString());
                }
                LockSupport.parkNanos(this, period.toNanos());
            }
        }));
        return this;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
