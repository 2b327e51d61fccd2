package no.budstikke.owner;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import org.jspecify.annotations.Nullable;

/// The jobs that repeat deliveries.
final class ReplayStore {

    private static final String ADD = """
            insert into replay (subscription, kind, since, per_second, created, xid, position, stored, until_xid)
            values (:subscription, :kind, :since, :per_second, :created, :xid, :position, :stored, :until_xid)
            returning id, subscription, kind, since, per_second, created, state, reason, xid, position, stored,
                      until_xid, looked_at, requeued, ended
            """;

    Replay add(
            Transaction tx,
            int subscription,
            StartReplay.Order order,
            EventFeed.Place from,
            long untilXid,
            Instant now) {
        return tx.handle()
                .createQuery(ADD)
                .bind("subscription", subscription)
                .bind("kind", word(order.kind()))
                .bind("since", order.since().map(ReplayStore::utc).orElse(null))
                .bind("per_second", order.perSecond())
                .bind("created", utc(now))
                .bind("xid", from.at().xid())
                .bind("position", from.at().position())
                .bind("stored", utc(from.stored()))
                .bind("until_xid", untilXid)
                .map((row, _) -> replay(row))
                .one();
    }

    private static final String OF_SUBSCRIPTION = """
            select id, subscription, kind, since, per_second, created, state, reason, xid, position, stored,
                   until_xid, looked_at, requeued, ended
              from replay
             where subscription = :subscription
             order by id desc
             limit 100
            """;

    /// The newest hundred.
    List<Replay> ofSubscription(Transaction tx, int subscription) {
        return tx.handle()
                .createQuery(OF_SUBSCRIPTION)
                .bind("subscription", subscription)
                .map((row, _) -> replay(row))
                .list();
    }

    private static final String FIND = """
            select id, subscription, kind, since, per_second, created, state, reason, xid, position, stored,
                   until_xid, looked_at, requeued, ended
              from replay
             where subscription = :subscription
               and id = :id
            """;

    Optional<Replay> find(Transaction tx, int subscription, long id) {
        return tx.handle()
                .createQuery(FIND)
                .bind("subscription", subscription)
                .bind("id", id)
                .map((row, _) -> replay(row))
                .findOne();
    }

    private static final String CLAIM = """
            select id, subscription, kind, since, per_second, created, state, reason, xid, position, stored,
                   until_xid, looked_at, requeued, ended
              from replay
             where state = 'running'
               and next_round <= clock_timestamp()
             order by next_round
             limit 1
               for update skip locked
            """;

    /// A job whose next round is due, locked for this transaction. Another node, at the same moment,
    /// gets another or none.
    Optional<Replay> claim(Transaction tx) {
        return tx.handle().createQuery(CLAIM).map((row, _) -> replay(row)).findOne();
    }

    private static final String ADVANCE = """
            update replay
               set xid = :xid, position = :position, stored = :stored, looked_at = looked_at + :looked_at,
                   requeued = requeued + :requeued, reason = null,
                   state = :state, ended = :ended,
                   next_round = clock_timestamp() + make_interval(secs => :pause)
             where id = :id
            """;

    /// Writes down what a round has done. When it was the last, the job is over.
    ///
    /// @param pause until the next round
    void advance(Transaction tx, Replay job, Round round, Duration pause, Instant now) {
        tx.handle()
                .createUpdate(ADVANCE)
                .bind("id", job.id())
                .bind("xid", round.reached().at().xid())
                .bind("position", round.reached().at().position())
                .bind("stored", utc(round.reached().stored()))
                .bind("looked_at", round.lookedAt())
                .bind("requeued", round.requeued())
                .bind("state", word(round.last() ? Replay.State.DONE : Replay.State.RUNNING))
                .bind("ended", round.last() ? utc(now) : null)
                .bind("pause", pause.toMillis() / 1000.0)
                .execute();
    }

    /// What one round has done.
    ///
    /// @param last whether there is nothing left
    record Round(EventFeed.Place reached, int lookedAt, int requeued, boolean last) {}

    private static final String WAIT = """
            update replay
               set reason = :reason, next_round = clock_timestamp() + make_interval(secs => :pause)
             where id = :id
            """;

    /// Puts the next round off.
    void await(Transaction tx, Replay job, String reason, Duration pause) {
        tx.handle()
                .createUpdate(WAIT)
                .bind("id", job.id())
                .bind("reason", reason)
                .bind("pause", pause.toMillis() / 1000.0)
                .execute();
    }

    private static final String CANCEL = """
            update replay
               set state = 'cancelled', ended = :now, reason = null
             where subscription = :subscription
               and id = :id
               and state = 'running'
            """;

    void cancel(Transaction tx, int subscription, long id, Instant now) {
        tx.handle()
                .createUpdate(CANCEL)
                .bind("subscription", subscription)
                .bind("id", id)
                .bind("now", utc(now))
                .execute();
    }

    private static final String COUNT_RUNNING = """
            select count(*) from replay where subscription = :subscription and state = 'running'
            """;

    int countRunning(Transaction tx, int subscription) {
        return tx.handle()
                .createQuery(COUNT_RUNNING)
                .bind("subscription", subscription)
                .mapTo(Integer.class)
                .one();
    }

    private static final String ANY_RUNNING = """
            select exists (select from replay where state = 'running')
            """;

    boolean isAnyRunning(Transaction tx) {
        return tx.handle().createQuery(ANY_RUNNING).mapTo(Boolean.class).one();
    }

    /// A dead letter.
    ///
    /// @param died when it was given up
    record DeadLetter(EventFeed.Place at, Instant died) {}

    private static final String DEAD_LETTERS = """
            select xid, position, stored, died
              from dead_letter
             where subscription = :subscription
               and (xid, position) > (:xid, :position)
               and xid < :until_xid
             order by xid, position
             limit :limit
            """;

    /// The next dead letters of a job, in the order of the log.
    List<DeadLetter> deadLetters(Transaction tx, Replay job, int limit) {
        return tx.handle()
                .createQuery(DEAD_LETTERS)
                .bind("subscription", job.subscription())
                .bind("xid", job.reached().at().xid())
                .bind("position", job.reached().at().position())
                .bind("until_xid", job.untilXid())
                .bind("limit", limit)
                .map((row, _) -> new DeadLetter(place(row), instant(row, "died")))
                .list();
    }

    private static Replay replay(ResultSet row) throws SQLException {
        return new Replay(
                row.getLong("id"),
                row.getInt("subscription"),
                Replay.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                optional(row, "since"),
                row.getInt("per_second"),
                instant(row, "created"),
                Replay.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getString("reason")),
                place(row),
                row.getLong("until_xid"),
                row.getLong("looked_at"),
                row.getLong("requeued"),
                optional(row, "ended"));
    }

    private static EventFeed.Place place(ResultSet row) throws SQLException {
        return new EventFeed.Place(
                new LogPosition(row.getLong("xid"), row.getLong("position")), instant(row, "stored"));
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Optional<Instant> optional(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(value).map(OffsetDateTime::toInstant);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
