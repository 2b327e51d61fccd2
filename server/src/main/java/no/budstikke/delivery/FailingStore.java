package no.budstikke.delivery;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;

/// Which subscriptions have got nothing but failures for a while.
final class FailingStore {

    private final KeptAttempts kept;

    FailingStore(KeptAttempts kept) {
        this.kept = kept;
    }

    /// Since when a subscription has got nothing else.
    record Failing(int subscription, Instant since) {}

    /// One statement. What is there already stays; nothing is written of subscriptions that are gone.
    void put(Transaction tx, List<Failing> failing) {
        BatchStatement.update(
                tx,
                """
                insert into failing (subscription, since)
                select subscription, since::timestamptz
                  from unnest(?, ?) as row (subscription, since)
                 where exists (select from subscription where id = row.subscription)
                on conflict do nothing
                """,
                failing,
                columns -> List.of(columns.ints(Failing::subscription), columns.times(row -> row.since())));
    }

    /// One statement.
    void remove(Transaction tx, List<Integer> subscriptions) {
        BatchStatement.update(tx, """
                delete from failing
                 using unnest(?) as ended (id)
                 where subscription = ended.id
                """, subscriptions, columns -> List.of(columns.ints(id -> id)));
    }

    Map<Integer, Instant> all(Transaction tx) {
        return tx.handle()
                .createQuery("select subscription, since from failing")
                .map((row, _) -> Map.entry(
                        row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// Whether anything was taken since then, or may have been: another node may have had more luck.
    /// When no attempts are kept, nobody can tell; then whatever another node works on counts as taken,
    /// since a subscription that is disabled by mistake loses more than one that fails for longer.
    boolean wasAccepted(Transaction tx, int subscription, Instant since) {
        return switch (kept) {
            case ALL -> isOnRecord(tx, subscription, since);
            case NONE -> workSeveralNodes(tx);
        };
    }

    private static boolean isOnRecord(Transaction tx, int subscription, Instant since) {
        return tx.handle()
                .createQuery("""
                        select exists (select
                                         from attempt
                                        where subscription = :subscription
                                          and outcome = 'accepted'
                                          and started > :since)
                        """)
                .bind("subscription", subscription)
                .bind("since", BatchStatement.utc(since))
                .mapTo(Boolean.class)
                .one();
    }

    private static boolean workSeveralNodes(Transaction tx) {
        return tx.handle()
                .createQuery("select count(distinct node) > 1 from feed_cursor")
                .mapTo(Boolean.class)
                .one();
    }
}
