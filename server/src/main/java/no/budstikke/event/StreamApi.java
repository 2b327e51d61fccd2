package no.budstikke.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.http.Problem;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;

/// The stream of events over HTTP (Server-Sent Events), with the parameters of the query.
final class StreamApi {

    private final Authentication authentication;
    private final StreamEvents streams;

    StreamApi(Authentication authentication, StreamEvents streams) {
        this.authentication = authentication;
        this.streams = streams;
    }

    void addTo(Routes routes) {
        routes.add(
                "GET",
                "/events/api/v1/events/stream",
                request -> authentication.authenticated(
                        request,
                        caller -> caller.hasScope(EventApi.SUBSCRIBE_SCOPE)
                                ? open(request, caller)
                                : EventApi.missing(EventApi.SUBSCRIBE_SCOPE)));
    }

    private Reply open(Request request, Caller caller) {
        QueryParameters query = request.query();
        String resource = query.first("resource").orElse("");
        Optional<String> subject = query.first("subject").filter(text -> !text.isEmpty());
        Optional<String> alternativeSubject =
                request.header("Altinn-AlternativeSubject").filter(text -> !text.isEmpty());
        if (resource.isEmpty()) {
            return Problem.validation(request, Map.of("resource", List.of("The resource field is required.")));
        }
        if (!resource.startsWith(ResourceUrn.REGISTERED)) {
            return Problem.reply(
                    request, 400, "The 'resource' parameter must begin with `%s`".formatted(ResourceUrn.REGISTERED));
        }
        if (subject.isPresent() && alternativeSubject.isPresent()) {
            return Problem.reply(request, 400, "Only one of 'subject' or 'alternativeSubject' can be defined.");
        }
        // A reader that connects again tells in the header how far it got, and still has the old parameter.
        Optional<String> after = request.header("Last-Event-ID")
                .filter(text -> !text.isEmpty())
                .or(() -> query.first("after").filter(text -> !text.isEmpty()));
        List<String> types = Patterns.of(query.all("type"));
        return streams.open(
                        caller,
                        new EventLookupStore.Selection(resource, subject, alternativeSubject, types),
                        after,
                        () -> authentication.caller(request).isPresent())
                .map(stream -> Reply.streamed(200, Reply.EVENT_STREAM, stream)
                        .with("Cache-Control", "no-store")
                        .with("X-Accel-Buffering", "no"))
                .orElseGet(() -> Problem.reply(request, 503, "There are too many streams.")
                        .with("Retry-After", "5"));
    }
}
