package no.budstikke.delivery;

import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.budstikke.database.Transaction;
import no.budstikke.event.LogPosition;

/// The cursors and the attempts.
final class SettlementStore {

    /// Lets this transaction's commit return before it is on disk.
    void doNotWaitForTheDisk(Transaction tx) {
        tx.handle().execute("set local synchronous_commit = off");
    }

    /// Every shard's cursor.
    Map<Integer, Cursor> cursors(Transaction tx) {
        var cursors = new HashMap<Integer, Cursor>();
        tx.handle()
                .createQuery("""
                        select shard, xid, position, stored from feed_cursor
                        """)
                .map((rows, _) -> Map.entry(
                        rows.getInt(1),
                        new Cursor(
                                new LogPosition(rows.getLong(2), rows.getLong(3)),
                                rows.getObject(4, OffsetDateTime.class).toInstant())))
                .forEach(entry -> cursors.put(entry.getKey(), entry.getValue()));
        return cursors;
    }

    /// Moves every shard's cursor on to the same place; never back.
    void moveCursors(Transaction tx, Cursor to) {
        tx.handle()
                .createUpdate("""
                        update feed_cursor
                           set xid = :xid, position = :position, stored = :stored
                         where (xid, position) < (:xid, :position)
                        """)
                .bind("xid", to.at().xid())
                .bind("position", to.at().position())
                .bind("stored", BatchStatement.utc(to.stored()))
                .execute();
    }

    /// One statement, whatever the number of attempts.
    void record(Transaction tx, List<Attempt> attempts) {
        String sql = """
                insert into attempt (subscription, xid, position, number, started, millis, outcome, status, detail)
                select subscription, xid, position, number, started::timestamptz, millis, outcome, nullif(status, 0), detail
                  from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                    as row (subscription, xid, position, number, started, millis, outcome, status, detail)
                """;
        BatchStatement.update(
                tx,
                sql,
                attempts,
                columns -> List.of(
                        columns.ints(Attempt::subscription),
                        columns.longs(attempt -> attempt.at().xid()),
                        columns.longs(attempt -> attempt.at().position()),
                        columns.ints(attempt -> attempt.number()),
                        columns.times(attempt -> attempt.started()),
                        columns.ints(Attempt::millis),
                        columns.texts(attempt -> attempt.outcome().word()),
                        columns.ints(attempt -> attempt.outcome().httpStatus().orElse(0)),
                        columns.texts(attempt -> attempt.outcome().explanation().orElse(null))));
    }
}
