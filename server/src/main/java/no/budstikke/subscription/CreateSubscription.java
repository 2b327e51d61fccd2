package no.budstikke.subscription;

import java.time.InstantSource;
import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;

/// Subscribes, or finds the same subscription again and has its endpoint validated once more. Spec:
/// events §4.2, §4.5, §4.8.
final class CreateSubscription {

    /// Asks, in the same transaction, for the endpoint to be validated soon.
    @FunctionalInterface
    interface Validation {

        void ask(Transaction tx, int id);
    }

    sealed interface Outcome {

        /// Stored, now or earlier.
        ///
        /// @param warnings one sentence each, for the subscriber
        record Created(Subscription subscription, List<String> warnings) implements Outcome {

            public Created {
                warnings = List.copyOf(warnings);
            }
        }

        record Refused(Refusal why, String resource) implements Outcome {}

        record Unreadable(String member) implements Outcome {}
    }

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;
    private final Admission admission;
    private final FilterWarnings warnings;
    private final Validation validation;
    private final InstantSource time;

    CreateSubscription(
            Database database,
            SubscriptionStore store,
            SubscriptionIndex index,
            Admission admission,
            FilterWarnings warnings,
            Validation validation,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.index = index;
        this.admission = admission;
        this.warnings = warnings;
        this.validation = validation;
        this.time = time;
    }

    Outcome create(Caller caller, SubscriptionRequest request) {
        return switch (admission.of(caller, request)) {
            case Admission.Verdict.Unreadable(String member) -> new Outcome.Unreadable(member);
            case Admission.Verdict.Refused(Refusal why, String resource) -> new Outcome.Refused(why, resource);
            case Admission.Verdict.Admitted(SubscriptionRules.Verdict.Granted granted, String consumer) ->
                new Outcome.Created(store(granted, consumer), warnings.about(request, granted.filters()));
        };
    }

    private Subscription store(SubscriptionRules.Verdict.Granted granted, String consumer) {
        Subscription stored = database.inTransaction(tx -> {
            Subscription subscription = store.add(tx, granted, consumer, time.instant());
            if (!subscription.isPulled()) {
                validation.ask(tx, subscription.id());
            }
            return subscription;
        });
        index.refreshAfterCommit();
        return stored;
    }
}
