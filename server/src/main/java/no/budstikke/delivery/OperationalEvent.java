package no.budstikke.delivery;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import no.budstikke.event.CloudEvent;
import no.budstikke.http.Json;
import no.budstikke.subscription.Subscription;

/// Events by which the server tells a subscriber of something about its own subscriptions. They are in
/// the log like all others, under a resource of their own, on which nobody can be given a right: they
/// match no filter and are in no query. A delivery of one is made by addressing it ([Backlog#address]).
final class OperationalEvent {

    static final String RESOURCE = "urn:budstikke:operational";

    private OperationalEvent() {}

    static boolean isOne(CloudEvent event) {
        return event.resource().equals(RESOURCE);
    }

    /// Whether it is one, and meant for this consumer.
    static boolean isFor(CloudEvent event, String consumer) {
        return isOne(event) && event.subject().filter(consumer::equals).isPresent();
    }

    /// A subscription was disabled.
    ///
    /// @param eventsApi such as `https://platform.example/events/api/v1/`
    static CloudEvent disabled(String id, Subscription subscription, String reason, Instant now, URI eventsApi) {
        String source = eventsApi + "subscriptions/" + subscription.id();
        String type = "platform.events.subscriptiondisabled";
        String time = now.toString();
        var data = Json.SPARSE
                .createObjectNode()
                .put("subscription", subscription.id())
                .put("endPoint", subscription.endPoint().toString())
                .put("reason", reason);
        String json = Json.SPARSE
                .createObjectNode()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", source)
                .put("type", type)
                .put("resource", RESOURCE)
                .put("subject", subscription.consumer())
                .put("time", time)
                .put("datacontenttype", "application/json")
                .set("data", data)
                .toString();
        return new CloudEvent(
                id,
                source,
                type,
                RESOURCE,
                Optional.empty(),
                Optional.of(subscription.consumer()),
                Optional.empty(),
                Optional.of(time),
                json);
    }
}
