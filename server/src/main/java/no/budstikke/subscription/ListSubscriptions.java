package no.budstikke.subscription;

import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Lists the caller's own subscriptions, oldest first. Spec: events §2.9.
final class ListSubscriptions {

    private final Database database;
    private final SubscriptionStore store;

    ListSubscriptions(Database database, SubscriptionStore store) {
        this.database = database;
        this.store = store;
    }

    List<Subscription> list(Caller caller) {
        return Consumer.of(caller)
                .map(consumer -> database.inTransaction(tx -> store.ofConsumer(tx, consumer)))
                .orElseGet(List::of);
    }
}
