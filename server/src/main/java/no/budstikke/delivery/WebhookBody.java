package no.budstikke.delivery;

import no.budstikke.subscription.Subscription;

/// What is sent to a webhook for an event. Spec: events §6.1.
final class WebhookBody {

    private WebhookBody() {}

    /// The event as this subscription wants it; not to be changed.
    static byte[] of(TrackedEvent event, Subscription subscription) {
        return event.body();
    }
}
