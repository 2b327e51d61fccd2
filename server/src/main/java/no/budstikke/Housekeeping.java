package no.budstikke;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Changes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to be done again and again while the server runs. Each piece of work has a thread of its own,
/// so that none waits for another and none is done twice at once; a round that fails is told of, and the
/// next one comes.
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration STOP = Duration.ofSeconds(5);
    /// After a failure, for work that otherwise waits to be told.
    private static final Duration RETRY = Duration.ofSeconds(2);
    /// Of what is told in quick succession, some is dealt with together.
    private static final Duration GATHER = Duration.ofMillis(20);

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

    /// Does `work` at once, after every change of that kind, and every `period` in case that one was not
    /// told of. What changes while the work is done has it done once more.
    Housekeeping upon(Changes changes, Changes.Topic topic, Duration period, Runnable work) {
        var told = new AtomicBoolean(true);
        Thread thread = Thread.ofVirtual().name("housekeeping").unstarted(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = period;
                try {
                    told.set(false);
                    work.run();
                } catch (RuntimeException e) {
                    LOG.warn(
                            "can't take over what has changed ({}); will try again in {}: {}",
                            topic,
                            RETRY,
                            e.toString());
                    wait = RETRY;
                }
                if (!told.get()) {
                    LockSupport.parkNanos(this, wait.toNanos());
                }
                LockSupport.parkNanos(told, GATHER.toNanos());
            }
        });
        changes.on(topic, () -> {
            told.set(true);
            LockSupport.unpark(thread);
        });
        thread.start();
        threads.add(thread);
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
