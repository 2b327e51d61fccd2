package no.budstikke.delivery;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.event.LogPosition;
import org.jdbi.v3.core.Handle;

/// The nodes, and who has which shard. Has the connection on which this node lives: its session lock is
/// what proves that the process is there. Confined to one thread at a time.
final class LeaseStore implements AutoCloseable {

    /// The first half of a node's session lock; the other is its id.
    private static final int LIVING = 0x6275_6403;

    /// Another node.
    ///
    /// @param name of its sessions
    /// @param gone its process has ended, or has lost its connection
    /// @param late it has not beaten for too long
    /// @param leaving it gives its shards away and wants no others
    record Other(int id, String name, boolean gone, boolean late, boolean leaving) {}

    /// Who has a shard.
    ///
    /// @param epoch raised whenever the shard changes hands
    record Holder(int shard, Optional<Integer> node, long epoch) {}

    /// A shard that was just taken.
    record Taken(int shard, long epoch, Cursor cursor) {}

    private final Handle sql;

    private LeaseStore(Handle sql) {
        this.sql = sql;
    }

    /// Connects.
    static LeaseStore open(Database database) {
        var opened = new LeaseStore(database.openOutsidePool());
        try {
            // Beats need not be on disk; what changes a shard's holder says otherwise.
            opened.sql.execute("set synchronous_commit = off");
            opened.sql.execute("set lock_timeout = '1s'");
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// Names the connection to [#endSession].
    int session() {
        return sql.createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
    }

    /// Makes this process a node.
    ///
    /// @return its id
    int register(String name) {
        int id = sql.createQuery("select nextval(pg_get_serial_sequence('node', 'id'))")
                .mapTo(Integer.class)
                .one();
        // The lock before the row: a row without its lock is that of a dead process.
        if (!lock(id)) {
            throw new IllegalStateException("somebody holds the lock of the new node " + id);
        }
        sql.execute("insert into node (id, name) overriding system value values (?, ?)", id, name);
        return id;
    }

    /// Takes the session lock of a node on a new connection.
    ///
    /// @return false when the former connection still has it
    boolean lock(int node) {
        return sql.createQuery("select pg_try_advisory_lock(:living, :node)")
                .bind("living", LIVING)
                .bind("node", node)
                .mapTo(Boolean.class)
                .one();
    }

    /// Ends a former session of this process.
    void endSession(int session, String name) {
        sql.createQuery("""
                        select pg_terminate_backend(pid, 1000)
                          from pg_stat_activity
                         where pid = :session
                           and application_name = :name
                        """)
                .bind("session", session)
                .bind("name", name)
                .mapTo(Boolean.class)
                .list();
    }

    /// What a beat shows at a glance, enough to see that nothing has changed.
    ///
    /// @param nodes all there are
    /// @param epochs the sum of the node's shards' epochs
    record Glance(int nodes, long epochs) {}

    /// The one statement of a node that is alone. Writes nothing, so that PostgreSQL can go to sleep.
    ///
    /// @return empty when the node was buried
    Optional<Glance> look(int node) {
        return glance(node, """
                select (select count(*) from node),
                       (select coalesce(sum(epoch), 0)::bigint from feed_cursor where node = ?)
                  from node
                 where id = ?
                """);
    }

    /// Says that this node lives.
    ///
    /// @return empty when the node was buried
    Optional<Glance> beat(int node) {
        return glance(node, """
                update node
                   set beat = clock_timestamp()
                 where id = ?
                returning (select count(*) from node),
                          (select coalesce(sum(epoch), 0)::bigint from feed_cursor where node = ?)
                """);
    }

    private Optional<Glance> glance(int node, String question) {
        try (PreparedStatement statement = sql.getConnection().prepareStatement(question)) {
            statement.setInt(1, node);
            statement.setInt(2, node);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Glance(row.getInt(1), row.getLong(2))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new DeliveryFailed("node " + node + " can't beat", e);
        }
    }

    /// All nodes but `node`.
    ///
    /// @param patience a node without a beat for longer is late
    List<Other> others(int node, Duration patience) {
        return sql.createQuery("""
                        select id, name, leaving,
                               pg_try_advisory_xact_lock(:living, id) as gone,
                               beat < clock_timestamp() - make_interval(secs => :patience) as late
                          from node
                         where id <> :node
                        """)
                .bind("living", LIVING)
                .bind("node", node)
                .bind("patience", patience.toMillis() / 1_000.0)
                .map((row, _) -> new Other(
                        row.getInt("id"),
                        row.getString("name"),
                        row.getBoolean("gone"),
                        row.getBoolean("late"),
                        row.getBoolean("leaving")))
                .list();
    }

    List<Holder> holders() {
        return sql.createQuery("select shard, node, epoch from feed_cursor")
                .map((row, _) -> new Holder(
                        row.getInt("shard"),
                        Optional.ofNullable(row.getObject("node", Integer.class)),
                        row.getLong("epoch")))
                .list();
    }

    /// Cuts off every session of a node that is late: a stopped process would otherwise keep its locks
    /// and hold back all readers of the log with its open transactions.
    void cutOff(Other node, Duration patience) {
        sql.createQuery("""
                        select pg_terminate_backend(a.pid, 1000)
                          from pg_stat_activity a
                         where a.application_name = :name
                           and a.datname = current_database()
                           and exists (select
                                         from node n
                                        where n.id = :id
                                          and n.beat < clock_timestamp() - make_interval(secs => :patience))
                        """)
                .bind("name", node.name())
                .bind("id", node.id())
                .bind("patience", patience.toMillis() / 1_000.0)
                .mapTo(Boolean.class)
                .list();
    }

    /// Takes the shards from a node that is gone, and forgets it.
    ///
    /// @return false when it is back, or somebody else does it
    boolean bury(int node) {
        return sql.inTransaction(tx -> {
            boolean gone = tx.createQuery("select pg_try_advisory_xact_lock(:living, :node)")
                    .bind("living", LIVING)
                    .bind("node", node)
                    .mapTo(Boolean.class)
                    .one();
            if (gone) {
                waitForTheDisk(tx);
                tx.execute("update feed_cursor set node = null, epoch = epoch + 1 where node = ?", node);
                tx.execute("delete from node where id = ?", node);
            }
            return gone;
        });
    }

    /// Takes up to `most` shards that nobody has.
    List<Taken> take(int node, int most) {
        return sql.inTransaction(tx -> {
            waitForTheDisk(tx);
            return tx.createQuery("""
                            update feed_cursor
                               set node = :node, epoch = epoch + 1
                             where shard in (select shard
                                               from feed_cursor
                                              where node is null
                                              order by shard
                                              limit :most
                                                for update skip locked)
                            returning shard, epoch, xid, position, stored
                            """)
                    .bind("node", node)
                    .bind("most", most)
                    .map((row, _) -> new Taken(
                            row.getInt("shard"),
                            row.getLong("epoch"),
                            new Cursor(
                                    new LogPosition(row.getLong("xid"), row.getLong("position")),
                                    row.getObject("stored", OffsetDateTime.class)
                                            .toInstant())))
                    .list();
        });
    }

    /// An epoch that a crash of the database undid could be given out twice.
    private static void waitForTheDisk(Handle tx) {
        tx.execute("set local synchronous_commit = on");
    }

    /// Gives back a shard that the table says is ours while we know nothing of it: the answer to a
    /// [#take] was lost.
    void giveBack(int node, Holder shard) {
        sql.execute(
                "update feed_cursor set node = null where shard = ? and node = ? and epoch = ?",
                shard.shard(),
                node,
                shard.epoch());
    }

    /// Tells the others to count this node out.
    void markLeaving(int node) {
        sql.execute("update node set leaving = true where id = ?", node);
    }

    @Override
    public void close() {
        sql.close();
    }
}
