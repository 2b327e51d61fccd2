package no.budstikke.delivery;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;

/// The durable table of deliveries that did not succeed at once, and that of those that were given up.
///
/// Of an ordered instance only the first row is handed out. `behind` marks rows that wait for another.
/// It may be missing, which costs a look, but never stays when the row has become the first: whoever
/// removes rows of ordered instances calls [#release] in the same transaction.
final class Backlog {

    private final EventFeed events;

    Backlog(EventFeed events) {
        this.events = events;
    }

    /// A delivery as it is to be kept.
    ///
    /// @param attempts made so far
    /// @param reason why it is here: the last outcome's word, or what it waits for
    /// @param instance what it must be in order with; [InstanceKey#NONE] when nothing
    record Row(
            int shard,
            int subscription,
            LogPosition at,
            Instant stored,
            int attempts,
            Instant since,
            Instant due,
            Instant changed,
            String reason,
            long instance) {

        boolean isOrdered() {
            return instance != InstanceKey.NONE;
        }
    }

    /// Names a row.
    record Key(int subscription, LogPosition at) {}

    /// Names an ordered instance.
    record Instance(int subscription, long key) {}

    /// A delivery read back, with its event.
    record Waiting(LoggedEvent event, int attempts, Instant since, Instant due) {}

    /// One statement, and one more for ordered deliveries. A row that is there already is brought up to
    /// date.
    void put(Transaction tx, List<Row> rows) {
        putUnordered(tx, rows.stream().filter(row -> !row.isOrdered()).toList());
        putOrdered(tx, rows.stream().filter(Row::isOrdered).toList());
    }

    private static void putUnordered(Transaction tx, List<Row> rows) {
        String sql = """
                insert into backlog (shard, subscription, xid, position, stored, attempts, since, due, changed, reason)
                select shard, subscription, xid, position, stored::timestamptz, attempts, since::timestamptz,
                       due::timestamptz, changed::timestamptz, reason
                  from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    as row (shard, subscription, xid, position, stored, attempts, since, due, changed, reason)
                on conflict (subscription, xid, position) do update
                   set attempts = excluded.attempts,
                       since    = excluded.since,
                       due      = excluded.due,
                       changed  = excluded.changed,
                       reason   = excluded.reason
                """;
        BatchStatement.update(tx, sql, rows, Backlog::columns);
    }

    private static void putOrdered(Transaction tx, List<Row> rows) {
        String sql = """
                insert into backlog (shard, subscription, xid, position, stored, attempts, since, due, changed, reason,
                                     instance, behind)
                select shard, subscription, xid, position, stored::timestamptz, attempts, since::timestamptz,
                       due::timestamptz, changed::timestamptz, reason, instance,
                       row_number() over (partition by subscription, instance order by xid, position) > 1
                       or exists (select
                                    from backlog earlier
                                   where earlier.subscription = row.subscription
                                     and earlier.instance = row.instance
                                     and (earlier.xid, earlier.position) < (row.xid, row.position))
                  from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    as row (shard, subscription, xid, position, stored, attempts, since, due, changed, reason,
                            instance)
                on conflict (subscription, xid, position) do update
                   set attempts = excluded.attempts,
                       since    = excluded.since,
                       due      = excluded.due,
                       changed  = excluded.changed,
                       reason   = excluded.reason,
                       instance = excluded.instance,
                       behind   = excluded.behind
                """;
        BatchStatement.update(tx, sql, rows, columns -> {
            var all = new ArrayList<>(columns(columns));
            all.add(columns.longs(Row::instance));
            return all;
        });
    }

    private static List<Array> columns(BatchStatement.Columns<Row> columns) {
        return List.of(
                columns.ints(Row::shard),
                columns.ints(Row::subscription),
                columns.longs(row -> row.at().xid()),
                columns.longs(row -> row.at().position()),
                columns.times(row -> row.stored()),
                columns.ints(row -> row.attempts()),
                columns.times(row -> row.since()),
                columns.times(row -> row.due()),
                columns.times(row -> row.changed()),
                columns.texts(Row::reason));
    }

    /// Lets the first row of each of these instances go, after rows before it were removed.
    void release(Transaction tx, Collection<Instance> instances) {
        String sql = """
                update backlog
                   set behind = false
                  from unnest(?, ?) as key (subscription, instance),
                       lateral (select xid, position
                                  from backlog
                                 where subscription = key.subscription
                                   and instance = key.instance
                                 order by xid, position
                                 limit 1) first
                 where backlog.subscription = key.subscription
                   and (backlog.xid, backlog.position) = (first.xid, first.position)
                   and behind
                """;
        BatchStatement.update(
                tx,
                sql,
                instances.stream().distinct().toList(),
                columns -> List.of(columns.ints(Instance::subscription), columns.longs(Instance::key)));
    }

