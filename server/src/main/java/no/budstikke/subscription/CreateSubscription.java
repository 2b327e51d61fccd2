package no.budstikke.subscription;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
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

        record Denied(Admission.Denial why) implements Outcome {}
    }

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;
    private final Admission admission;
    private final FilterWarnings warnings;
    private final Validation validation;
    private final PullCursors cursors;
    private final InstantSource time;

    CreateSubscription(
            Database database,
            SubscriptionStore store,
            SubscriptionIndex index,
            Admission admission,
            FilterWarnings warnings,
            Validation validation,
            PullCursors cursors,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.index = index;
        this.admission = admission;
        this.warnings = warnings;
        this.validation = validation;
        this.cursors = cursors;
        this.time = time;
    }

    Outcome create(Caller caller, SubscriptionRequest request) {
        return switch (admission.of(caller, request)) {
            case Admission.Denial why -> new Outcome.Denied(why);
            case Admission.Verdict.Admitted(SubscriptionRules.Verdict.Granted granted, String consumer) ->
                created(request, granted, consumer);
        };
    }

    private Outcome created(SubscriptionRequest request, SubscriptionRules.Verdict.Granted granted, String consumer) {
        Optional<EventFeed.Place> beginning = request.pull().flatMap(pull -> cursors.beginning(pull.after()));
        if (request.pull().isPresent() && beginning.isEmpty()) {
            return new Outcome.Denied(new Admission.Denial.Refused(Refusal.UNKNOWN_AFTER, ""));
        }
        return new Outcome.Created(store(granted, consumer, beginning), warnings.about(request, granted.filters()));
    }

    private Subscription store(
            SubscriptionRules.Verdict.Granted granted, String consumer, Optional<EventFeed.Place> beginning) {
        Subscription stored = database.inTransaction(tx -> {
            Subscription subscription = store.add(tx, granted, consumer, time.instant());
            beginning.ifPresent(place -> cursors.start(tx, subscription.id(), place));
            if (!subscription.isPulled()) {
                validation.ask(tx, subscription.id());
            }
            return subscription;
        });
        index.refreshAfterCommit();
        return stored;
    }
}
