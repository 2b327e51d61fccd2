package no.budstikke.event;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import no.budstikke.event.EventFigures.Publish;
import no.budstikke.http.Json;
import no.budstikke.identity.PlatformCaller;
import no.budstikke.time.Ids;

/// Takes an app's event into the log: gives it an id and the time, and tells its resource from its
/// source. Spec: events §2.2, §3.5.
final class PublishAppEvent {

    private final CloudEventReader reader;
    private final StoreEvent storeEvent;
    private final Ids ids;
    private final InstantSource time;

    PublishAppEvent(CloudEventReader reader, StoreEvent storeEvent, Ids ids, InstantSource time) {
        this.reader = reader;
        this.storeEvent = storeEvent;
        this.ids = ids;
        this.time = time;
    }

    /// What comes of it.
    sealed interface Outcome {

        /// Durable, under this id.
        record Registered(String id) implements Outcome {}

        /// `source`, `specversion`, `type` or `subject` is not there.
        record Incomplete() implements Outcome {}

        /// The source belongs to another app.
        record NotTheApps() implements Outcome {}

        /// No CloudEvent can be made of it.
        record Unfit(String message) implements Outcome {}

        /// Not now; publishing again is right.
        record Unavailable() implements Outcome {}
    }

    /// Returns when the event is durable.
    Outcome publish(PlatformCaller app, AppEventRequest request) {
        if (!request.isComplete()) {
            return refused(Publish.INVALID, new Outcome.Incomplete());
        }
        AppSource source = AppSource.of(request.source());
        if (!source.belongsTo(app)) {
            return refused(Publish.DENIED, new Outcome.NotTheApps());
        }
        byte[] event = event(request, source).getBytes(StandardCharsets.UTF_8);
        return switch (reader.read(event, StandardCharsets.UTF_8, CloudEventReader.Resources.ANY)) {
            case CloudEventReading.Accepted(CloudEvent accepted) -> stored(accepted);
            case CloudEventReading.Unreadable(String message) -> refused(Publish.INVALID, new Outcome.Unfit(message));
            case CloudEventReading.Refused refused -> refused(Publish.INVALID, new Outcome.Unfit(refused.detail()));
        };
    }

    private Outcome refused(Publish why, Outcome outcome) {
        storeEvent.publishes().count(why);
        return outcome;
    }

    private String event(AppEventRequest request, AppSource source) {
        var event = Json.SPARSE
                .createObjectNode()
                .put("specversion", "1.0")
                .put("id", ids.random().toString())
                .put("source", request.source())
                .put("type", request.type())
                .put("subject", request.subject())
                .put("time", time.instant().toString())
                .put("resource", source.resource());
        source.instance().ifPresent(instance -> event.put("resourceinstance", instance));
        if (!request.alternativeSubject().isEmpty()) {
            event.put("alternativesubject", request.alternativeSubject());
        }
        return event.toString();
    }

    private Outcome stored(CloudEvent event) {
        return switch (storeEvent.store(event)) {
            case STORED -> new Outcome.Registered(event.id());
            case CROWDED, UNAVAILABLE -> new Outcome.Unavailable();
            case UNFIT ->
                throw new IllegalStateException("event " + event.id() + " passed all checks but can't be stored");
        };
    }
}
