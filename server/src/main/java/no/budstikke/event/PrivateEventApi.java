package no.budstikke.event;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.PlatformAuthentication;

/// What the components of the platform say to each other: open to platform access tokens of the issuers
/// that the operator chose, and to nobody else. Storing an event is what has it matched and sent, so the
/// three ways to hand one in differ in the words of their failures only. Spec: events §2.13–§2.15;
/// docs/decisions/0006-app-events.md.
final class PrivateEventApi {

    private static final String BASE = "/events/api/v1";

    private final PlatformAuthentication platform;
    private final CloudEventReader reader;
    private final StoreEvent storeEvent;
    private final TraceStore traces;

    PrivateEventApi(
            PlatformAuthentication platform, CloudEventReader reader, StoreEvent storeEvent, TraceStore traces) {
        this.platform = platform;
        this.reader = reader;
        this.storeEvent = storeEvent;
        this.traces = traces;
    }

    void addTo(Routes routes) {
        var cloudEvent = new Routes.Consumes.IfAny("application/cloudevents+json");
        var json = new Routes.Consumes.IfAny("application/json");
        routes.add("POST", BASE + "/storage/events", cloudEvent, request -> take(request, PrivateEventApi::notSaved))
                .add("POST", BASE + "/inbound", cloudEvent, request -> take(request, PrivateEventApi::notTaken))
                .add("POST", BASE + "/outbound", cloudEvent, request -> take(request, PrivateEventApi::notTaken))
                .add("POST", BASE + "/storage/events/logs", json, this::log);
    }

    private static String notSaved(String id) {
        return "Failed to save event with ID " + id + " to storage.";
    }

    private static String notTaken(String id) {
        return "The event with ID " + id + " has no resource, or could not be stored.";
    }

    /// @param failure the text that says so for an event's id
    private Reply take(Request request, UnaryOperator<String> failure) {
        return platform.privately(request, _ -> {
            Optional<Charset> charset = BodyText.charset(request);
            if (charset.isEmpty()) {
                return Problem.reply(request, 415, null);
            }
            return switch (reader.read(request.body(), charset.get(), CloudEventReader.Resources.ANY)) {
                case CloudEventReading.Accepted(CloudEvent event) ->
                    switch (storeEvent.store(event)) {
                        case STORED -> Reply.empty(200);
                        case CROWDED, UNAVAILABLE, UNFIT -> Reply.json(503, Json.SPARSE, failure.apply(event.id()));
                    };
                case CloudEventReading.Unreadable(String message) ->
                    Problem.validation(request, Map.of("RequestBody", List.of(message)));
                case CloudEventReading.Refused refused -> Reply.json(503, Json.SPARSE, failure.apply(refused.id()));
            };
        });
    }

    private Reply log(Request request) {
        return platform.privately(request, _ -> {
            Optional<Charset> charset = BodyText.charset(request);
            if (charset.isEmpty()) {
                return Problem.reply(request, 415, null);
            }
            try {
                return TraceEntry.read(request.body(), charset.get())
                        .map(entry -> {
                            traces.add(entry);
                            return Reply.empty(201);
                        })
                        .orElseGet(() -> Problem.reply(request, 400, null));
            } catch (JsonBody.Unreadable e) {
                return Problem.validation(request, Map.of(e.key(), List.of(e.text())));
            }
        });
    }
}
