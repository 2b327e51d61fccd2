package no.budstikke.delivery;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import no.budstikke.subscription.MarkValidated;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import no.budstikke.time.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a new subscription's endpoint the validation event; an endpoint that takes it gets events from
/// then on. Fired by a durable timer. Spec: events §4.8.
final class ValidateEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(ValidateEndpoint.class);

    /// The subscription then stays unvalidated; creating it again starts anew. Spec: events §1.4.
    private static final int MOST_ATTEMPTS = 9;

    private final SubscriptionIndex subscriptions;
    private final MarkValidated markValidated;
    private final WebhookClient webhooks;
    private final Ids ids;
    private final URI eventsApi;

    /// @param eventsApi such as `https://platform.example/events/api/v1/`
    ValidateEndpoint(
            SubscriptionIndex subscriptions,
            MarkValidated markValidated,
            WebhookClient webhooks,
            Ids ids,
            URI eventsApi) {
        this.subscriptions = subscriptions;
        this.markValidated = markValidated;
        this.webhooks = webhooks;
        this.ids = ids;
        this.eventsApi = eventsApi;
    }

    /// Throws when the endpoint is to be tried again.
    void validate(String id, int attempt) {
        // The timer may fire before the index here has heard of the subscription.
        subscriptions.refresh();
        Optional<Subscription> subscription = subscriptions.find(Integer.parseInt(id));
        if (subscription.isEmpty()) {
            LOG.info("subscription {} was deleted before its endpoint was validated", id);
            return;
        }
        String eventId = ids.random().toString();
        Outcome outcome = webhooks.post(new WebhookRequest(
                subscription.get().id(),
                subscription.get().endPoint(),
                eventId,
                WebhookRequest.ONE_EVENT,
                WebhookBody.forEndpoint(event(eventId, id), subscription.get()),
                Optional.empty()));
        if (outcome instanceof Outcome.Accepted) {
            markValidated.validated(Integer.parseInt(id));
        } else if (attempt < MOST_ATTEMPTS) {
            throw new EndpointNotValidated("subscription " + id + ": the endpoint did not take the validation event: "
                    + outcome.word()
                    + outcome.httpStatus().map(status -> " " + status).orElse(""));
        } else {
            LOG.warn(
                    "subscription {} stays unvalidated: its endpoint did not take the validation event in {} attempts",
                    id,
                    attempt);
        }
    }

    private static final class EndpointNotValidated extends RuntimeException {

        private static final long serialVersionUID = 1;

        EndpointNotValidated(String message) {
            super(message);
        }
    }

    private byte[] event(String eventId, String id) {
        return """
                {"specversion":"1.0","id":"%s","source":"%ssubscriptions/%s","type":"platform.events.validatesubscription"}""".formatted(eventId, eventsApi, id).getBytes(StandardCharsets.UTF_8);
    }
}
