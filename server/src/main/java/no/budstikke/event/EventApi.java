package no.budstikke.event;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.budstikke.http.Problem;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;

/// Publishing and querying over HTTP. Spec: events §2.3, §2.4, §2.16.
final class EventApi {

    private static final String PUBLISH_SCOPE = "altinn:events.publish";
    private static final String SUBSCRIBE_SCOPE = "altinn:events.subscribe";

    private static final int DEFAULT_SIZE = 50;
    private static final int LARGEST_SIZE = 1000;
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);

    private final Authentication authentication;
    private final CloudEventReader reader;
    private final PublishEvent publishEvent;
    private final QueryEvents queryEvents;
    private final String baseUrl;

    /// @param baseUrl what stands before the path in `next`, without a slash at the end
    EventApi(
            Authentication authentication,
            CloudEventReader reader,
            PublishEvent publishEvent,
            QueryEvents queryEvents,
            String baseUrl) {
        this.authentication = authentication;
        this.reader = reader;
        this.publishEvent = publishEvent;
        this.queryEvents = queryEvents;
        this.baseUrl = baseUrl;
    }

    void addTo(Routes routes) {
        var cloudEvents = new Routes.Consumes.Only("application/cloudevents+json", _ -> Reply.empty(415));
        routes.add("POST", "/events/api/v1/events", cloudEvents, this::publish)
                .add("GET", "/events/api/v1/events", this::query)
                .add("POST", "/events/api/v1/tests/webhookreceiver", EventApi::swallow);
    }

    /// A sink for whoever measures. Spec: events §2.16.
    private static Reply swallow(Request request) {
        request.body();
        return Reply.empty(200);
    }

    private Reply publish(Request request) {
        return authentication.authenticated(
                request, caller -> caller.hasScope(PUBLISH_SCOPE) ? publish(request, caller) : missing(PUBLISH_SCOPE));
    }

    /// 403 without a body; the header says why (RFC 6750 §3.1).
    private static Reply missing(String scope) {
        return Reply.empty(403)
                .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"%s\"".formatted(scope));
    }

    private Reply publish(Request request, Caller caller) {
        Optional<Charset> charset = charset(request);
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
            case CloudEventReading.Refused(String detail) -> {
                publishEvent.invalid();
                yield Problem.reply(request, 400, detail);
            }
        };
    }

    /// Empty for one that the contract does not know. Spec: events §2.
    private static Optional<Charset> charset(Request request) {
        var parameter = CHARSET.matcher(request.header("Content-Type").orElse(""));
        if (!parameter.find()) {
            return Optional.of(StandardCharsets.UTF_8);
        }
        return switch (parameter.group(1).toLowerCase(Locale.ROOT)) {
            case "utf-8" -> Optional.of(StandardCharsets.UTF_8);
            case "utf-16", "utf-16le" -> Optional.of(StandardCharsets.UTF_16LE);
            default -> Optional.empty();
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
        List<String> types = query.all("type").stream()
                .filter(type -> !type.isEmpty())
                .map(EventApi::complete)
                .toList();
        var page = new EventStore.Page(resource, after, subject, alternativeSubject, types, size.getAsInt());
        return answered(request, alternativeSubject.isPresent(), queryEvents.query(caller, page));
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

    /// A pattern must not end within an escape: a lone backslash at the end stands for itself.
    private static String complete(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 0 ? pattern : pattern + "\\";
    }

    private Reply answered(Request request, boolean byAlternativeSubject, QueryEvents.Found found) {
        String events = found.seen().stream().map(CloudEvent::jsonInUtc).collect(Collectors.joining(", ", "[", "]"));
        Reply reply = Reply.text(200, Reply.CLOUD_EVENTS, events);
        if (found.lastScanned().isEmpty()) {
            return reply;
        }
        Optional<String> subject = byAlternativeSubject
                ? found.seen().stream().findFirst().flatMap(CloudEvent::subject)
                : Optional.empty();
        return reply.with(
                "next",
                NextPage.address(
                        baseUrl,
                        request.path(),
                        request.query(),
                        found.lastScanned().get(),
                        subject));
    }
}
