package no.budstikke.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import no.budstikke.http.Json;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Problem;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;
import no.budstikke.subscription.OwnSubscription;
import no.budstikke.subscription.PullCursors;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.Subscription;

/// Fetching and acknowledging events over HTTP, for the owner of a subscription without an endpoint.
final class PullApi {

    private static final String SUBSCRIPTION = "/events/api/v1/subscriptions/{id}";
    private static final String SCOPE = "altinn:events.subscribe";
    private static final String APP = "urn:altinn:resource:app_";

    private static final int DEFAULT_MAX = 100;
    private static final int LARGEST_MAX = 1_000;
    private static final int LONGEST_WAIT = 60_000;
    private static final int LARGEST_BODY = 64 * 1024;

    private final Authentication authentication;
    private final ShowSubscription show;
    private final PullEvents pull;
    private final PullCursors cursors;
    private final InstantSource time;

    PullApi(
            Authentication authentication,
            ShowSubscription show,
            PullEvents pull,
            PullCursors cursors,
            InstantSource time) {
        this.authentication = authentication;
        this.show = show;
        this.pull = pull;
        this.cursors = cursors;
        this.time = time;
    }

    void addRoutes(Routes routes) {
        var json = new Routes.Consumes.Only("application/json", _ -> Reply.empty(415));
        routes.add("GET", SUBSCRIPTION + "/events", request -> pulled(request, mine -> events(request, mine)));
        routes.add(
                "POST",
                SUBSCRIPTION + "/acknowledge",
                json,
                request -> pulled(request, mine -> acknowledge(request, mine)));
    }

    /// Lets the owner of a pulled subscription through. Events are read with the scope for that, as by
    /// the query, except those of apps, which need none anywhere.
    private Reply pulled(Request request, Function<Subscription, Reply> work) {
        return authentication.authenticated(
                request,
                caller -> PathNumber.integer(request, "id", id -> switch (show.show(caller, id)) {
                    case OwnSubscription.Yours(Subscription subscription) ->
                        mayRead(caller, subscription) ? of(request, subscription, work) : missingScope();
                    case OwnSubscription.SomebodyElses _ -> Reply.empty(403);
                    case OwnSubscription.Unknown _ -> Reply.empty(404);
                }));
    }

    private static Reply of(Request request, Subscription subscription, Function<Subscription, Reply> work) {
        return subscription.isPulled()
                ? work.apply(subscription)
                : Problem.reply(request, 409, "The events of this subscription are sent to its endpoint.");
    }

    private static boolean mayRead(Caller caller, Subscription subscription) {
        return caller.hasScope(SCOPE)
                || subscription.filters().resource().toLowerCase(Locale.ROOT).startsWith(APP);
    }

    private static Reply missingScope() {
        return Reply.empty(403)
                .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"%s\"".formatted(SCOPE));
    }

    private Reply events(Request request, Subscription subscription) {
        QueryParameters query = request.query();
        String max = query.first("max").orElse("");
        String wait = query.first("waitMs").orElse("");
        OptionalInt most = max.isEmpty() ? OptionalInt.of(DEFAULT_MAX) : number(max);
        OptionalInt patience = wait.isEmpty() ? OptionalInt.of(0) : number(wait);
        var errors = new LinkedHashMap<String, List<String>>();
        if (most.isEmpty() || most.getAsInt() < 1 || most.getAsInt() > LARGEST_MAX) {
            errors.put("max", List.of("This must be a whole number from 1 to " + LARGEST_MAX + "."));
        }
        if (patience.isEmpty() || patience.getAsInt() < 0 || patience.getAsInt() > LONGEST_WAIT) {
            errors.put("waitMs", List.of("This must be a whole number from 0 to " + LONGEST_WAIT + "."));
        }
        if (!errors.isEmpty()) {
            return Problem.validation(request, errors);
        }
        List<String> found = pull.pull(subscription, most.orElseThrow(), Duration.ofMillis(patience.orElseThrow()));
        return Reply.text(200, Reply.CLOUD_EVENTS_BATCH, "[" + String.join(", ", found) + "]");
    }

    private Reply acknowledge(Request request, Subscription subscription) {
        byte[] body = request.body();
        if (body.length > LARGEST_BODY) {
            return Problem.reply(request, 413, null);
        }
        JsonNode json;
        try {
            json = Json.SPARSE.readTree(body);
        } catch (JsonProcessingException e) {
            return Problem.validation(
                    request, Map.of("$", List.of("The body is not valid JSON: " + e.getOriginalMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can't be read", e);
        }
        JsonNode id = json.path("id");
        if (!id.isTextual() || id.asText().isEmpty()) {
            return Problem.validation(
                    request, Map.of("$.id", List.of("This must be the id of the last event that was dealt with.")));
        }
        return cursors.acknowledge(subscription.id(), id.asText(), time.instant())
                ? Reply.empty(204)
                : Problem.validation(request, Map.of("$.id", List.of("There is no event with this id.")));
    }

    private static OptionalInt number(String text) {
        try {
            return OptionalInt.of(Integer.parseInt(text.strip()));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }
}
