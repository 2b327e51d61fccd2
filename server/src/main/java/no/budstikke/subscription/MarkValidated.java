package no.budstikke.subscription;

import no.budstikke.database.Database;

/// Takes note that a subscription's endpoint has answered the validation event; from now on it matches.
/// Spec: events
/// §4.8.
public final class MarkValidated {

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;

    MarkValidated(Database database, SubscriptionStore store, SubscriptionIndex index) {
        this.database = database;
        this.store = store;
        this.index = index;
    }

    /// Does nothing when the subscription is gone or validated already.
    public void validated(int id) {
        database.useTransaction(tx -> store.markValidated(tx, id));
        index.refreshAfterCommit();
    }
}
