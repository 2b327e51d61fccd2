package no.budstikke.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.event.EventLog.Written;
import no.budstikke.observe.Trace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets publishers who come at the same time share one insert and one commit. Each is answered after its
/// event is durable, and not before. One event costs 1/n statement, 1/n commit, and one wake-up of its
/// publisher.
///
/// Two writers: while one waits for the disk, the other gathers. There is no lock: publishers meet in a
/// queue, and a writer is woken only when it sleeps.
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private static final int WRITERS = 2;

    /// More events per commit gain nothing: see docs/decisions/0004-event-log.md.
    private static final int LARGEST_BATCH = 500;

    private static final int LARGEST_BATCH_CHARS = 4_000_000;

    /// What may wait at most. At ten thousand a second, two seconds.
    static final int MOST_WAITING = 20_000;

    private static final long MOST_WAITING_CHARS = 100_000_000;

    /// How long a batch is tried again when the database is away. An embedded one restarts in less.
    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    private static final long PAUSE_BETWEEN_TRIES = Duration.ofMillis(100).toNanos();

    /// What a publisher is told.
    enum Outcome {
        /// Durable, now or since an earlier publish of the same event.
        STORED,
        /// Too many are waiting. Not stored.
        CROWDED,
        /// The database could not be reached for a while. Most likely not stored; publishing again is
        /// safe.
        UNAVAILABLE,
        /// The database refuses this event, and only this one. A check at the door is missing.
        UNFIT
    }

    private static final class Publisher {

        final EventLog.Traced event;
        final Thread thread = Thread.currentThread();
        volatile @Nullable Outcome outcome;

        Publisher(CloudEvent event) {
            this.event = new EventLog.Traced(event, Trace.currentContext());
        }

        void answer(Outcome answer) {
            outcome = answer;
            LockSupport.unpark(thread);
        }
    }

    private final Queue<Publisher> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong waitingChars = new AtomicLong();
    private final DayPartitions partitions;
    private final List<Writing> writers = new ArrayList<>();
    private volatile boolean closed;

    GroupCommit(EventLog log, DayPartitions partitions) {
        this.partitions = partitions;
        for (int number = 1; number <= WRITERS; number++) {
            writers.add(new Writing(number, log.writer()));
        }
    }

    /// Begins to write. Until then publishers wait.
    void start() {
        writers.forEach(writing -> writing.thread.start());
    }

    /// Stores an event and returns when it is durable, or when that has failed. The event is part of
    /// what the current thread works for ([Trace]).
    ///
    /// @throws InterruptedException when the waiting thread is interrupted; the event may be stored or
    ///     not
    Outcome store(CloudEvent event) throws InterruptedException {
        if (closed || waitingCount.get() >= MOST_WAITING || waitingChars.get() >= MOST_WAITING_CHARS) {
            return closed ? Outcome.UNAVAILABLE : Outcome.CROWDED;
        }
        var publisher = new Publisher(event);
        waitingCount.incrementAndGet();
        waitingChars.addAndGet(event.json().length());
        waiting.add(publisher);
        wakeOneSleeper();
        while (true) {
            Outcome outcome = publisher.outcome;
            if (outcome != null) {
                return outcome;
            }
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /// How many publishers wait for a writer to take their event.
    int waiting() {
        return waitingCount.get();
    }

    private void wakeOneSleeper() {
        for (Writing writing : writers) {
            if (writing.wake()) {
                return;
            }
        }
    }

    /// Writes what is waiting, takes no more, and ends.
    @Override
    public void close() {
        closed = true;
        writers.forEach(writing -> LockSupport.unpark(writing.thread));
        boolean interrupted = false;
        for (Writing writing : writers) {
            while (writing.thread.isAlive()) {
                try {
                    writing.thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        // A publisher that had looked at `closed` before it was set may have come after the writers had gone.
        for (Publisher late = waiting.poll(); late != null; late = waiting.poll()) {
            late.answer(Outcome.UNAVAILABLE);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Writing implements Runnable {

        final Thread thread;
        private final EventLog.Writer writer;
        private final AtomicBoolean sleeping = new AtomicBoolean();

        Writing(int number, EventLog.Writer writer) {
            this.writer = writer;
            this.thread = Thread.ofPlatform().name("log-writer-" + number).unstarted(this);
        }

        boolean wake() {
            if (sleeping.get() && sleeping.compareAndSet(true, false)) {
                LockSupport.unpark(thread);
                return true;
            }
            return false;
        }

        @Override
        public void run() {
            try (writer) {
                while (true) {
                    List<Publisher> batch = gather();
                    if (!batch.isEmpty()) {
                        write(batch);
                    } else if (closed) {
                        return;
                    } else {
                        sleep();
                    }
                }
            }
        }

        private void sleep() {
            sleeping.set(true);
            // Looked at after the flag was raised: whoever came before saw a writer awake and woke nobody.
            if (waiting.isEmpty() && !closed) {
                LockSupport.park(GroupCommit.this);
            }
            sleeping.set(false);
        }

        private List<Publisher> gather() {
            var batch = new ArrayList<Publisher>();
            int chars = 0;
            while (batch.size() < LARGEST_BATCH && chars < LARGEST_BATCH_CHARS) {
                Publisher next = waiting.poll();
                if (next == null) {
                    break;
                }
                batch.add(next);
                chars += next.event.event().json().length();
            }
            waitingCount.addAndGet(-batch.size());
            waitingChars.addAndGet(-chars);
            return batch;
        }

        /// Whatever happens, everybody in the batch is answered.
        private void write(List<Publisher> batch) {
            try {
                writeUntil(System.nanoTime() + PATIENCE, batch);
            } catch (RuntimeException e) {
                LOG.error("Writing {} events failed; their publishers are told so", batch.size(), e);
            } finally {
                for (Publisher publisher : batch) {
                    if (publisher.outcome == null) {
                        publisher.answer(Outcome.UNAVAILABLE);
                    }
                }
            }
        }

        private void writeUntil(long deadline, List<Publisher> batch) {
            List<EventLog.Traced> events =
                    batch.stream().map(publisher -> publisher.event).toList();
            while (true) {
                switch (writer.write(events)) {
                    case Written.Committed _ -> {
                        batch.forEach(publisher -> publisher.answer(Outcome.STORED));
                        return;
                    }
                    case Written.Unfit unfit -> {
                        divide(deadline, batch, unfit);
                        return;
                    }
                    case Written.NoPartition _ -> partitions.makeAhead();
                    case Written.Interrupted interrupted ->
                        LOG.warn(
                                "Writing {} events was interrupted and is tried again: {}",
                                events.size(),
                                interrupted.cause().getMessage());
                }
                if (System.nanoTime() - deadline > 0) {
                    LOG.error(
                            "Gave up on {} events after {} s",
                            events.size(),
                            Duration.ofNanos(PATIENCE).toSeconds());
                    return;
                }
                LockSupport.parkNanos(this, PAUSE_BETWEEN_TRIES);
            }
        }

        /// Finds the event that can't be stored by halving, so that its neighbours are.
        private void divide(long deadline, List<Publisher> batch, Written.Unfit unfit) {
            if (batch.size() == 1) {
                LOG.error("The database refuses an event that passed all checks", unfit.cause());
                batch.getFirst().answer(Outcome.UNFIT);
            } else {
                int middle = batch.size() / 2;
                writeUntil(deadline, batch.subList(0, middle));
                writeUntil(deadline, batch.subList(middle, batch.size()));
            }
        }
    }
}
