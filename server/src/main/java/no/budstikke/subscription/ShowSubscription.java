package no.budstikke.subscription;

import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Shows one subscription to its owner. Spec: events §2.10.
public final class ShowSubscription {

    private final Database database;
    private final SubscriptionStore store;

    ShowSubscription(Database database, SubscriptionStore store) {
        this.database = database;
        this.store = store;
    }

    public OwnSubscription show(Caller caller, int id) {
        return OwnSubscription.of(database.inTransaction(tx -> store.find(tx, id)), Consumer.of(caller));
    }
}
