package no.budstikke.delivery;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;

/// The durable table of deliveries that did not succeed at once, and that of those that were given up.
final class Backlog {

    private final EventFeed events;

    Backlog(EventFeed events) {
        this.events = events;
    }

    /// A delivery as it is to be kept.
    ///
    /// @param attempts made so far
    /// @param reason why it is here: the last outcome's word, or what it waits for
    record Row(
            int shard,
            int subscription,
            LogPosition at,
            Instant stored,
            int attempts,
            Instant since,
            Instant due,
            Instant changed,
            String reason) {}

    /// Names a row.
    record Key(int subscription, LogPosition at) {}

    /// A delivery read back, with its event.
    record Waiting(LoggedEvent event, int attempts, Instant since, Instant due) {}

    /// One statement. A row that is there already is brought up to date.
    void put(Transaction tx, List<Row> rows) {
        String sql = """
                insert into backlog (shard, subscription, xid, position, stored, attempts, since, due, changed, reason)
                select shard, subscription, xid, position, stored::timestamptz, attempts, since::timestamptz,
                       due::timestamptz, changed::timestamptz, reason
                  from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    as row (shard, subscription, xid, position, stored, attempts, since, due, changed, reason)
                on conflict (subscription, xid, position) do update
                   set attempts = excluded.attempts,
                       due      = excluded.due,
                       changed  = excluded.changed,
                       reason   = excluded.reason
                """;
        BatchStatement.update(
                tx,
                sql,
                rows,
                columns -> List.of(
                        columns.ints(Row::shard),
                        columns.ints(Row::subscription),
                        columns.longs(row -> row.at().xid()),
                        columns.longs(row -> row.at().position()),
                        columns.times(row -> row.stored()),
                        columns.ints(row -> row.attempts()),
                        columns.times(row -> row.since()),
                        columns.times(row -> row.due()),
                        columns.times(row -> row.changed()),
                        columns.texts(Row::reason)));
    }

    void remove(Transaction tx, List<Key> keys) {
        String sql = """
                delete from backlog b
                 using unnest(?, ?, ?) as gone (subscription, xid, position)
                 where (b.subscription, b.xid, b.position) = (gone.subscription, gone.xid, gone.position)
                """;
        BatchStatement.update(
                tx,
                sql,
                keys,
                columns -> List.of(
                        columns.ints(Key::subscription),
                        columns.longs(key -> key.at().xid()),
                        columns.longs(key -> key.at().position())));
    }

    /// Keeps given-up deliveries among the dead letters; the caller removes their rows here.
    void bury(Transaction tx, List<Row> rows) {
        String sql = """
                insert into dead_letter (shard, subscription, xid, position, stored, attempts, since, died, reason)
                select shard, subscription, xid, position, stored::timestamptz, attempts, since::timestamptz,
                       died::timestamptz, reason
                  from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                    as row (shard, subscription, xid, position, stored, attempts, since, died, reason)
                on conflict do nothing
                """;
        BatchStatement.update(
                tx,
                sql,
                rows,
                columns -> List.of(
                        columns.ints(Row::shard),
                        columns.ints(Row::subscription),
                        columns.longs(row -> row.at().xid()),
                        columns.longs(row -> row.at().position()),
                        columns.times(row -> row.stored()),
                        columns.ints(row -> row.attempts()),
                        columns.times(row -> row.since()),
                        columns.times(row -> row.changed()),
                        columns.texts(Row::reason)));
    }

