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
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The day partitions of a table that only grows, such as the log: made ahead, dropped after the
/// retention, without holding up a writer or a reader for longer than a moment. Safe to run on several
/// nodes at once.
///
/// A day is that of the database's clock in UTC, because that clock writes `stored`. The clock that the
/// development profile can move is not asked: moved forward by three months, it would drop what was
/// published a minute ago. Spec: events §7.6; design §4.1.
public final class DayPartitions {

    /// Few, because the feed looks into each of them; more than one, so that a day's failed rounds do no
    /// harm.
    static final int DAYS_AHEAD = 4;

    private static final Logger LOG = LoggerFactory.getLogger(DayPartitions.class);
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    /// How long to wait for whoever still reads a day that is to be dropped.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Locks of the database: only one node at a time may make partitions, and one may drop them.
    private static final int MAKING = 0x6275_6401;

    private static final int DROPPING = 0x6275_6402;

    private final Database database;
    private final String table;
    private final Duration retention;
    private final Duration patience;
    private final Sweep sweep;

    /// What else goes when days have been dropped.
    @FunctionalInterface
    private interface Sweep {

        /// Deletes what belongs to rows stored before `cutoff`, in short transactions.
        void before(Handle sql, OffsetDateTime cutoff);
    }

    /// Those of a table without belongings.
    ///
    /// @param table partitioned by range of its column `stored`; its partitions are called
    ///     `{table}_{yyyymmdd}`
    /// @param retention how long a row is kept; in effect up to a day longer, as whole days are dropped
    public DayPartitions(Database database, String table, Duration retention) {
        this(database, table, retention, PATIENCE, (_, _) -> {});
    }

    private DayPartitions(Database database, String table, Duration retention, Duration patience, Sweep sweep) {
        this.database = database;
        this.table = table;
        this.retention = retention;
        this.patience = patience;
        this.sweep = sweep;
    }

    /// Those of the log; with the events go their keys.
    static DayPartitions ofEvents(Database database, Duration retention) {
        return ofEvents(database, retention, PATIENCE);
    }

    /// @param patience how long to wait for whoever still reads a day that is to be dropped
    static DayPartitions ofEvents(Database database, Duration retention, Duration patience) {
        return new DayPartitions(database, "event", retention, patience, EventKeyStore::forgetBefore);
    }

    /// Makes partitions for today and the days ahead, and drops what is past the retention, by the
    /// database's clock. A few times a day.
    public void maintain() {
        maintain(now());
    }

    /// As [#maintain()], as if it were `now`.
    void maintain(Instant now) {
        makeAhead(now);
        dropBefore(now.minus(retention));
    }

    /// Makes the missing partitions only. Quick; for the start.
    public void makeAhead() {
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
            sql.select("select pg_advisory_xact_lock(?, ?::regclass::oid::int)", MAKING, table)
                    .mapToMap()
                    .list();
            sql.execute("set local lock_timeout = '10s'");
            List<String> present =
                    partitions(sql).stream().map(Partition::table).toList();
            for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
                LocalDate day = today.plusDays(ahead);
                String partition = table + "_" + DAY.format(day);
                if (!present.contains(partition)) {
                    sql.execute("create table %s (like %s including storage including defaults)"
                            .formatted(partition, table));
                    sql.execute("alter table %s attach partition %s for values from ('%s 00:00+00') to ('%s 00:00+00')"
                            .formatted(table, partition, day, day.plusDays(1)));
                    LOG.info("Made {} for the rows of {}", partition, day);
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

    private List<Partition> partitions(Handle sql) {
        return sql.createQuery("""
                        select c.relname as name, i.inhdetachpending as pending
                          from pg_class c
                          left join pg_inherits i on i.inhrelid = c.oid
                         where c.relkind = 'r'
                           and c.relname ~ ('^' || :table || '_[0-9]{8}$')
                           and c.relnamespace = (select relnamespace from pg_class where oid = :table::regclass)
                         order by c.relname
                        """)
                .bind("table", table)
                .map((row, _) -> {
                    String name = row.getString("name");
                    boolean pending = row.getBoolean("pending");
                    State state = row.wasNull() ? State.DETACHED : pending ? State.HALF_DETACHED : State.ATTACHED;
                    return new Partition(name, LocalDate.parse(name.substring(table.length() + 1), DAY), state);
                })
                .list();
    }

    /// Drops the days that end before `cutoff`, then the keys of their events. Detaches first, in the
    /// way that needs no lock that a writer would wait for; it waits for the readers of the day instead,
    /// and gives up after a while: the next round goes on from there.
    private void dropBefore(Instant cutoff) {
        LocalDate firstKept = LocalDate.ofInstant(cutoff, ZoneOffset.UTC);
        try (Handle sql = database.openHandle()) {
            if (!sql.createQuery("select pg_try_advisory_lock(?, ?::regclass::oid::int)")
                    .bind(0, DROPPING)
                    .bind(1, table)
                    .mapTo(Boolean.class)
                    .one()) {
                return;
            }
            try {
                sql.execute("set lock_timeout = %d".formatted(patience.toMillis()));
                boolean dropped = false;
                for (Partition partition : partitions(sql)) {
                    if (partition.day().isBefore(firstKept)) {
                        dropped |= tryToDrop(sql, partition);
                    }
                }
                if (dropped) {
                    sweep.before(sql, firstKept.atStartOfDay(ZoneOffset.UTC).toOffsetDateTime());
                }
            } finally {
                sql.execute("reset lock_timeout");
                sql.select("select pg_advisory_unlock(?, ?::regclass::oid::int)", DROPPING, table)
                        .mapToMap()
                        .list();
            }
        }
    }

    private boolean tryToDrop(Handle sql, Partition partition) {
        try {
            drop(sql, partition);
            return true;
        } catch (UnableToExecuteStatementException e) {
            LOG.warn(
                    "{} is past the retention but in use; the next round tries again: {}",
                    partition.table(),
                    e.getMessage());
            return false;
        }
    }

    private void drop(Handle sql, Partition partition) {
        switch (partition.state()) {
            case ATTACHED ->
                sql.execute("alter table %s detach partition %s concurrently".formatted(table, partition.table()));
            case HALF_DETACHED ->
                sql.execute("alter table %s detach partition %s finalize".formatted(table, partition.table()));
            case DETACHED -> {}
        }
        sql.execute("drop table %s".formatted(partition.table()));
        LOG.info("Dropped {}: past the retention", partition.table());
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
