package no.budstikke.event;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes those who wait for new events of a resource: any number of them, at the cost of one short query
/// for each bundle of commits. While nobody listens, nothing is asked. The commits of this node are
/// noticed at once, those of others within half a second.
public final class LogWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

    private static final Duration POLL = Duration.ofMillis(500);
    /// Commits are gathered for so long, so that a busy log does not wake everybody for each of them.
    private static final Duration GATHER = Duration.ofMillis(5);
    private static final Duration RETRY = Duration.ofMillis(200);
    /// While an older transaction holds back what was committed.
    private static final Duration HELD_BACK = Duration.ofMillis(10);

    private final Database database;
    private final EventLookupStore events;
    private final CommitSignal signal;
    private final AtomicInteger listeners = new AtomicInteger();
    private final Map<String, Bell> bells = new ConcurrentHashMap<>();
    private volatile @Nullable Thread watching;
    private volatile boolean closed;

    LogWatch(Database database, EventLookupStore events, CommitSignal signal) {
        this.database = database;
        this.events = events;
        this.signal = signal;
    }

    /// Rung when there may be new events of one resource.
    private static final class Bell {

        // Guarded by the map that it is in.
        private int listeners;
        // Guarded by this.
        private long rung;

        synchronized long rung() {
            return rung;
        }

        synchronized void ring() {
            rung++;
            notifyAll();
        }

        synchronized boolean await(long heard, Duration longest) throws InterruptedException {
            long deadline = System.nanoTime() + longest.toNanos();
            while (rung == heard) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
            return true;
        }
    }

    /// Begins to listen for events of a resource; the caller closes it.
    public Listener listen(String resource) {
        Bell bell = bells.compute(resource, (_, known) -> {
            Bell shared = known == null ? new Bell() : known;
            shared.listeners++;
            return shared;
        });
        if (listeners.getAndIncrement() == 0) {
            LockSupport.unpark(watching);
        }
        return new Listener(resource, bell);
    }

    /// One who waits for new events. Use: note [#heard], read the log, and when there was nothing,
    /// [#await].
    public final class Listener implements AutoCloseable {

        private final String resource;
        private final Bell bell;
        private long heard;

        private Listener(String resource, Bell bell) {
            this.resource = resource;
            this.bell = bell;
            this.heard = bell.rung();
        }

        /// To be called before the log is read: what comes after this ends the next [#await].
        public void heard() {
            heard = bell.rung();
        }

        /// Waits for events that came since [#heard], for at most `longest`.
        ///
        /// @return whether there may be some
        public boolean await(Duration longest) throws InterruptedException {
            return !closed && bell.await(heard, longest);
        }

        @Override
        public void close() {
            listeners.decrementAndGet();
            bells.computeIfPresent(resource, (_, known) -> --known.listeners == 0 ? null : known);
        }
    }

    /// Whether nobody is woken any more, because the server stops.
    public boolean isClosed() {
        return closed;
    }

    void start() {
        watching = Thread.ofPlatform().name("log-watch").daemon().start(this::run);
    }

    private void run() {
        long from = 0;
        while (!closed) {
            try {
                if (listeners.get() == 0) {
                    from = 0;
                    LockSupport.park(this);
                } else {
                    from = look(from);
                    awaitCommit(from);
                }
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("can't watch the log for streams; will try again: {}", e.toString());
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    /// The first look, after nobody listened for a while, tells everybody to look for himself: what has
    /// come since is not known.
    private long look(long from) {
        EventLookupStore.News news = database.inTransaction(tx -> events.since(tx, from == 0 ? Long.MAX_VALUE : from));
        if (from == 0) {
            bells.values().forEach(Bell::ring);
        } else {
            for (String resource : news.resources()) {
                Bell bell = bells.get(resource);
                if (bell != null) {
                    bell.ring();
                }
            }
        }
        return news.horizon();
    }

    private void awaitCommit(long horizon) throws InterruptedException {
        if (signal.newest() >= horizon) {
            Thread.sleep(HELD_BACK);
        } else {
            signal.watch(horizon, POLL);
            Thread.sleep(GATHER);
        }
    }

    /// Wakes everybody; from now on nobody waits.
    @Override
    public void close() {
        closed = true;
        bells.values().forEach(Bell::ring);
        Thread thread = watching;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
