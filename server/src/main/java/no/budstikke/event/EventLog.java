package no.budstikke.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
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
            select pg_current_xact_id()::text::bigint, (select count(*) from fresh)
            """;

    private final Database database;
    private final CommitSignal signal;
    private final LongAdder rows = new LongAdder();

    EventLog(Database database, CommitSignal signal) {
        this.database = database;
        this.signal = signal;
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

    private record Appended(long xid, int count) {}

    private static Appended append(Connection connection, List<Traced> events) throws SQLException {
        var keys = new ArrayList<EventKey>(events.size());
        var distinct = new ArrayList<CloudEvent>(events.size());
        var contexts = new @Nullable String[events.size()];
        var seen = new HashSet<EventKey>();
        for (Traced traced : events) {
            var key = EventKey.of(traced.event());
            if (seen.add(key)) {
                contexts[keys.size()] = traced.context().map(Traceparent::text).orElse(null);
                keys.add(key);
                distinct.add(traced.event());
            }
        }
        try (PreparedStatement append = connection.prepareStatement(APPEND)) {
            array(append, 1, "int8", keys.stream().map(EventKey::idHash).toArray(Long[]::new));
            array(append, 2, "int8", keys.stream().map(EventKey::pairHash).toArray(Long[]::new));
            array(append, 3, "int2", distinct.stream().map(EventLog::shard).toArray(Short[]::new));
            texts(append, 4, distinct, CloudEvent::id);
            texts(append, 5, distinct, CloudEvent::source);
            texts(append, 6, distinct, CloudEvent::type);
            texts(append, 7, distinct, CloudEvent::resource);
            texts(append, 8, distinct, event -> event.resourceInstance().orElse(null));
            texts(append, 9, distinct, event -> event.subject().orElse(null));
            texts(append, 10, distinct, event -> event.alternativeSubject().orElse(null));
            texts(append, 11, distinct, event -> event.time().orElse(null));
            texts(append, 12, distinct, CloudEvent::json);
            array(append, 13, "text", Arrays.copyOf(contexts, keys.size()));
            try (ResultSet row = append.executeQuery()) {
                row.next();
                return new Appended(row.getLong(1), row.getInt(2));
            }
        }
    }

    private static void texts(
            PreparedStatement statement, int at, List<CloudEvent> events, Function<CloudEvent, @Nullable String> part)
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
            try {
                Appended appended = append(connection(), events);
                if (appended.count() > 0) {
                    committed(appended);
                }
                return new Written.Committed();
            } catch (SQLException e) {
                return judged(e);
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
