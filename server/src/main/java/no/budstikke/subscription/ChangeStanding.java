package no.budstikke.subscription;

import java.time.InstantSource;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;

/// Pauses a subscription for its owner, and lets it go on. What matches in between is kept, and sent
/// then.
final class ChangeStanding {

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;
    private final InstantSource time;

    ChangeStanding(Database database, SubscriptionStore store, SubscriptionIndex index, InstantSource time) {
        this.database = database;
        this.store = store;
        this.index = index;
        this.time = time;
    }

    sealed interface Outcome {

        /// As it is now; it may have been so before.
        record Done(Subscription subscription) implements Outcome {}

        /// Not as things are.
        ///
        /// @param why one sentence for the owner
        record Refused(String why) implements Outcome {}

        record NotYours(OwnSubscription found) implements Outcome {}
    }

    Outcome pause(Caller caller, int id) {
        return change(caller, id, tx -> store.pause(tx, id, time.instant()));
    }

    Outcome resume(Caller caller, int id) {
        return change(caller, id, tx -> store.resume(tx, id));
    }

    private Outcome change(Caller caller, int id, java.util.function.Consumer<Transaction> write) {
        Outcome outcome = database.inTransaction(tx -> {
            OwnSubscription own = OwnSubscription.of(store.find(tx, id), Consumer.of(caller));
            if (!(own instanceof OwnSubscription.Yours(Subscription subscription))) {
                return new Outcome.NotYours(own);
            }
            if (subscription.isPulled()) {
                return new Outcome.Refused("Nothing is sent to this subscription: its events are pulled.");
            }
            if (subscription.standing() instanceof Standing.Disabled disabled) {
                return new Outcome.Refused("The subscription is disabled: " + disabled.reason());
            }
            write.accept(tx);
            return new Outcome.Done(store.find(tx, id).orElse(subscription));
        });
        if (outcome instanceof Outcome.Done) {
            index.refreshAfterCommit();
        }
        return outcome;
    }
}
