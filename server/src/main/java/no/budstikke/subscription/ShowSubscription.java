package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Shows one subscription to its owner. One that is shown as validated matches on this node from then
/// on, at the latest. Spec: events §2.10.
final class ShowSubscription {

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;

    ShowSubscription(Database database, SubscriptionStore store, SubscriptionIndex index) {
        this.database = database;
        this.store = store;
        this.index = index;
    }

    OwnSubscription show(Caller caller, int id) {
        Optional<Subscription> found = database.inTransaction(tx -> store.find(tx, id));
        if (found.filter(Subscription::validated).isPresent()
                && index.find(id).filter(Subscription::validated).isEmpty()) {
            index.refreshAfterCommit();
        }
        return OwnSubscription.of(found, Consumer.of(caller));
    }
}
