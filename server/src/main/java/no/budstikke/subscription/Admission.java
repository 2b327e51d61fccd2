package no.budstikke.subscription;

import java.util.Optional;
import java.util.function.BiPredicate;
import no.budstikke.access.Access;
import no.budstikke.identity.Caller;

/// Whether the caller may have the subscription that it asks for: by the request, its token, and the
/// policy of the resource. Spec: events §4.2, §5.8.
///
/// @param maySubscribe whether a consumer may subscribe to that
record Admission(SubscriptionRules rules, BiPredicate<String, Access.EventTarget> maySubscribe) {

    sealed interface Verdict {

        /// It may have it.
        ///
        /// @param consumer whose the subscription will be
        record Admitted(SubscriptionRules.Verdict.Granted granted, String consumer) implements Verdict {}
    }

    /// It may not have it.
    sealed interface Denial extends Verdict {

        /// By the rules or the policy.
        ///
        /// @param resource for the text of the refusal
        record Refused(Refusal why, String resource) implements Denial {}

        /// The request makes no sense.
        ///
        /// @param member that can't be read
        /// @param why one sentence
        record Unreadable(String member, String why) implements Denial {}
    }

    Verdict of(Caller caller, SubscriptionRequest request) {
        return switch (rules.of(request, caller)) {
            case SubscriptionRules.Verdict.Unreadable(String member, String why) -> new Denial.Unreadable(member, why);
            case SubscriptionRules.Verdict.Refused(Refusal why) -> new Denial.Refused(why, "");
            case SubscriptionRules.Verdict.Granted granted -> {
                Subscription.Filters filters = granted.filters();
                Optional<String> consumer =
                        Consumer.of(caller).filter(found -> maySubscribe.test(found, target(filters)));
                yield consumer.<Verdict>map(found -> new Verdict.Admitted(granted, found))
                        .orElseGet(() -> new Denial.Refused(Refusal.NOT_AUTHORIZED, filters.resource()));
            }
        };
    }

    /// The alternative subject stands in for an absent subject: who wants one party's events needs no
    /// access to all.
    private static Access.EventTarget target(Subscription.Filters filters) {
        return new Access.EventTarget(
                filters.resource(), filters.subject().or(filters::alternativeSubject), Optional.empty());
    }
}
