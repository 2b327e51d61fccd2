package no.budstikke.event;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The log: append-only, in commit order, `(source, id)` unique. Design §4.1.
public final class EventLog {

    /// Into how many shards the log is dealt, so that several nodes can share the reading.
    public static final int SHARDS = 16;

    /// One statement for any number of events. It draws positions in the given order but takes the keys
    /// in sorted order, so that two transactions that append the same events wait for each other and
    /// can't deadlock. An event whose key is there, or is being inserted by a transaction that then
    /// commits, is left out.
    private static final String APPEND = """
            with given as materialized (
                select nextval('event_position') as position, g.*
                  from unnest(?::bigint[], ?::bigint[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[],
                              ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                    as g (id_hash, pair_hash, shard, id, source, type, resource,
                          resource_instance, subject, alternative_subject, time, body, traceparent)
            ), fresh as (
                insert into event_key (id_hash, pair_hash, xid, position, stored)
                select id_hash, pair_hash, pg_current_xact_id(), position, statement_timestamp()
                  from given
                 order by id_hash, pair_hash
                    on conflict do nothing
                returning position
            ), logged as (
                insert into event (xid, position, stored, shard, id, source, type, resource,
                                   resource_instance, subject, alternative_subject, time, body, traceparent)
                select pg_current_xact_id(), position, statement_timestamp(), shard, id, source, type, resource,
                       resource_instance, subject, alternative_subject, time, body, traceparent
                  from given
                  join fresh using (position)
            )
            select pg_current_xact_id()::text::bigint, statement_timestamp(),
                   (select array_agg(position) from given), (select array_agg(position) from fresh)
            """;

    private final Database database;
    private final CommitSignal signal;
    private final OwnTransactions own;
    private final LongAdder rows = new LongAdder();

    EventLog(Database database, CommitSignal signal, OwnTransactions own) {
        this.database = database;
        this.signal = signal;
        this.own = own;
    }

    /// Appends events in the caller's transaction, so that a state change and its events stand or fall
    /// together. What is there already, or twice in the list, is stored once. Readers are woken after
    /// the commit. The events are part of what the current thread works for ([Trace]). One statement.
    ///
    /// @return how many were new
    public int append(Transaction tx, List<CloudEvent> events) {
        if (events.isEmpty()) {
            return 0;
        }
        try {
            Optional<Traceparent> context = Trace.currentContext();
            Appended appended = append(
                    tx.connection(),
                    events.stream().map(event -> new Traced(event, context)).toList());
            if (appended.count() > 0) {
                tx.afterCommit(() -> committed(appended));
            }
            return appended.count();
        } catch (SQLException e) {
            throw new IllegalStateException("can't append " + events.size() + " events to the log", e);
        }
    }

    private void committed(Appended appended) {
        rows.add(appended.count());
        signal.ring(appended.xid());
    }

    /// Tells the reader of the log that a transaction of this node appends nothing, whether it is
    /// committed or not: so the reader need neither ask the database nor wait for its end. Not telling
    /// it costs time, nothing else.
    public void appendsNothing(long xid) {
        own.ended(xid, List.of());
    }

    /// How many events this node has written into the log.
    long appended() {
        return rows.sum();
    }

    /// The shard of an event: what belongs together is in one.
    static short shard(CloudEvent event) {
        String together = event.resourceInstance().or(event::subject).orElseGet(event::source);
        int hash = together.hashCode(); // the language fixes its value
        return (short) Math.floorMod(hash ^ (hash >>> 16), SHARDS);
    }

    /// An event and what its publishing was part of.
    record Traced(CloudEvent event, Optional<Traceparent> context) {}

    /// What a statement has done.
    ///
    /// @param events those that were new
    private record Appended(long xid, List<LoggedEvent> events) {

        int count() {
            return events.size();
        }
    }

    private static Appended append(Connection connection, List<Traced> events) throws SQLException {
        var keys = new ArrayList<EventKey>(events.size());
        var distinct = new ArrayList<Traced>(events.size());
        var seen = new HashSet<EventKey>();
        for (Traced traced : events) {
            var key = EventKey.of(traced.event());
            if (seen.add(key)) {
                keys.add(key);
                distinct.add(traced);
            }
        }
        try (PreparedStatement append = connection.prepareStatement(APPEND)) {
            array(append, 1, "int8", keys.stream().map(EventKey::idHash).toArray(Long[]::new));
            array(append, 2, "int8", keys.stream().map(EventKey::pairHash).toArray(Long[]::new));
            array(
                    append,
                    3,
                    "int2",
                    distinct.stream().map(traced -> shard(traced.event())).toArray(Short[]::new));
            texts(append, 4, distinct, traced -> traced.event().id());
            texts(append, 5, distinct, traced -> traced.event().source());
            texts(append, 6, distinct, traced -> traced.event().type());
            texts(append, 7, distinct, traced -> traced.event().resource());
            texts(
                    append,
                    8,
                    distinct,
                    traced -> traced.event().resourceInstance().orElse(null));
            texts(append, 9, distinct, traced -> traced.event().subject().orElse(null));
            texts(
                    append,
                    10,
                    distinct,
                    traced -> traced.event().alternativeSubject().orElse(null));
            texts(append, 11, distinct, traced -> traced.event().time().orElse(null));
            texts(append, 12, distinct, traced -> traced.event().json());
            texts(
                    append,
                    13,
                    distinct,
                    traced -> traced.context().map(Traceparent::text).orElse(null));
            try (ResultSet row = append.executeQuery()) {
                row.next();
                return appended(row, distinct);
            }
        }
    }

