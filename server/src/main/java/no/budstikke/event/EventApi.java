package no.budstikke.event;

import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import no.budstikke.http.Problem;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;
import no.budstikke.identity.PlatformAuthentication;

/// Publishing and querying over HTTP. Spec: events §2.1, §2.3, §2.4, §2.16.
final class EventApi {

    private static final String PUBLISH_SCOPE = "altinn:events.publish";
    static final String SUBSCRIBE_SCOPE = "altinn:events.subscribe";

    private static final int DEFAULT_SIZE = 50;
    private static final int LARGEST_SIZE = 1000;
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Authentication authentication;
    private final PlatformAuthentication platform;
    private final CloudEventReader reader;
    private final PublishEvent publishEvent;
    private final QueryEvents queryEvents;
    private final PageReply pages;

    EventApi(
            Authentication authentication,
            PlatformAuthentication platform,
            CloudEventReader reader,
            PublishEvent publishEvent,
            QueryEvents queryEvents,
            PageReply pages) {
        this.authentication = authentication;
        this.platform = platform;
        this.reader = reader;
        this.publishEvent = publishEvent;
        this.queryEvents = queryEvents;
        this.pages = pages;
    }

    void addTo(Routes routes) {
        var cloudEvent = new Routes.Consumes.IfAny("application/cloudevents+json");
        var json = new Routes.Consumes.IfAny("application/json");
        routes.add("POST", "/events/api/v1/events", cloudEvent, this::publish)
                .add("GET", "/events/api/v1/events", json, this::query)
                .add("POST", "/events/api/v1/tests/webhookreceiver", json, EventApi::swallow);
        for (String method : METHODS) {
            routes.add(method, "/events/api/v1/error", request -> Problem.reply(request, 500, null));
        }
    }

    /// A sink for whoever measures. Spec: events §2.16.
    private static Reply swallow(Request request) {
        request.body();
        return Reply.empty(200);
    }

    private Reply publish(Request request) {
        return authentication.authenticated(
                request,
                caller -> caller.hasScope(PUBLISH_SCOPE)
                                || platform.caller(request).isPresent()
                        ? publish(request, caller)
                        : missing(PUBLISH_SCOPE));
    }

    /// 403 without a body; the header says why (RFC 6750 §3.1).
    static Reply missing(String scope) {
        return Reply.empty(403)
                .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"%s\"".formatted(scope));
    }

    private Reply publish(Request request, Caller caller) {
        Optional<Charset> charset = BodyText.charset(request);
        if (charset.isEmpty()) {
            return Problem.reply(request, 415, null);
        }
        return switch (reader.read(request.body(), charset.get())) {
            case CloudEventReading.Accepted(CloudEvent event) ->
                switch (publishEvent.publish(caller, event)) {
                    case STORED -> Reply.empty(200);
                    case DENIED -> Reply.empty(403);
                    case UNAVAILABLE -> Problem.reply(request, 503, null).with("Retry-After", "1");
                };
            case CloudEventReading.Unreadable(String message) -> {
                publishEvent.invalid();
                yield Problem.validation(request, Map.of("RequestBody", List.of(message)));
            }
            case CloudEventReading.Refused refused -> {
                publishEvent.invalid();
                yield Problem.reply(request, 400, refused.detail());
            }
        };
    }

    private Reply query(Request request) {
        return authentication.authenticated(
                request,
                caller -> caller.hasScope(SUBSCRIBE_SCOPE) ? query(request, caller) : missing(SUBSCRIBE_SCOPE));
    }

    private Reply query(Request request, Caller caller) {
        QueryParameters query = request.query();
        String resource = query.first("resource").orElse("");
        String after = query.first("after").orElse("");
        Optional<String> subject = query.first("subject").filter(text -> !text.isEmpty());
        Optional<String> alternativeSubject =
                request.header("Altinn-AlternativeSubject").filter(text -> !text.isEmpty());
        OptionalInt size = size(query);

        var errors = new LinkedHashMap<String, List<String>>();
        if (resource.isEmpty()) {
            errors.put("resource", List.of("The resource field is required."));
        }
        if (size.isEmpty()) {
            errors.put(
                    "size",
                    List.of("The value '%s' is not valid."
                            .formatted(query.first("size").orElse(""))));
        }
        if (!errors.isEmpty()) {
            return Problem.validation(request, errors);
        }
        if (!resource.startsWith(ResourceUrn.REGISTERED)) {
            return Problem.reply(
                    request, 400, "The 'resource' parameter must begin with `%s`".formatted(ResourceUrn.REGISTERED));
        }
        if (after.isEmpty()) {
            return Problem.reply(request, 400, "The 'after' parameter must be defined.");
        }
        if (subject.isPresent() && alternativeSubject.isPresent()) {
            return Problem.reply(request, 400, "Only one of 'subject' or 'alternativeSubject' can be defined.");
        }
        List<String> types = Patterns.of(query.all("type"));
        var page = new EventStore.Page(resource, after, subject, alternativeSubject, types, size.getAsInt());
        QueryEvents.Found found = queryEvents.query(caller, page);
        Optional<String> first = alternativeSubject.isPresent()
                ? found.seen().stream().findFirst().flatMap(CloudEvent::subject)
                : Optional.empty();
        return pages.of(request, found, first);
    }

    /// Empty when it is no number. Spec: events §2.4.
    private static OptionalInt size(QueryParameters query) {
        String written = query.first("size").orElse("");
        if (written.isEmpty()) {
            return OptionalInt.of(DEFAULT_SIZE);
        }
        try {
            int size = Integer.parseInt(written.strip());
            return OptionalInt.of(size < 1 ? DEFAULT_SIZE : Math.min(size, LARGEST_SIZE));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }
}
