package no.budstikke.delivery;

import java.time.Duration;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;

/// Counts what is still to do. For whoever watches, not for the way of an event.
final class StockStore {

    private final Database database;

    StockStore(Database database) {
        this.database = database;
    }

    /// Three statements, for two seconds each at most.
    ///
    /// @throws RuntimeException when the database can't be asked, or takes longer
    Stock stock() {
        return database.inTransaction(tx -> {
            tx.handle().execute("set local statement_timeout = '2s'");
            return stock(tx);
        });
    }

    private static Stock stock(Transaction tx) {
        Counted lag = counted(tx, """
                select count(*), coalesce(extract(epoch from statement_timestamp() - min(stored)), 0)
                  from (select e.stored
                          from event e
                          join feed_cursor c on c.shard = e.shard
                         where (e.xid, e.position) > (select xid::text::xid8, position
                                                        from feed_cursor
                                                       order by feed_cursor.xid, position
                                                       limit 1)
                           and e.stored >= (select min(stored) - interval '1 day' from feed_cursor)
                           and (e.xid, e.position) > (c.xid::text::xid8, c.position)
                         order by e.xid, e.position
                         limit 100000) as behind
                """);
        Counted backlog = counted(tx, """
                select count(*), coalesce(extract(epoch from statement_timestamp() - min(stored)), 0)
                  from backlog
                """);
        long deadLetters = tx.handle()
                .createQuery("select count(*) from dead_letter")
                .mapTo(Long.class)
                .one();
        return new Stock(lag.count(), lag.age(), backlog.count(), backlog.age(), deadLetters);
    }

    private record Counted(long count, Duration age) {}

    private static Counted counted(Transaction tx, String sql) {
        return tx.handle()
                .createQuery(sql)
                .map((row, _) ->
                        new Counted(row.getLong(1), Duration.ofNanos((long) (Math.max(0, row.getDouble(2)) * 1e9))))
                .one();
    }
}
