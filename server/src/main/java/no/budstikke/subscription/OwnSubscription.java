package no.budstikke.subscription;

import java.util.Optional;

/// What a caller may know of the subscription that it asks for by id. Spec: events §2.10, §4.7.
public sealed interface OwnSubscription {

    record Yours(Subscription subscription) implements OwnSubscription {}

    record SomebodyElses() implements OwnSubscription {}

    record Unknown() implements OwnSubscription {}

    static OwnSubscription of(Optional<Subscription> found, Optional<String> consumer) {
        return found.<OwnSubscription>map(subscription -> consumer.equals(Optional.of(subscription.createdBy()))
                        ? new Yours(subscription)
                        : new SomebodyElses())
                .orElseGet(Unknown::new);
    }
}
