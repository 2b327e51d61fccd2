package no.budstikke.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.observe.Traceparent;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Reads the log in commit order, missing nothing. For one thread, which has a connection of its own
/// here. Design §4.1.
///
/// A row becomes readable when every transaction that began to write before its own has ended, so that
/// nothing can ever appear before what was read. Between its commit and that moment the reader looks
/// again after short pauses.
public final class EventFeed implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofNanos(200_000);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(5);
    private static final int NETWORK_TIMEOUT = 60_000;

    /// An ordered scan of the index (xid, position) of the day partitions from `stored` on to
    /// tomorrow's, whatever the planner's statistics say: the session forbids everything else. Nothing
    /// is stored in days to come, and each index that is not opened saves a few microseconds. The outer
    /// row brings the horizon when there are no events.
    private static final String READ = """
            select horizon::text::bigint, e.*, case when e.xid is null then statement_timestamp() end as read
              from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) now
              left join lateral
                   (select xid::text::bigint, position, stored, shard, id, source, type, resource,
                           resource_instance, subject, alternative_subject, time, body, traceparent
                      from event
                     where (xid, position) > (?::xid8, ?)
                       and xid < horizon
                       and stored >= ?
                       and stored < statement_timestamp() + interval '1 day'
                       and shard = any(?)
                     order by event.xid, position
                     limit ?) e on true
            """;

    /// The first column only keeps the others at the same place as in READ.
    private static final String FIND = """
            select null, xid::text::bigint, position, stored, shard, id, source, type, resource,
                   resource_instance, subject, alternative_subject, time, body, traceparent
              from unnest(?::bigint[], ?::bigint[]) as place (of_xid, of_position)
              join event on event.xid = of_xid::text::xid8 and event.position = of_position
             where stored between ? and ?
            """;

    private static final String HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    /// One plan for all reads: to plan anew costs more than to read.
    private static final String ONLY_ORDERED_SCANS = """
            set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off;
            set plan_cache_mode = force_generic_plan
            """;

    private static final String ANY_SCAN = """
            reset enable_seqscan; reset enable_bitmapscan; reset enable_sort; reset plan_cache_mode
            """;

    private static final List<Integer> ALL_SHARDS =
            IntStream.range(0, EventLog.SHARDS).boxed().toList();

    private final Database database;
    private final CommitSignal signal;
    private final OwnTransactions own;
    private @Nullable Handle open;
    private long horizon;
    private Instant latest = Instant.EPOCH;
    private int interruptions;
    private boolean more;

    EventFeed(Database database, CommitSignal signal, OwnTransactions own) {
        this.database = database;
        this.signal = signal;
        this.own = own;
        this.interruptions = own.interruptions();
    }

    /// Events in the order of the log.
    ///
    /// @param horizon every transaction below this id has ended: its events have been read, or are no
    ///     more than `limit` away, and nothing will ever be added below it
    /// @param reached where to read on
    /// @param stored when the last event was written; if there is none, when the log was last read
    /// @param more whether there is something to read on at once
    public record Batch(List<LoggedEvent> events, long horizon, LogPosition reached, Instant stored, boolean more) {

        public Batch {
            events = List.copyOf(events);
        }
    }

    /// The events of all shards after a place. One statement.
    public Batch read(LogPosition after, Instant storedFrom, int limit) {
        return read(after, storedFrom, limit, ALL_SHARDS);
    }

    /// The events of some shards after a place. One statement; none when this node itself has written
    /// what comes next, see [OwnTransactions].
    ///
    /// @param after the place that was reached
    /// @param storedFrom days that end before this are not looked at. The time when the event at `after`
    ///     was stored less one day is right: rows are stored in nearly the order of the log, but not
    ///     exactly
    /// @param limit how many at most
    /// @throws RuntimeException when the database can't be asked, or was away since the last call; the
    ///     next call connects anew. It must begin at the last event that was read: places beyond it were
    ///     those of transactions without events, and their ids may be given out again when the database
    ///     has crashed
    public Batch read(LogPosition after, Instant storedFrom, int limit, Collection<Integer> shards) {
        if (interruptions != own.interruptions()) {
            interruptions = own.interruptions();
            close();
            throw new IllegalStateException("the database was away after " + after);
        }
        Optional<OwnTransactions.Run> run =
                after.isBetweenTransactions() ? own.from(after.xid() + 1, limit, interruptions) : Optional.empty();
        if (run.isPresent()) {
            own.forgetBelow(after.xid() + 1);
            return read(run.get(), shards);
        }
        try {
            return read(connection(), after, storedFrom, limit, shards);
        } catch (SQLException e) {
            close();
            throw new IllegalStateException("can't read the log after " + after, e);
        }
    }

    private Batch read(OwnTransactions.Run run, Collection<Integer> shards) {
        horizon = Math.max(horizon, run.end());
        more = own.knows(run.end());
        List<LoggedEvent> events = shards.size() == EventLog.SHARDS
                ? run.events()
                : run.events().stream()
                        .filter(logged -> shards.contains(logged.shard()))
                        .toList();
        if (!run.events().isEmpty()) {
            latest = run.events().getLast().stored();
        }
        return new Batch(events, run.end(), LogPosition.before(run.end()), latest, more);
    }

    private Batch read(
            Connection connection, LogPosition after, Instant storedFrom, int limit, Collection<Integer> shards)
            throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            read.setObject(1, Long.toString(after.xid()), Types.OTHER);
            read.setLong(2, after.position());
            read.setObject(3, storedFrom.atOffset(ZoneOffset.UTC));
            read.setArray(
                    4,
                    connection.createArrayOf(
                            "int2", shards.stream().map(Integer::shortValue).toArray(Short[]::new)));
            read.setInt(5, limit);
            var events = new ArrayList<LoggedEvent>();
            Instant stored = storedFrom;
            try (ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    horizon = rows.getLong(1);
                    rows.getLong(2);
                    if (rows.wasNull()) {
                        stored = rows.getObject("read", OffsetDateTime.class).toInstant();
                    } else {
                        LoggedEvent event = event(rows);
                        events.add(event);
                        stored = event.stored();
                    }
                }
            }
            own.forgetBelow(horizon);
            latest = stored;
            more = events.size() == limit;
            LogPosition reached = more ? events.getLast().at() : LogPosition.before(horizon);
            return new Batch(events, horizon, reached, stored, more);
        }
    }

    /// Names an event in the log for [#find].
    ///
    /// @param stored when it was stored: finds its partition
    public record Place(LogPosition at, Instant stored) {

        /// Before every event.
        public static final Place START = new Place(LogPosition.START, Instant.EPOCH);
    }

    /// The events at these places, as far as they are still in the log. One statement, on the caller's
    /// connection.
    public Map<LogPosition, LoggedEvent> find(Transaction tx, List<Place> places) {
        if (places.isEmpty()) {
            return Map.of();
        }
        try (PreparedStatement find = tx.connection().prepareStatement(FIND)) {
            Long[] xids = places.stream().map(place -> place.at().xid()).toArray(Long[]::new);
            Long[] positions =
                    places.stream().map(place -> place.at().position()).toArray(Long[]::new);
            Instant earliest =
                    places.stream().map(Place::stored).min(Instant::compareTo).orElseThrow();
            Instant latest =
                    places.stream().map(Place::stored).max(Instant::compareTo).orElseThrow();
            find.setArray(1, tx.connection().createArrayOf("bigint", xids));
            find.setArray(2, tx.connection().createArrayOf("bigint", positions));
            find.setObject(3, earliest.atOffset(ZoneOffset.UTC));
            find.setObject(4, latest.atOffset(ZoneOffset.UTC));
            var found = new HashMap<LogPosition, LoggedEvent>();
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    LoggedEvent event = event(rows);
                    found.put(event.at(), event);
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("can't find " + places.size() + " events in the log", e);
        }
    }

    private static LoggedEvent event(ResultSet row) throws SQLException {
        return new LoggedEvent(
                new LogPosition(row.getLong(2), row.getLong(3)),
                row.getInt(5),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                new CloudEvent(
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        Optional.ofNullable(row.getString(10)),
                        Optional.ofNullable(row.getString(11)),
                        Optional.ofNullable(row.getString(12)),
                        Optional.ofNullable(row.getString(13)),
                        row.getString(14)),
                Optional.ofNullable(row.getString(15)).map(Traceparent::new));
    }

    /// Waits until there may be something that the last [#read] did not see, or for `longest`: until
    /// this node has committed, and, when an older transaction held back what was committed, until it
    /// has ended. The commits of other nodes are seen only because the time is over.
    ///
    /// @return whether there may be something; false: it waited in vain for a commit of this node
    /// @throws RuntimeException when the database can't be asked
    public boolean waitForNews(Duration longest) throws InterruptedException {
        if (more || interruptions != own.interruptions()) {
            return true;
        }
        long deadline = System.nanoTime() + longest.toNanos();
        long rings = signal.rings();
        if (signal.newest() < horizon) {
            // All that was committed here has been read. The commit that ends this sleep is most often readable at
            // once, unless an older transaction of ours is about to end, too.
            boolean news = signal.await(horizon, longest);
            if (news && !own.knows(horizon) && own.areUnderWay()) {
                signal.awaitRing(rings + 1, FIRST_PAUSE);
            }
            return news;
        }
        Duration pause = FIRST_PAUSE;
        while (!own.knows(horizon) && !hasMoved()) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                return true;
            }
            signal.awaitRing(rings, pause.compareTo(left) < 0 ? pause : left);
            rings = signal.rings();
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        return true;
    }

    private boolean hasMoved() {
        try (PreparedStatement ask = connection().prepareStatement(HORIZON);
                ResultSet row = ask.executeQuery()) {
            row.next();
            return row.getLong(1) > horizon;
        } catch (SQLException e) {
            close();
            throw new IllegalStateException("can't ask how far the log can be read", e);
        }
    }

    private Connection connection() throws SQLException {
        if (open == null) {
            open = database.openHandle();
            Connection connection = open.getConnection();
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT);
            execute(connection, ONLY_ORDERED_SCANS);
        }
        return open.getConnection();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Gives the connection back; a later call takes another. For the reading thread, or when it has
    /// ended.
    @Override
    public void close() {
        horizon = 0;
        if (open != null) {
            Handle closing = open;
            open = null;
            try (closing) {
                execute(closing.getConnection(), ANY_SCAN);
            } catch (SQLException _) {
                // The connection is broken; the pool will notice.
            }
        }
    }
}
