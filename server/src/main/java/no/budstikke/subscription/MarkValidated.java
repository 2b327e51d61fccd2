package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.database.Database;

/// Takes note that a subscription's endpoint has answered the validation event; from now on it matches.
/// Spec: events §4.8.
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

    /// As [#validated]; gives the subscription as it was before, if there is one. Spec: events §2.12.
    Optional<Subscription> validatedByComponent(int id) {
        Optional<Subscription> before = database.inTransaction(tx -> {
            Optional<Subscription> found = store.find(tx, id);
            found.ifPresent(_ -> store.markValidated(tx, id));
            return found;
        });
        index.refreshAfterCommit();
        return before;
    }
}
