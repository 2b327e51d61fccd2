package no.budstikke.event;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import no.budstikke.database.Database;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The day partitions of the log: made ahead, dropped after the retention, without holding up a writer or
/// a reader for
/// longer than a moment. Safe to run on several nodes at once.
///
/// A day is that of the database's clock in UTC, because that clock writes `stored`. The clock that the
/// development
/// profile can move is not asked: moved forward by three months, it would drop what was published a
/// minute ago.
/// Spec: events §7.6; design §4.1.
public final class Partitions {

    /// Few, because the feed looks into each of them; more than one, so that a day's failed rounds do no
    /// harm.
    static final int DAYS_AHEAD = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final String PREFIX = "event_";

    /// Only one node at a time may make partitions, and one may drop them.
    private static final long MAKING = 0x6275_6473_0001L;

    private static final long DROPPING = 0x6275_6473_0002L;

    /// 8 kB pages of `event_key` that one sweeping transaction looks at.
    private static final int PAGES_PER_SWEEP = 512;

    private final Database database;
    private final Duration retention;

    /// @param retention how long an event is kept; in effect up to a day longer, as whole days are
    ///                  dropped
    public Partitions(Database database, Duration retention) {
        this.database = database;
        this.retention = retention;
    }

    /// Makes partitions for today and the days ahead, and drops what is past the retention, by the
    /// database's clock.
    /// For the start and once a day.
    public void maintain() {
        maintain(now());
    }

    /// As [#maintain()], as if it were `now`.
    void maintain(Instant now) {
        makeAhead(now);
        dropBefore(now.minus(retention));
    }

    /// Makes the missing partitions only. Quick.
    void makeAhead() {
        makeAhead(now());
    }

    private Instant now() {
        return database.inTransaction(tx -> tx.handle()
                .createQuery("select clock_timestamp()")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
    }

    /// A new table is attached, not created as a partition, since that would lock out every writer.
    private void makeAhead(Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        database.useTransaction(tx -> {
            Handle sql = tx.handle();
            sql.select("select pg_advisory_xact_lock(?)", MAKING).mapToMap().list();
            sql.execute("set local lock_timeout = '10s'");
            List<String> present =
                    partitions(sql).stream().map(Partition::table).toList();
            for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
                LocalDate day = today.plusDays(ahead);
                String table = PREFIX + DAY.format(day);
                if (!present.contains(table)) {
                    sql.execute("create table %s (like event including storage)".formatted(table));
                    sql.execute(
                            "alter table event attach partition %s for values from ('%s 00:00+00') to ('%s 00:00+00')"
                                    .formatted(table, day, day.plusDays(1)));
                    LOG.info("Made {} for the events of {}", table, day);
                }
            }
        });
    }

    private enum State {
        ATTACHED,
        /// A detaching was cut off midway.
        HALF_DETACHED,
        DETACHED
    }

    private record Partition(String table, LocalDate day, State state) {}

    private static List<Partition> partitions(Handle sql) {
        return sql.createQuery("""
                        select c.relname as name, i.inhdetachpending as pending
                          from pg_class c
                          left join pg_inherits i on i.inhrelid = c.oid
                         where c.relkind = 'r'
                           and c.relname ~ '^event_[0-9]{8}$'
                           and c.relnamespace = (select relnamespace from pg_class where oid = 'event'::regclass)
                         order by c.relname
                        """)
                .map((row, _) -> {
                    String table = row.getString("name");
                    boolean pending = row.getBoolean("pending");
                    State state = row.wasNull() ? State.DETACHED : pending ? State.HALF_DETACHED : State.ATTACHED;
                    return new Partition(table, LocalDate.parse(table.substring(PREFIX.length()), DAY), state);
                })
                .list();
    }

    /// Drops the days that end before `cutoff`, then the keys of their events. Detaches first, in the way
    /// that needs no
    /// lock that a writer would wait for; it waits for the readers of the day instead, and gives up after
    /// a while: the
    /// next round goes on from there.
    private void dropBefore(Instant cutoff) {
        LocalDate firstKept = LocalDate.ofInstant(cutoff, ZoneOffset.UTC);
        try (Handle sql = database.openHandle()) {
            if (!sql.createQuery("select pg_try_advisory_lock(?)")
                    .bind(0, DROPPING)
                    .mapTo(Boolean.class)
                    .one()) {
                return;
            }
            try {
                sql.execute("set lock_timeout = '10s'");
                for (Partition partition : partitions(sql)) {
                    if (partition.day().isBefore(firstKept)) {
                        drop(sql, partition);
                    }
                }
                sweepKeys(sql, firstKept.atStartOfDay(ZoneOffset.UTC).toOffsetDateTime());
            } finally {
                sql.execute("reset lock_timeout");
                sql.select("select pg_advisory_unlock(?)", DROPPING).mapToMap().list();
            }
        }
    }

    private static void drop(Handle sql, Partition partition) {
        switch (partition.state()) {
            case ATTACHED ->
                sql.execute("alter table event detach partition %s concurrently".formatted(partition.table()));
            case HALF_DETACHED ->
                sql.execute("alter table event detach partition %s finalize".formatted(partition.table()));
            case DETACHED -> {}
        }
        sql.execute("drop table %s".formatted(partition.table()));
        LOG.info("Dropped {}: past the retention", partition.table());
    }

    /// Looks at every page of the keys, some megabytes in one short transaction: needs no index, which
    /// every publisher
    /// would pay for.
    private static void sweepKeys(Handle sql, OffsetDateTime cutoff) {
        long pages = sql.createQuery("select pg_relation_size('event_key') / current_setting('block_size')::int")
                .mapTo(Long.class)
                .one();
        long swept = 0;
        for (long page = 0; page < pages; page += PAGES_PER_SWEEP) {
            swept += sql.createUpdate("""
                            delete from event_key
                             where ctid >= :from::tid
                               and ctid < :to::tid
                               and stored < :cutoff
                            """)
                    .bind("from", "(%d,0)".formatted(page))
                    .bind("to", "(%d,0)".formatted(page + PAGES_PER_SWEEP))
                    .bind("cutoff", cutoff)
                    .execute();
        }
        if (swept > 0) {
            LOG.info("Forgot the ids of {} events that are past the retention", swept);
        }
    }

    /// The days that the log has room for, oldest first.
    List<LocalDate> days() {
        return database.inTransaction(tx -> {
            var days = new ArrayList<LocalDate>();
            for (Partition partition : partitions(tx.handle())) {
                if (partition.state() == State.ATTACHED) {
                    days.add(partition.day());
                }
            }
            return days;
        });
    }
}
