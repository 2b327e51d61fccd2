package no.budstikke.owner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.http.Json;
import no.budstikke.http.JsonBody;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/// Replays over HTTP, for the owner of the subscription.
final class ReplayApi {

    private static final String REPLAYS = "/events/api/v1/subscriptions/{id}/replays";
    private static final int DEFAULT_RATE = 50;
    private static final int LARGEST_RATE = 1_000;
    private static final int LARGEST_BODY = 64 * 1024;

    private final Owned owned;
    private final Database database;
    private final ReplayStore replays;
    private final StartReplay start;
    private final InstantSource time;

    ReplayApi(Owned owned, Database database, ReplayStore replays, StartReplay start, InstantSource time) {
        this.owned = owned;
        this.database = database;
        this.replays = replays;
        this.start = start;
        this.time = time;
    }

    void addRoutes(Routes routes) {
        var json = new Routes.Consumes.Only("application/json", _ -> Reply.empty(415));
        routes.add("POST", REPLAYS, json, request -> owned.reply(request, mine -> start(request, mine)));
        routes.add("GET", REPLAYS, request -> owned.reply(request, this::list));
        routes.add(
                "GET",
                REPLAYS + "/{replay}",
                request -> owned.reply(request, mine -> PathNumber.number(request, "replay", id -> show(mine, id))));
        routes.add(
                "DELETE",
                REPLAYS + "/{replay}",
                request -> owned.reply(request, mine -> PathNumber.number(request, "replay", id -> cancel(mine, id))));
    }

    /// A replay as the API shows it.
    ///
    /// @param kind `failed` or `everything`
    /// @param state `running`, `done` or `cancelled`
    /// @param waitsFor why no round is done at the moment
    /// @param at when the last event that was looked at was stored
    record ReplayReply(
            long id,
            String kind,
            @Nullable String since,
            int perSecond,
            String created,
            String state,
            @Nullable String waitsFor,
            long lookedAt,
            long requeued,
            @Nullable String at,
            @Nullable String ended) {

        static ReplayReply of(Replay job) {
            return new ReplayReply(
                    job.id(),
                    ReplayStore.word(job.kind()),
                    job.since().map(Instant::toString).orElse(null),
                    job.perSecond(),
                    job.created().toString(),
                    ReplayStore.word(job.state()),
                    job.reason().orElse(null),
                    job.lookedAt(),
                    job.requeued(),
                    job.lookedAt() == 0 ? null : job.reached().stored().toString(),
                    job.ended().map(Instant::toString).orElse(null));
        }
    }

    record Listing(List<ReplayReply> replays) {

        Listing {
            replays = List.copyOf(replays);
        }
    }

    private Reply start(Request request, Subscription subscription) {
        byte[] body = request.body();
        if (body.length > LARGEST_BODY) {
            return Problem.reply(request, 413, null);
        }
        return switch (read(body)) {
            case Reading.Unreadable(String member, String reason) ->
                Problem.validation(request, Map.of(member, List.of(reason)));
            case Reading.Understood(StartReplay.Order order) ->
                switch (start.start(subscription, order)) {
                    case StartReplay.Outcome.Started(Replay job) ->
                        Reply.json(202, Json.SPARSE, ReplayReply.of(job))
                                .with("Location", request.path().replaceAll("/+$", "") + "/" + job.id());
                    case StartReplay.Outcome.UnknownEvent _ ->
                        Problem.validation(request, Map.of("$.after", List.of("There is no event with this id.")));
                    case StartReplay.Outcome.Refused(String why) -> Problem.reply(request, 409, why);
                };
        };
    }

    private sealed interface Reading {

        record Understood(StartReplay.Order order) implements Reading {}

        /// @param member the key of the problem document's `errors`
        record Unreadable(String member, String reason) implements Reading {}
    }

    private static Reading read(byte[] body) {
        JsonNode json;
        try {
            json = Json.SPARSE.readTree(body);
        } catch (JsonProcessingException e) {
            return new Reading.Unreadable("$", "The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can't be read", e);
        }
        JsonNode failedSince = member(json, "failedSince");
        JsonNode since = member(json, "since");
        JsonNode after = member(json, "after");
        JsonNode rate = member(json, "perSecond");
        if (List.of(failedSince, since, after).stream()
                        .filter(member -> !member.isMissingNode())
                        .count()
                != 1) {
            return new Reading.Unreadable("$", "Exactly one of 'failedSince', 'since' and 'after' must be there.");
        }
        if (!rate.isMissingNode()
                && !(rate.isIntegralNumber() && rate.asLong() >= 1 && rate.asLong() <= LARGEST_RATE)) {
            return new Reading.Unreadable("$.perSecond", "This must be a whole number from 1 to " + LARGEST_RATE + ".");
        }
        int perSecond = rate.isMissingNode() ? DEFAULT_RATE : rate.intValue();
        if (!after.isMissingNode()) {
            return after.isTextual() && !after.asText().isEmpty()
                    ? new Reading.Understood(new StartReplay.Order(
                            Replay.Kind.EVERYTHING, Optional.empty(), Optional.of(after.asText()), perSecond))
                    : new Reading.Unreadable("$.after", "This must be the id of an event.");
        }
        boolean failed = since.isMissingNode();
        Optional<Instant> from = DeliveriesApi.instant((failed ? failedSince : since).asText());
        return from.isPresent()
                ? new Reading.Understood(new StartReplay.Order(
                        failed ? Replay.Kind.FAILED : Replay.Kind.EVERYTHING, from, Optional.empty(), perSecond))
                : new Reading.Unreadable(
                        failed ? "$.failedSince" : "$.since", "This must be a time such as 2026-01-31T12:00:00Z.");
    }

    private static JsonNode member(JsonNode object, String name) {
        return JsonBody.member(object, name).orElse(MissingNode.getInstance());
    }

    private Reply list(Subscription subscription) {
        return Reply.json(
                200,
                Json.SPARSE,
                new Listing(database.inTransaction(tx -> replays.ofSubscription(tx, subscription.id())).stream()
                        .map(ReplayReply::of)
                        .toList()));
    }

    private Reply show(Subscription subscription, long id) {
        return shown(database.inTransaction(tx -> replays.find(tx, subscription.id(), id)));
    }

    private Reply cancel(Subscription subscription, long id) {
        return shown(database.inTransaction(tx -> {
            replays.cancel(tx, subscription.id(), id, time.instant());
            return replays.find(tx, subscription.id(), id);
        }));
    }

    private static Reply shown(Optional<Replay> found) {
        return found.map(job -> Reply.json(200, Json.SPARSE, ReplayReply.of(job)))
                .orElseGet(() -> Reply.empty(404));
    }
}
