package no.budstikke.owner;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;
import no.budstikke.event.LogPosition;

/// Reads what is on record of deliveries. Every look is a scan of an index that begins with the
/// subscription and goes through the log backwards, and ends after a page.
final class DeliveryStore {

    /// Attempts that one look takes in, at most: a delivery may have hundreds, and most may be of
    /// another state.
    static final int WINDOW = 2_000;

    /// A part of the log: what lies between two places, neither included.
    record Stretch(LogPosition after, LogPosition before) {}

    /// What one look has found.
    ///
    /// @param keys newest first, each once
    /// @param cutAt where the look ended before it had seen everything; empty when it has
    record Seen(List<LogPosition> keys, Optional<LogPosition> cutAt) {

        Seen {
            keys = List.copyOf(keys);
        }
    }

    private static final String WAITING = """
            select xid, position
              from backlog
             where subscription = :subscription
               and (xid, position) < (:before_xid, :before_position)
               and (xid, position) > (:after_xid, :after_position)
             order by xid desc, position desc
             limit :limit
            """;

    Seen waiting(Transaction tx, int subscription, Stretch within, int limit) {
        return keys(tx, WAITING, subscription, within, limit);
    }

    private static final String FAILED = """
            select xid, position
              from dead_letter
             where subscription = :subscription
               and (xid, position) < (:before_xid, :before_position)
               and (xid, position) > (:after_xid, :after_position)
             order by xid desc, position desc
             limit :limit
            """;

    Seen failed(Transaction tx, int subscription, Stretch within, int limit) {
        return keys(tx, FAILED, subscription, within, limit);
    }

    static final String NOT_SENT = """
            select xid, position
              from attempt
             where subscription = :subscription
               and outcome in ('denied', 'withdrawn')
               and (xid, position) < (:before_xid, :before_position)
               and (xid, position) > (:after_xid, :after_position)
             order by xid desc, position desc
             limit :limit
            """;

    Seen notSent(Transaction tx, int subscription, Stretch within, int limit) {
        return keys(tx, NOT_SENT, subscription, within, limit);
    }

    private static Seen keys(Transaction tx, String sql, int subscription, Stretch within, int limit) {
        List<LogPosition> found = tx.handle()
                .createQuery(sql)
                .bind("subscription", subscription)
                .bind("before_xid", within.before().xid())
                .bind("before_position", within.before().position())
                .bind("after_xid", within.after().xid())
                .bind("after_position", within.after().position())
                .bind("limit", limit)
                .map((row, _) -> new LogPosition(row.getLong("xid"), row.getLong("position")))
                .list();
        return seen(new LinkedHashSet<>(found), found, limit);
    }

    private static Seen seen(Set<LogPosition> keys, List<LogPosition> looked, int limit) {
        return new Seen(List.copyOf(keys), looked.size() < limit ? Optional.empty() : Optional.of(looked.getLast()));
    }

    static final String ATTEMPTED = """
            select xid, position, outcome
              from attempt
             where subscription = :subscription
               and (xid, position) < (:before_xid, :before_position)
               and (xid, position) > (:after_xid, :after_position)
             order by xid desc, position desc
             limit :limit
            """;

    /// What was attempted.
    ///
    /// @param acceptedOnly whether only what was accepted once is of interest
    Seen attempted(Transaction tx, int subscription, Stretch within, boolean acceptedOnly) {
        record Row(LogPosition at, String outcome) {}
        List<Row> rows = tx.handle()
                .createQuery(ATTEMPTED)
                .bind("subscription", subscription)
                .bind("before_xid", within.before().xid())
                .bind("before_position", within.before().position())
                .bind("after_xid", within.after().xid())
                .bind("after_position", within.after().position())
                .bind("limit", WINDOW)
                .map((row, _) ->
                        new Row(new LogPosition(row.getLong("xid"), row.getLong("position")), row.getString("outcome")))
                .list();
        Set<LogPosition> keys = rows.stream()
                .filter(row -> !acceptedOnly || row.outcome().equals("accepted"))
                .map(Row::at)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return seen(keys, rows.stream().map(Row::at).toList(), WINDOW);
    }

    /// One request to the endpoint, or a refusal before one.
    ///
    /// @param status none when there was no answer
    /// @param detail what else there is to tell: the beginning of the answer, an error, a reason
    record Attempt(
            LogPosition at,
            int number,
            Instant started,
            int millis,
            String outcome,
            OptionalInt status,
            Optional<String> detail) {}

    private static final String ATTEMPTS = """
            select a.xid, a.position, number, started, millis, outcome, status, detail
              from unnest(:xids::bigint[], :positions::bigint[]) as key (xid, position)
             cross join lateral (
                   select xid, position, number, started, millis, outcome, status, detail
                     from attempt
                    where subscription = :subscription
                      and attempt.xid = key.xid
                      and attempt.position = key.position
                    order by started desc, number desc
                    limit :limit) a
            """;

