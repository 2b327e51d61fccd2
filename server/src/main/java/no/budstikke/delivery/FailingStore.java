package no.budstikke.delivery;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.stream.Collectors;
import no.budstikke.database.Transaction;

/// Which subscriptions have got nothing but failures for a while.
final class FailingStore {

    void put(Transaction tx, int subscription, Instant since) {
        tx.handle()
                .createUpdate("""
                        insert into failing (subscription, since)
                        values (:subscription, :since)
                        on conflict do nothing
                        """)
                .bind("subscription", subscription)
                .bind("since", BatchStatement.utc(since))
                .execute();
    }

    void remove(Transaction tx, int subscription) {
        tx.handle().execute("delete from failing where subscription = ?", subscription);
    }

    Map<Integer, Instant> all(Transaction tx) {
        return tx.handle()
                .createQuery("select subscription, since from failing")
                .map((row, _) -> Map.entry(
                        row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// Whether anything was taken since then: another node may have had more luck.
    boolean wasAccepted(Transaction tx, int subscription, Instant since) {
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
}