    /// The rows of one subscription in these shards that are due, or were put off before `catchUpBefore`
    /// because of an outage that is over; in the order of the log. Rows whose event has left the log
    /// (retention) are dropped.
    List<Waiting> due(
            Transaction tx, int subscription, Set<Integer> shards, Instant now, Instant catchUpBefore, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, shard
                  from backlog
                 where subscription = ?
                   and shard = any(?)
                   and (due <= ? or changed < ?)
                 order by xid, position
                 limit ?
                """;
        return read(
                tx,
                sql,
                statement -> {
                    statement.setInt(1, subscription);
                    statement.setArray(2, array(tx, shards));
                    statement.setObject(3, BatchStatement.utc(now));
                    statement.setObject(4, BatchStatement.utc(catchUpBefore));
                    statement.setInt(5, limit);
                },
                subscription);
    }

    /// The first row in these shards, in the order of the log, due or not: the one to probe an endpoint
    /// with.
    List<Waiting> first(Transaction tx, int subscription, Set<Integer> shards) {
        String sql = """
                select xid, position, stored, attempts, since, due, shard
                  from backlog
                 where subscription = ?
                   and shard = any(?)
                 order by xid, position
                 limit 1
                """;
        return read(
                tx,
                sql,
                statement -> {
                    statement.setInt(1, subscription);
                    statement.setArray(2, array(tx, shards));
                },
                subscription);
    }

    /// When the next row in these shards after `now` is due.
    Optional<Instant> nextDue(Transaction tx, int subscription, Set<Integer> shards, Instant now) {
        return tx.handle()
                .createQuery("""
                        select min(due)
                          from backlog
                         where subscription = :subscription
                           and shard = any(:shards)
                           and due > :now
                        """)
                .bindArray("shards", Integer.class, shards)
                .bind("subscription", subscription)
                .bind("now", BatchStatement.utc(now))
                .map((rows, _) -> Optional.ofNullable(rows.getObject(1, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant))
                .one();
    }

    /// The subscriptions that have rows in these shards, each with its earliest due time.
    Map<Integer, Instant> subscriptions(Transaction tx, Set<Integer> shards) {
        return tx.handle()
                .createQuery("""
                        select subscription, min(due) as due
                          from backlog
                         where shard = any(:shards)
                         group by subscription
                        """)
                .bindArray("shards", Integer.class, shards)
                .map((rows, _) -> Map.entry(
                        rows.getInt(1), rows.getObject(2, OffsetDateTime.class).toInstant()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// Forgets everything of a subscription that is gone, in whatever shard.
    void forget(Transaction tx, int subscription) {
        tx.handle().execute("delete from backlog where subscription = ?", subscription);
    }

    /// Sets the parameters of a statement.
    @FunctionalInterface
    private interface Parameters {

        void set(PreparedStatement statement) throws SQLException;
    }

    private static Array array(Transaction tx, Set<Integer> shards) throws SQLException {
        return tx.connection().createArrayOf("int4", shards.toArray());
    }

    private List<Waiting> read(Transaction tx, String sql, Parameters parameters, int subscription) {
        record Found(LogPosition at, Instant stored, int attempts, Instant since, Instant due, int shard) {}
        var found = new ArrayList<Found>();
        try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Found(
                            new LogPosition(rows.getLong(1), rows.getLong(2)),
                            rows.getObject(3, OffsetDateTime.class).toInstant(),
                            rows.getInt(4),
                            rows.getObject(5, OffsetDateTime.class).toInstant(),
                            rows.getObject(6, OffsetDateTime.class).toInstant(),
                            rows.getInt(7)));
                }
            }
        } catch (SQLException e) {
            throw new DeliveryFailed("can't read the backlog of subscription " + subscription, e);
        }
        Map<LogPosition, LoggedEvent> logged = events.find(
                tx,
                found.stream()
                        .map(row -> new EventFeed.Place(row.at(), row.stored()))
                        .toList());
        var expired = found.stream()
                .filter(row -> !logged.containsKey(row.at()))
                .map(row -> new Key(subscription, row.at()))
                .toList();
        remove(tx, expired);
        return found.stream()
                .flatMap(row -> Optional.ofNullable(logged.get(row.at())).stream()
                        .map(event -> new Waiting(event, row.attempts(), row.since(), row.due())))
                .toList();
    }
}
