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
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;

/// The durable table of deliveries that did not succeed at once, and that of those that were given up.
///
/// A node acts for its own shards only. [Settlement] sees to that for what it writes; whoever else
/// changes rows because of what this node knows asks [#hold] first, in the same transaction. What an
/// owner asks for, and what comes with a new event, may be written at any node.
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

    /// Lets all rows go that wait for others: nobody asks for their order any more.
    void releaseAll(Transaction tx, Held held) {
        tx.handle()
                .createUpdate("""
                        update backlog
                           set instance = null, behind = false
                         where subscription = :subscription
                           and shard = any (:shards)
                           and instance is not null
                        """)
                .bind("subscription", held.subscription())
                .bindArray("shards", Integer.class, held.shards())
                .execute();
    }

    /// Puts deliveries here as if they had never been tried, unless they wait already; they are no
    /// longer dead letters. Three statements.
    ///
    /// @return how many were put here
    int requeue(Transaction tx, List<Row> rows) {
        if (rows.isEmpty()) {
            return 0;
        }
        int subscription = rows.getFirst().subscription();
        Set<LogPosition> waiting = tx.handle()
                .createQuery("""
                        select b.xid, b.position
                          from unnest(:xids::bigint[], :positions::bigint[]) as key (xid, position)
                          join backlog b on b.subscription = :subscription
                                        and b.xid = key.xid and b.position = key.position
                        """)
                .bind("subscription", subscription)
                .bindArray(
                        "xids",
                        Long.class,
                        rows.stream().map(row -> row.at().xid()).toList())
                .bindArray(
                        "positions",
                        Long.class,
                        rows.stream().map(row -> row.at().position()).toList())
                .map((row, _) -> new LogPosition(row.getLong("xid"), row.getLong("position")))
                .set();
        List<Row> missing =
                rows.stream().filter(row -> !waiting.contains(row.at())).toList();
        put(tx, missing);
        String sql = """
                delete from dead_letter d
                 using unnest(?, ?, ?) as alive (subscription, xid, position)
                 where (d.subscription, d.xid, d.position) = (alive.subscription, alive.xid, alive.position)
                """;
        BatchStatement.update(
                tx,
                sql,
                missing,
                columns -> List.of(
                        columns.ints(Row::subscription),
                        columns.longs(row -> row.at().xid()),
                        columns.longs(row -> row.at().position())));
        return missing.size();
    }

    /// Makes a delivery that waits here due now.
    ///
    /// @return whether it does
    boolean hasten(Transaction tx, Key key, Instant now) {
        return tx.handle()
                        .createUpdate("""
                                update backlog
                                   set due = least(due, :now)
                                 where subscription = :subscription
                                   and (xid, position) = (:xid, :position)
                                """)
                        .bind("subscription", key.subscription())
                        .bind("xid", key.at().xid())
                        .bind("position", key.at().position())
                        .bind("now", BatchStatement.utc(now))
                        .execute()
                > 0;
    }

    /// How many deliveries of a subscription are due: counted up to `most`.
    int countDue(Transaction tx, int subscription, Instant now, int most) {
        return tx.handle()
                .createQuery("""
                        select count(*)
                          from (select 1
                                  from backlog
                                 where subscription = :subscription
                                   and due <= :now
                                   and not behind
                                 limit :most) due
                        """)
                .bind("subscription", subscription)
                .bind("now", BatchStatement.utc(now))
                .bind("most", most)
                .mapTo(Integer.class)
                .one();
    }

    /// The subscriptions for which somebody, on any node, has put something here that nobody has tried
    /// yet. A look at a small index of its own.
    List<Integer> requeued(Transaction tx) {
        return tx.handle().createQuery("""
                        select distinct subscription from backlog where reason in ('replay', 'resend')
                        """).mapTo(Integer.class).list();
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

    /// A subscription's rows in the shards that this node takes for its own, looked at at `now`.
    record Part(int subscription, Set<Lease> leases, Instant now) {

        Part {
            leases = Set.copyOf(leases);
        }

        Set<Integer> shards() {
            return leases.stream().map(Lease::shard).collect(Collectors.toSet());
        }
    }

    /// A subscription's rows in shards that are this node's, and remain so until the end of the
    /// transaction.
    record Held(int subscription, Set<Integer> shards, Instant now) {

        Held {
            shards = Set.copyOf(shards);
        }

        /// Whether that is all that was asked for. Otherwise shards were lost, or are being settled just
        /// now: then the next try may find more.
        boolean isAllOf(Part part) {
            return shards.size() == part.leases().size();
        }
    }

    /// Locks those of the part's leases that are still this node's. A paused process that wakes up gets
    /// none of what others have taken meanwhile, whatever it believes. Does not wait for the settlement,
    /// which locks the same rows in an order of its own.
    Held hold(Transaction tx, Part part) {
        String sql = """
                select lease.number
                  from unnest(?, ?) with ordinality as lease (shard, epoch, number)
                  join feed_cursor c on c.shard = lease.shard and c.epoch = lease.epoch
                   for no key update of c skip locked
                """;
        List<Lease> leases = List.copyOf(part.leases());
        Set<Integer> held = BatchStatement.updateReturning(
                tx, sql, leases, columns -> List.of(columns.ints(Lease::shard), columns.longs(Lease::epoch)));
        return new Held(
                part.subscription(),
                held.stream().map(number -> leases.get(number - 1).shard()).collect(Collectors.toSet()),
                part.now());
    }

    /// The rows that are due, or were put off before `catchUpBefore` because of an outage that is over;
    /// in the order of the log, and of an ordered instance only the first. Rows whose event has left the
    /// log (retention) are dropped.
    List<Waiting> due(Transaction tx, Part part, Instant catchUpBefore, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance, shard
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
                select xid, position, stored, attempts, since, due, reason, instance, shard
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

    /// The last rows in the order of the log, due or not, of an ordered instance only the first: those
    /// to probe an endpoint with that can't take the first ones.
    List<Waiting> last(Transaction tx, Part part, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance, shard
                  from backlog
                 where subscription = ?
                   and shard = any (?)
                   and not behind
                   and (instance is null
                        or not exists (select
                                         from backlog earlier
                                        where earlier.subscription = backlog.subscription
                                          and earlier.instance = backlog.instance
                                          and (earlier.xid, earlier.position) < (backlog.xid, backlog.position)))
                 order by xid desc, position desc
                 limit ?
                """;
        return read(tx, sql, statement -> statement.setInt(3, limit), part);
    }

    /// The first rows in the order of the log, due or not: those to probe an endpoint with.
    List<Waiting> first(Transaction tx, Part part, int limit) {
        String sql = """
                select xid, position, stored, attempts, since, due, reason, instance, shard
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

    /// The ordered instances that have rows in these shards: at most `limit` of them.
    List<Long> instances(Transaction tx, int subscription, Set<Integer> shards, int limit) {
        return tx.handle()
                .createQuery("""
                        select distinct instance
                          from backlog
                         where subscription = :subscription
                           and shard = any (:shards)
                           and instance is not null
                         limit :limit
                        """)
                .bind("subscription", subscription)
                .bindArray("shards", Integer.class, shards)
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
    void pause(Transaction tx, Held held) {
        tx.handle()
                .createUpdate("""
                        update backlog
                           set reason = :paused
                         where subscription = :subscription
                           and shard = any (:shards)
                           and reason <> :paused
                        """)
                .bind("subscription", held.subscription())
                .bindArray("shards", Integer.class, held.shards())
                .bind("paused", Lane.PAUSED)
                .execute();
    }

    /// Whether [#expire] would find anything. Locks and writes nothing.
    boolean isAnyOverdue(Transaction tx, Part part, Instant since) {
        return tx.handle()
                .createQuery("""
                        select exists (select
                                         from (select since, reason
                                                 from backlog
                                                where subscription = :subscription
                                                  and shard = any (:shards)
                                                order by xid, position
                                                limit 5000) first
                                        where since < :since
                                          and reason <> :paused)
                        """)
                .bind("subscription", part.subscription())
                .bindArray("shards", Integer.class, part.shards())
                .bind("since", BatchStatement.utc(since))
                .bind("paused", Lane.PAUSED)
                .mapTo(Boolean.class)
                .one();
    }

    /// Makes dead letters of the first rows in the order of the log, as far as they have waited since
    /// before `since` for an endpoint that is down; at most a few thousand.
    ///
    /// @return how many
    int expire(Transaction tx, Held held, Instant since) {
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
                .bind("subscription", held.subscription())
                .bindArray("shards", Integer.class, held.shards())
                .bind("since", BatchStatement.utc(since))
                .bind("paused", Lane.PAUSED)
                .bind("now", BatchStatement.utc(held.now()))
                .bind("reason", Lane.ENDPOINT_DOWN)
                .execute();
    }

    /// Makes dead letters of everything that waits for a subscription.
    void buryAll(Transaction tx, Held held, String reason) {
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
                .bind("subscription", held.subscription())
                .bindArray("shards", Integer.class, held.shards())
                .bind("now", BatchStatement.utc(held.now()))
                .bind("reason", reason)
                .execute();
    }

    /// Adds a delivery of an event that this transaction has appended to the log for each of these
    /// subscriptions, whether it matches or not. Like the event itself this may be written at any node:
    /// whoever has the event's shard finds both with the commit.
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

    /// Forgets everything of a subscription that is gone, in whatever shard. The table says whether it
    /// is, not what this node may have known a while ago.
    void forget(Transaction tx, int subscription) {
        tx.handle().createUpdate("""
                        delete from backlog
                         where subscription = :subscription
                           and not exists (select from subscription where id = :subscription)
                        """).bind("subscription", subscription).execute();
    }

    /// Sets the parameters of a statement.
    @FunctionalInterface
    private interface Parameters {

        void set(PreparedStatement statement) throws SQLException;
    }

    /// @param parameters the third of the statement, and all that follow
    private List<Waiting> read(Transaction tx, String sql, Parameters parameters, Part part) {
        int subscription = part.subscription();
        record Found(
                LogPosition at, Instant stored, int attempts, Instant since, Instant due, long instance, int shard) {}
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
                            rows.getLong(8),
                            rows.getInt(9)));
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
        List<Found> unlogged =
                found.stream().filter(row -> !logged.containsKey(row.at())).toList();
        if (!unlogged.isEmpty()) {
            Set<Integer> ours = hold(tx, part).shards();
            List<Found> expired =
                    unlogged.stream().filter(row -> ours.contains(row.shard())).toList();
            remove(
                    tx,
                    expired.stream().map(row -> new Key(subscription, row.at())).toList());
            release(
                    tx,
                    expired.stream()
                            .filter(row -> row.instance() != InstanceKey.NONE)
                            .map(row -> new Instance(subscription, row.instance()))
                            .toList());
        }
        return found.stream()
                .flatMap(row -> Optional.ofNullable(logged.get(row.at())).stream()
                        .map(event -> new Waiting(event, row.attempts(), row.since(), row.due())))
                .toList();
    }
}
