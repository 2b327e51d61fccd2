package no.budstikke.owner;

import java.util.Optional;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;

/// When deliveries can be made once more.
final class Repairs {

    private Repairs() {}

    /// What keeps events from being sent to this subscription, in a sentence for its owner; empty when
    /// nothing does. To be paused is no obstacle: what is asked for waits like everything else.
    static Optional<String> obstacle(Subscription subscription) {
        if (subscription.isPulled()) {
            return Optional.of("Nothing is sent to this subscription: its events are pulled.");
        }
        if (subscription.standing() instanceof Standing.Disabled(var since, String reason)) {
            return Optional.of("The subscription is disabled since " + since + ": " + reason
                    + " Create it again, so that its endpoint is validated; then try again.");
        }
        return subscription.validated()
                ? Optional.empty()
                : Optional.of("The subscription's endpoint has not been validated yet.");
    }
}
