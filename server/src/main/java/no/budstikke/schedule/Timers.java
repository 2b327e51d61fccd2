package no.budstikke.schedule;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Durable timers. A timer is a name and an id; what it does is told once, at start ([#on]), and it is
/// set in the same transaction as the change that calls for it. It fires at least once; an action that
/// throws is tried again, later and later (10 s, 20 s, 40 s … 1 h), without end. What a process left
/// unfinished when it died is taken up by any other within about half a minute.
///
/// A timer is part of what the thread that sets it works for ([Trace]), and so is what its action does.
///
/// "Now" is what the injected clock says; whoever moves it calls [#lookAtTheClock]. The next due time is
/// kept in memory; at rest the database is asked every ten seconds what other nodes have set, which fire
/// that themselves unless they die.
public final class Timers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /// A working timer whose heartbeat is older than that many beats is taken from its process.
    private static final int MISSED_HEARTBEATS = 4;

    private static final Duration FIRST_DELAY = Duration.ofSeconds(10);
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int WORKERS = 4;

    /// One statement for any number of timers. Setting one that is at work lets it fire again.
    private static final String SET = """
            insert into scheduled_tasks (task_name, task_instance, execution_time, task_data, picked, version)
            select ?, id, ?, ?, false, 1
              from unnest(?::text[]) as t (id)
                on conflict (task_name, task_instance) do update
               set execution_time       = excluded.execution_time,
                   task_data            = excluded.task_data,
                   picked               = false,
                   picked_by            = null,
                   last_heartbeat       = null,
                   consecutive_failures = null,
                   version              = scheduled_tasks.version + 1
            """;

    /// Not those that are due: they have been looked for.
    private static final String NEXT = """
            select min(execution_time)
              from scheduled_tasks
             where execution_time > ?
               and not picked
            """;

    /// All that a timer carries besides its id.
    private static final Serializer SERIALIZER = new Serializer() {
        @Override
        public byte @Nullable [] serialize(@Nullable Object traceparent) {
            return traceparent == null ? null : traceparent.toString().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] data) {
            return data == null
                    ? null
                    : Traceparent.parse(new String(data, StandardCharsets.US_ASCII))
                            .map(type::cast)
                            .orElse(null);
        }
    };

    private final Database database;
    private final InstantSource time;
    private final Map<String, Action> actions = new LinkedHashMap<>();
    private final AtomicReference<Instant> next = new AtomicReference<>(Instant.MIN);
    private volatile @Nullable Scheduler running;
    private volatile @Nullable Thread watch;

    public Timers(Database database, InstantSource time) {
        this.database = database;
        this.time = time;
    }

    /// What a timer of some name does.
    @FunctionalInterface
    public interface Action {

        /// Does it for that id. `attempt` counts from 1.
        ///
        /// @throws RuntimeException to be tried again
        void run(String id, int attempt);
    }

    /// Tells what timers called `name` do. Before [#start].
    ///
    /// @throws IllegalStateException when it was told before, or the timers run already
    public void on(String name, Action action) {
        if (running != null) {
            throw new IllegalStateException("timers run already; too late for " + name);
        }
        if (actions.putIfAbsent(name, action) != null) {
            throw new IllegalStateException("two actions for the timer " + name);
        }
    }

    /// Sets the timer `(name, id)` to fire at `due`, or moves it there. Fires promptly when `due` has
    /// come.
    public void set(Transaction tx, String name, String id, Instant due) {
        setAll(tx, name, List.of(id), due);
    }

    /// As [#set], for many ids at once. No id twice.
    public void setAll(Transaction tx, String name, List<String> ids, Instant due) {
        if (!actions.containsKey(name)) {
            throw new IllegalStateException("nobody told what the timer " + name + " does");
        }
        try (var statement = tx.connection().prepareStatement(SET)) {
            statement.setString(1, name);
            statement.setObject(2, due.atOffset(ZoneOffset.UTC));
            statement.setBytes(
                    3, Trace.currentContext().map(SERIALIZER::serialize).orElse(null));
            statement.setArray(4, tx.connection().createArrayOf("text", ids.toArray()));
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("can't set " + ids.size() + " timers " + name, e);
        }
        if (due.isAfter(time.instant())) {
            tx.afterCommit(() -> isNext(due));
        } else {
            tx.afterCommit(this::look);
        }
    }

    private void isNext(Instant due) {
        Instant first = next.accumulateAndGet(due, (one, other) -> one.isBefore(other) ? one : other);
        if (first.equals(due)) {
            LockSupport.unpark(watch);
        }
    }

    /// The clock has been moved: fires what has become due.
    public void lookAtTheClock() {
        LockSupport.unpark(watch);
    }

    /// Has what is due looked for, and finds out what comes next: when the next due time has come, and
    /// every [#POLL], because another node may have set something and died.
    private void watch() {
        long asked = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            Instant now = time.instant();
            boolean due = !next.get().isAfter(now);
            if (due || System.nanoTime() - asked > POLL.toNanos()) {
                asked = System.nanoTime();
                // First, so that what is set meanwhile is not lost.
                next.set(Instant.MAX);
                try {
                    if (due) {
                        look();
                    }
                    findNext(now).ifPresent(this::isNext);
                } catch (RuntimeException e) {
                    LOG.warn("can't ask when the next timer is due; will try again: {}", e.toString());
                    isNext(now.plus(RETRY));
                }
            }
            Instant coming = next.get();
            now = time.instant();
            Duration left = coming.isBefore(now.plus(POLL)) ? Duration.between(now, coming) : POLL;
            LockSupport.parkNanos(this, left.toNanos());
        }
    }

    private Optional<Instant> findNext(Instant after) {
        return database.inTransaction(tx -> {
            try (var statement = tx.connection().prepareStatement(NEXT)) {
                statement.setObject(1, after.atOffset(ZoneOffset.UTC));
                try (var row = statement.executeQuery()) {
                    row.next();
                    return Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant);
                }
            } catch (SQLException e) {
                throw new IllegalStateException("can't look for the next timer", e);
            }
        });
    }

    /// Looks for due timers now instead of at the next poll.
    private void look() {
        Scheduler scheduler = running;
        if (scheduler != null) {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /// Begins to fire, first of all what became due while nobody was there.
    public void start() {
        List<Task<?>> tasks = actions.entrySet().stream()
                .<Task<?>>map(e -> task(e.getKey(), e.getValue()))
                .toList();
        Scheduler scheduler = Scheduler.create(database.dataSource(), tasks)
                .clock(time::instant)
                .threads(WORKERS)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(DRAIN)
                .commitWhenAutocommitDisabled(true)
                .alwaysPersistTimestampInUTC()
                .serializer(SERIALIZER)
                .failureLogging(LogLevel.OFF, false)
                .build();
        scheduler.start();
        running = scheduler;
        watch = Thread.ofPlatform().daemon().name("timers").start(this::watch);
    }

    private Task<Traceparent> task(String name, Action action) {
        return Tasks.oneTime(name, Traceparent.class)
                .onFailure((failed, operations) -> again(name, failed, operations))
                .onDeadExecution((dead, operations) -> {
                    new DeadExecutionHandler.ReviveDeadExecution<Traceparent>().deadExecution(dead, operations);
                    isNext(time.instant());
                })
                .execute((timer, context) -> Trace.of(Optional.ofNullable(timer.getData()))
                        .run(() -> action.run(timer.getId(), context.getExecution().consecutiveFailures + 1)));
    }

    private void again(String name, ExecutionComplete failed, ExecutionOperations<Traceparent> operations) {
        int attempt = failed.getExecution().consecutiveFailures + 1;
        Duration delay = delayAfter(attempt);
        LOG.warn(
                "timer {} for {} failed in attempt {}, next in {}",
                name,
                failed.getExecution().getId(),
                attempt,
                delay,
                failed.getCause().orElse(null));
        Instant due = failed.getTimeDone().plus(delay);
        operations.reschedule(failed, due);
        isNext(due);
    }

    /// How long to wait after the attempt of that number failed.
    static Duration delayAfter(int attempt) {
        Duration doubled = FIRST_DELAY.multipliedBy(1L << Math.min(attempt - 1, 20));
        return doubled.compareTo(LONGEST_DELAY) < 0 ? doubled : LONGEST_DELAY;
    }

    /// Fires nothing more and lets the actions under way end, for at most ten seconds.
    @Override
    public void close() {
        Thread watching = watch;
        if (watching != null) {
            watching.interrupt();
        }
        Scheduler scheduler = running;
        if (scheduler != null) {
            scheduler.stop();
            running = null;
        }
    }
}
