package no.budstikke.subscription;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import no.budstikke.access.Access;
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

        record Refused(Refusal why, String resource) implements Outcome {}

        record Unreadable(String member) implements Outcome {}
    }

    private final Database database;
    private final SubscriptionStore store;
    private final SubscriptionIndex index;
    private final SubscriptionRules rules;
    private final FilterWarnings warnings;
    private final BiPredicate<String, Access.EventTarget> maySubscribe;
    private final Validation validation;
    private final PullCursors cursors;
    private final InstantSource time;

    CreateSubscription(
            Database database,
            SubscriptionStore store,
            SubscriptionIndex index,
            SubscriptionRules rules,
            FilterWarnings warnings,
            BiPredicate<String, Access.EventTarget> maySubscribe,
            Validation validation,
            PullCursors cursors,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.index = index;
        this.rules = rules;
        this.warnings = warnings;
        this.maySubscribe = maySubscribe;
        this.validation = validation;
        this.cursors = cursors;
        this.time = time;
    }

    Outcome create(Caller caller, SubscriptionRequest request) {
        return switch (rules.of(request, caller)) {
            case SubscriptionRules.Verdict.Unreadable(String member) -> new Outcome.Unreadable(member);
            case SubscriptionRules.Verdict.Refused(Refusal why) -> new Outcome.Refused(why, "");
            case SubscriptionRules.Verdict.Granted granted -> {
                Subscription.Filters filters = granted.filters();
                Optional<String> consumer =
                        Consumer.of(caller).filter(found -> maySubscribe.test(found, target(filters)));
                if (consumer.isEmpty()) {
                    yield new Outcome.Refused(Refusal.NOT_AUTHORIZED, filters.resource());
                }
                Optional<EventFeed.Place> beginning =
                        request.pull().flatMap(pull -> cursors.beginning(pull.after()));
                if (request.pull().isPresent() && beginning.isEmpty()) {
                    yield new Outcome.Refused(Refusal.UNKNOWN_AFTER, filters.resource());
                }
                yield new Outcome.Created(
                        store(granted, consumer.get(), beginning), warnings.about(request, filters));
            }
        };
    }

    /// The alternative subject stands in for an absent subject: who wants one party's events needs no
    /// access to all.
    private static Access.EventTarget target(Subscription.Filters filters) {
        return new Access.EventTarget(
                filters.resource(), filters.subject().or(filters::alternativeSubject), Optional.empty());
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
