package no.budstikke.delivery;

import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.budstikke.database.Transaction;
import no.budstikke.event.LogPosition;

/// The cursors and the attempts.
final class SettlementStore {

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
                .bind("stored", Backlog.utc(to.stored()))
                .execute();
    }

    /// One statement, whatever the number of attempts.
    void record(Transaction tx, List<Attempt> attempts) {
        String sql = """
                insert into attempt (subscription, xid, position, number, started, millis, outcome, status, detail)
                select * from unnest(?::int[], ?::bigint[], ?::bigint[], ?::smallint[], ?::timestamptz[],
                                     ?::int[], ?::text[], ?::smallint[], ?::text[])
                """;
        Backlog.update(
                tx,
                sql,
                attempts,
                columns -> List.of(
                        columns.of("int", Attempt::subscription),
                        columns.of("bigint", attempt -> attempt.at().xid()),
                        columns.of("bigint", attempt -> attempt.at().position()),
                        columns.of("smallint", attempt -> (short) attempt.number()),
                        columns.of("timestamptz", attempt -> Backlog.utc(attempt.started())),
                        columns.of("int", Attempt::millis),
                        columns.of("text", attempt -> attempt.outcome().word()),
                        columns.of(
                                "smallint",
                                attempt -> attempt.outcome()
                                        .httpStatus()
                                        .map(Integer::shortValue)
                                        .orElse(null)),
                        columns.of(
                                "text",
                                attempt -> attempt.outcome().explanation().orElse(null))));
    }
}
