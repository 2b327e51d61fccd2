package no.budstikke.delivery;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;

/// The cursors and the attempts.
final class SettlementStore {

    private final KeptAttempts kept;

    SettlementStore(KeptAttempts kept) {
        this.kept = kept;
    }

    /// Gives this transaction its id, and says whether its commit need be on disk before it returns. One
    /// statement.
    ///
    /// @param durable false when losing all this in a crash of the database costs repeats, not
    ///     deliveries
    /// @return the transaction's id
    long begin(Transaction tx, boolean durable) {
        return tx.handle()
                .createQuery("""
                        select case when not :durable then set_config('synchronous_commit', 'off', true) end,
                               pg_current_xact_id()::text::bigint
                        """)
                .bind("durable", durable)
                .map((row, _) -> row.getLong(2))
                .one();
    }

    /// A leased shard and where its cursor is to stand.
    record Move(Lease lease, Cursor to) {}

    /// Moves cursors, and locks the leases until the end of the transaction: nobody can take one of
    /// these shards before. One statement.
    ///
    /// @return the leases that are still this node's; nothing may be written for the others
    Set<Lease> moveCursors(Transaction tx, List<Move> moves) {
        String sql = """
                update feed_cursor c
                   set xid = target.xid, position = target.position, stored = target.stored::timestamptz
                  from unnest(?, ?, ?, ?, ?) with ordinality as target (shard, epoch, xid, position, stored, number)
                 where c.shard = target.shard and c.epoch = target.epoch
                returning target.number
                """;
        Set<Integer> moved = BatchStatement.updateReturning(
                tx,
                sql,
                moves,
                columns -> List.of(
                        columns.ints(move -> move.lease().shard()),
                        columns.longs(move -> move.lease().epoch()),
                        columns.longs(move -> move.to().at().xid()),
                        columns.longs(move -> move.to().at().position()),
                        columns.times(move -> move.to().stored())));
        return moved.stream().map(number -> moves.get(number - 1).lease()).collect(Collectors.toSet());
    }

    /// Frees shards for other nodes.
    void giveUp(Transaction tx, List<Lease> leases) {
        BatchStatement.update(
                tx, """
                update feed_cursor c
                   set node = null
                  from unnest(?, ?) as given (shard, epoch)
                 where c.shard = given.shard and c.epoch = given.epoch
                """, leases, columns -> List.of(columns.ints(Lease::shard), columns.longs(Lease::epoch)));
    }

    /// One statement, whatever the number of attempts; none when they are not kept.
    void record(Transaction tx, List<Attempt> attempts) {
        switch (kept) {
            case ALL -> insert(tx, attempts);
            case NONE -> {}
        }
    }

    private static void insert(Transaction tx, List<Attempt> attempts) {
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