    /// Lets all rows of a subscription go that wait for others: nobody asks for their order any more.
    void releaseAll(Transaction tx, int subscription) {
        tx.handle()
                .execute(
                        "update backlog set instance = null, behind = false where subscription = ? and instance is not null",
                        subscription);
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

    /// A subscription's rows in this node's shards, looked at at `now`.
    record Part(int subscription, Set<Integer> shards, Instant now) {

        Part {
            shards = Set.copyOf(shards);
        }
    }

    /// The rows that are due, or were put off before `catchUpBefore` because of an outage that is over;
    /// in the order of the log, and of an ordered instance only the first. Rows whose event has left the
    /// log (retention) are dropped.
    List<Waiting> due(Transaction tx, Part part, Instant catchUpBefore, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance
                  from backlog
                 where subscription = ?
                   and shard = any (?)
                   and (due <= ? or changed < ?)
                   and not behind
                   and (instance is null
                        or not exists (select
                                         from backlog earlier
                                        where earlier.subscription = backlog.subscription
                                          and earlier.instance = backlog.instance
                                          and (earlier.xid, earlier.position) < (backlog.xid, backlog.position)))
                 order by xid, position
                 limit ?
                """;
        return read(
                tx,
                sql,
                statement -> {
                    statement.setObject(3, BatchStatement.utc(part.now()));
                    statement.setObject(4, BatchStatement.utc(catchUpBefore));
                    statement.setInt(5, limit);
                },
                part);
    }

    /// The rows that wait behind the first of these instances, in the order of the log, due or not.
    List<Waiting> following(Transaction tx, Part part, List<Long> instances, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance
                  from backlog
                 where subscription = ?
                   and shard = any (?)
                   and instance = any (?)
                   and behind
                 order by xid, position
                 limit ?
                """;
        return read(
                tx,
                sql,
                statement -> {
                    statement.setArray(
                            3, statement.getConnection().createArrayOf("int8", instances.toArray(Long[]::new)));
                    statement.setInt(4, limit);
                },
                part);
    }

    /// The first rows in the order of the log, due or not: those to probe an endpoint with.
    List<Waiting> first(Transaction tx, Part part, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance
                  from backlog
                 where subscription = ?
                   and shard = any (?)
                   and not behind
                 order by xid, position
                 limit ?
                """;
        return read(tx, sql, statement -> statement.setInt(3, limit), part);
    }

    /// When the next row after `now` is due.
    Optional<Instant> nextDue(Transaction tx, Part part) {
        return tx.handle()
                .createQuery("""
                        select min(due)
                          from backlog
                         where subscription = :subscription
                           and shard = any (:shards)
                           and due > :now
                           and not behind
                        """)
                .bind("subscription", part.subscription())
                .bindArray("shards", Integer.class, part.shards())
                .bind("now", BatchStatement.utc(part.now()))
                .map((rows, _) -> Optional.ofNullable(rows.getObject(1, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant))
                .one();
    }

    /// The ordered instances that have rows here: at most `limit` of them.
    List<Long> instances(Transaction tx, int subscription, int limit) {
        return tx.handle()
                .createQuery("""
                        select distinct instance
                          from backlog
                         where subscription = :subscription
                           and instance is not null
                         limit :limit
                        """)
                .bind("subscription", subscription)
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }

    /// What is here of one subscription.
    ///
    /// @param ordered whether some of it must be in order
    record Summary(int subscription, Instant due, boolean ordered) {}

    /// The subscriptions that have rows in these shards.
    List<Summary> subscriptions(Transaction tx, Set<Integer> shards) {
        return tx.handle()
                .createQuery("""
                        select subscription, min(due) as due, bool_or(instance is not null) as ordered
                          from backlog
                         where shard = any (:shards)
                         group by subscription
                        """)
                .bindArray("shards", Integer.class, shards)
                .map((rows, _) -> new Summary(
                        rows.getInt(1), rows.getObject(2, OffsetDateTime.class).toInstant(), rows.getBoolean(3)))
                .list();
    }

    /// Notes that everything of a subscription waits because its owner paused it. The time until it goes
    /// on does not count as waiting for a dead endpoint.
    void pause(Transaction tx, int subscription) {
        tx.handle()
                .execute(
                        "update backlog set reason = ? where subscription = ? and reason <> ?",
                        Lane.PAUSED,
                        subscription,
                        Lane.PAUSED);
    }

    /// Makes dead letters of the first rows in the order of the log, as far as they have waited since
    /// before `since` for an endpoint that is down; at most a few thousand.
    ///
    /// @return how many
    int expire(Transaction tx, Part part, Instant since) {
        return tx.handle()
                .createUpdate("""
                        with gone as (
                            delete from backlog
                             using (select xid, position
                                      from backlog
                                     where subscription = :subscription
                                       and shard = any (:shards)
                                     order by xid, position
                                     limit 5000) first
                             where backlog.subscription = :subscription
                               and (backlog.xid, backlog.position) = (first.xid, first.position)
                               and since < :since
                               and reason <> :paused
                            returning shard, subscription, backlog.xid, backlog.position, stored, attempts, since
                        )
                        insert into dead_letter (shard, subscription, xid, position, stored, attempts, since, died,
                                                 reason)
                        select shard, subscription, xid, position, stored, attempts, since, :now, :reason
                          from gone
                        on conflict do nothing
                        """)
                .bind("subscription", part.subscription())
                .bindArray("shards", Integer.class, part.shards())
                .bind("since", BatchStatement.utc(since))
                .bind("paused", Lane.PAUSED)
                .bind("now", BatchStatement.utc(part.now()))
                .bind("reason", Lane.ENDPOINT_DOWN)
                .execute();
    }

    /// Makes dead letters of everything that waits for a subscription.
    void buryAll(Transaction tx, Part part, String reason) {
        tx.handle()
                .createUpdate("""
                        with gone as (
                            delete from backlog
                             where subscription = :subscription
                               and shard = any (:shards)
                            returning shard, subscription, xid, position, stored, attempts, since
                        )
                        insert into dead_letter (shard, subscription, xid, position, stored, attempts, since, died,
                                                 reason)
                        select shard, subscription, xid, position, stored, attempts, since, :now, :reason
                          from gone
                        on conflict do nothing
                        """)
                .bind("subscription", part.subscription())
                .bindArray("shards", Integer.class, part.shards())
                .bind("now", BatchStatement.utc(part.now()))
                .bind("reason", reason)
                .execute();
    }

    /// Adds a delivery of an event that this transaction has appended to the log for each of these
    /// subscriptions, whether it matches or not.
    void address(Transaction tx, String eventId, List<Integer> subscriptions, Instant now) {
        tx.handle()
                .createUpdate("""
                        insert into backlog (shard, subscription, xid, position, stored, attempts, since, due, changed,
                                             reason)
                        select shard, addressee, xid::text::bigint, position, stored, 0, :now, :now, :now, 'addressed'
                          from event
                         cross join unnest(:subscriptions) as addressee
                         where xid = pg_current_xact_id()
                           and id = :id
                        """)
                .bind("id", eventId)
                .bindArray("subscriptions", Integer.class, subscriptions)
                .bind("now", BatchStatement.utc(now))
                .execute();
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

    /// @param parameters the third of the statement, and all that follow
    private List<Waiting> read(Transaction tx, String sql, Parameters parameters, Part part) {
        int subscription = part.subscription();
        record Found(LogPosition at, Instant stored, int attempts, Instant since, Instant due, long instance) {}
        var found = new ArrayList<Found>();
        try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setInt(1, subscription);
            statement.setArray(
                    2, tx.connection().createArrayOf("int4", part.shards().toArray()));
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Instant since = rows.getObject(5, OffsetDateTime.class).toInstant();
                    found.add(new Found(
                            new LogPosition(rows.getLong(1), rows.getLong(2)),
                            rows.getObject(3, OffsetDateTime.class).toInstant(),
                            rows.getInt(4),
                            // A pause does not make it older.
                            rows.getString(7).equals(Lane.PAUSED) ? part.now() : since,
                            rows.getObject(6, OffsetDateTime.class).toInstant(),
                            rows.getLong(8)));
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
        var expired =
                found.stream().filter(row -> !logged.containsKey(row.at())).toList();
        remove(tx, expired.stream().map(row -> new Key(subscription, row.at())).toList());
        release(
                tx,
                expired.stream()
                        .filter(row -> row.instance() != InstanceKey.NONE)
                        .map(row -> new Instance(subscription, row.instance()))
                        .toList());
        return found.stream()
                .flatMap(row -> Optional.ofNullable(logged.get(row.at())).stream()
                        .map(event -> new Waiting(event, row.attempts(), row.since(), row.due())))
                .toList();
    }
}