    /// The newest attempts at each of these deliveries, newest first.
    ///
    /// @param limit how many of each
    Map<LogPosition, List<Attempt>> attempts(Transaction tx, int subscription, List<LogPosition> keys, int limit) {
        return tx
                .handle()
                .createQuery(ATTEMPTS)
                .bind("subscription", subscription)
                .bind("limit", limit)
                .bindArray(
                        "xids", Long.class, keys.stream().map(LogPosition::xid).toList())
                .bindArray(
                        "positions",
                        Long.class,
                        keys.stream().map(LogPosition::position).toList())
                .map((row, _) -> attempt(row))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Attempt::at));
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        int status = row.getInt("status");
        return new Attempt(
                new LogPosition(row.getLong("xid"), row.getLong("position")),
                row.getInt("number"),
                instant(row, "started"),
                row.getInt("millis"),
                row.getString("outcome"),
                status == 0 ? OptionalInt.empty() : OptionalInt.of(status),
                Optional.ofNullable(row.getString("detail")));
    }

    /// A delivery in the backlog or among the dead letters.
    ///
    /// @param when when it is due, or was given up
    record Kept(LogPosition at, int attempts, Instant since, Instant when, String reason) {}

    private static final String IN_BACKLOG = """
            select b.xid, b.position, attempts, since, due as at, reason
              from unnest(:xids::bigint[], :positions::bigint[]) as key (xid, position)
              join backlog b on b.subscription = :subscription and b.xid = key.xid and b.position = key.position
            """;

    Map<LogPosition, Kept> inBacklog(Transaction tx, int subscription, List<LogPosition> keys) {
        return kept(tx, IN_BACKLOG, subscription, keys);
    }

    private static final String DEAD = """
            select d.xid, d.position, attempts, since, died as at, reason
              from unnest(:xids::bigint[], :positions::bigint[]) as key (xid, position)
              join dead_letter d on d.subscription = :subscription and d.xid = key.xid and d.position = key.position
            """;

    Map<LogPosition, Kept> dead(Transaction tx, int subscription, List<LogPosition> keys) {
        return kept(tx, DEAD, subscription, keys);
    }

    private static Map<LogPosition, Kept> kept(Transaction tx, String sql, int subscription, List<LogPosition> keys) {
        return tx
                .handle()
                .createQuery(sql)
                .bind("subscription", subscription)
                .bindArray(
                        "xids", Long.class, keys.stream().map(LogPosition::xid).toList())
                .bindArray(
                        "positions",
                        Long.class,
                        keys.stream().map(LogPosition::position).toList())
                .map((row, _) -> new Kept(
                        new LogPosition(row.getLong("xid"), row.getLong("position")),
                        row.getInt("attempts"),
                        instant(row, "since"),
                        instant(row, "at"),
                        row.getString("reason")))
                .list()
                .stream()
                .collect(Collectors.toMap(Kept::at, kept -> kept));
    }

    /// How many deliveries there are, and since when the oldest of them.
    ///
    /// @param oldest when its event was stored
    record Count(int count, Optional<Instant> oldest, Optional<Instant> next) {}

    private static final String COUNT_WAITING = """
            select count(*) as count, min(stored) as oldest, min(due) as next
              from backlog
             where subscription = :subscription
            """;

    /// Of those that wait; `next` is when the next of them is due.
    Count countWaiting(Transaction tx, int subscription) {
        return count(tx, COUNT_WAITING, subscription);
    }

    private static final String COUNT_FAILED = """
            select count(*) as count, min(stored) as oldest, null::timestamptz as next
              from dead_letter
             where subscription = :subscription
            """;

    Count countFailed(Transaction tx, int subscription) {
        return count(tx, COUNT_FAILED, subscription);
    }

    private static Count count(Transaction tx, String sql, int subscription) {
        return tx.handle()
                .createQuery(sql)
                .bind("subscription", subscription)
                .map((row, _) -> new Count(row.getInt("count"), optional(row, "oldest"), optional(row, "next")))
                .one();
    }

    private static final String RECENT = """
            select outcome, count(*) as count
              from (select outcome
                      from attempt
                     where subscription = :subscription
                     order by xid desc, position desc
                     limit :limit) recent
             group by outcome
            """;

    /// The outcomes of the attempts at the newest deliveries, counted.
    Map<String, Integer> recent(Transaction tx, int subscription) {
        return tx.handle()
                .createQuery(RECENT)
                .bind("subscription", subscription)
                .bind("limit", WINDOW)
                .map((row, _) -> Map.entry(row.getString("outcome"), row.getInt("count")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Optional<Instant> optional(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