    /// Positions are drawn in the order in which the events are given.
    private static Appended appended(ResultSet row, List<Traced> given) throws SQLException {
        long xid = row.getLong(1);
        Instant stored = row.getObject(2, OffsetDateTime.class).toInstant();
        long[] positions = sorted(row.getArray(3));
        long[] fresh = sorted(row.getArray(4));
        var events = new ArrayList<LoggedEvent>(fresh.length);
        for (int i = 0; i < positions.length; i++) {
            if (fresh.length == positions.length || Arrays.binarySearch(fresh, positions[i]) >= 0) {
                Traced traced = given.get(i);
                events.add(new LoggedEvent(
                        new LogPosition(xid, positions[i]),
                        shard(traced.event()),
                        stored,
                        traced.event(),
                        traced.context()));
            }
        }
        return new Appended(xid, events);
    }

    private static long[] sorted(@Nullable Array array) throws SQLException {
        if (array == null) {
            return new long[0];
        }
        long[] numbers =
                Stream.of((Long[]) array.getArray()).mapToLong(Long::longValue).toArray();
        Arrays.sort(numbers);
        return numbers;
    }

    private static void texts(
            PreparedStatement statement, int at, List<Traced> events, Function<Traced, @Nullable String> part)
            throws SQLException {
        var texts = new @Nullable String[events.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = part.apply(events.get(i));
        }
        array(statement, at, "text", texts);
    }

    /// Numbers and texts go over the wire in binary, without quoting.
    private static void array(PreparedStatement statement, int at, String type, @Nullable Object[] elements)
            throws SQLException {
        statement.setArray(at, statement.getConnection().createArrayOf(type, elements));
    }

    /// A writer with a connection of its own. See [Writer].
    Writer writer() {
        return new Writer();
    }

    /// What came of a batch.
    sealed interface Written {

        /// It is durable; duplicates count as written.
        record Committed() implements Written {}

        /// The database was not there, or went away midway: it may be written or not. Writing it again
        /// is safe, and right.
        record Interrupted(Exception cause) implements Written {}

        /// The database's clock is beyond the last day partition. Nothing was written.
        record NoPartition(Exception cause) implements Written {}

        /// Something in it can't be stored. Nothing was written.
        record Unfit(Exception cause) implements Written {}
    }

    /// Writes batches on one long-lived connection, each in a transaction of its own: one statement in
    /// auto-commit mode, so one round trip per batch. Opens a connection when it has none. Confined to
    /// one thread.
    final class Writer implements AutoCloseable {

        private static final int NETWORK_TIMEOUT = 20_000;

        private @Nullable Handle open;

        private Writer() {}

        Written write(List<Traced> events) {
            own.begin();
            try {
                Appended appended = append(connection(), events);
                own.ended(appended.xid(), appended.events());
                if (appended.count() > 0) {
                    committed(appended);
                }
                return new Written.Committed();
            } catch (SQLException e) {
                return judged(e);
            } finally {
                own.end();
            }
        }

        private Written judged(SQLException failure) {
            String state = failure.getSQLState() == null ? "" : failure.getSQLState();
            if (state.equals("23514")) {
                return new Written.NoPartition(failure);
            }
            if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
                return new Written.Unfit(failure);
            }
            close();
            own.interrupted();
            return new Written.Interrupted(failure);
        }

        private Connection connection() throws SQLException {
            if (open == null) {
                Handle opened;
                try {
                    opened = database.openHandle();
                } catch (org.jdbi.v3.core.ConnectionException e) {
                    throw new SQLException("no connection to the database", "08001", e);
                }
                open = opened;
                opened.getConnection().setAutoCommit(true);
                opened.getConnection().setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT);
            }
            return open.getConnection();
        }

        /// Gives the connection back; a later [#write] opens another.
        @Override
        public void close() {
            if (open != null) {
                Handle closing = open;
                open = null;
                closing.close();
            }
        }
    }
}
