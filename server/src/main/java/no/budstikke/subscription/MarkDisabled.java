package no.budstikke.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Transaction;

/// Takes note that a subscription's endpoint wants nothing more, or has taken nothing for too long: it
/// matches nothing until its endpoint is validated again, which subscribing once more asks for.
public final class MarkDisabled {

    private final SubscriptionStore store;
    private final SubscriptionIndex index;

    MarkDisabled(SubscriptionStore store, SubscriptionIndex index) {
        this.store = store;
        this.index = index;
    }

    /// What changed.
    ///
    /// @param subscription as it was before
    /// @param others its consumer's other subscriptions that get events now
    public record Disabled(Subscription subscription, List<Subscription> others) {

        public Disabled {
            others = List.copyOf(others);
        }
    }

    /// Empty when it is gone or was disabled before. The index follows after the commit.
    ///
    /// @param reason one sentence for its owner
    public Optional<Disabled> disable(Transaction tx, int id, String reason, Instant now) {
        Optional<Subscription> before = index.find(id);
        if (before.isEmpty() || !store.disable(tx, id, reason, now)) {
            return Optional.empty();
        }
        tx.afterCommit(index::refreshAfterCommit);
        List<Subscription> others = store.ofConsumer(tx, before.get().consumer()).stream()
                .filter(other -> other.id() != id && isServed(other))
                .toList();
        return Optional.of(new Disabled(before.get(), others));
    }

    private static boolean isServed(Subscription subscription) {
        return subscription.validated()
                && !subscription.isPulled()
                && !(subscription.standing() instanceof Standing.Disabled);
    }
}
