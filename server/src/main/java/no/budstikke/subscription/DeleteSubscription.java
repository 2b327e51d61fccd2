package no.budstikke.subscription;

import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Ends a subscription for its owner; it matches nothing more. Spec: events §2.11.
final class DeleteSubscription {

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;

    DeleteSubscription(Database database, SubscriptionStore store, SubscriptionIndex index) {
        this.database = database;
        this.store = store;
        this.index = index;
    }

    /// What was there; gone if it was the caller's.
    OwnSubscription delete(Caller caller, int id) {
        OwnSubscription own = database.inTransaction(tx -> {
            OwnSubscription found = OwnSubscription.of(store.find(tx, id), Consumer.of(caller));
            if (found instanceof OwnSubscription.Yours) {
                store.delete(tx, id);
            }
            return found;
        });
        index.refreshAfterCommit();
        return own;
    }
}
