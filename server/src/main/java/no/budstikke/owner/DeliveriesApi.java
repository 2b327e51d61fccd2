package no.budstikke.owner;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import no.budstikke.database.Database;
import no.budstikke.event.LogPosition;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;

/// Deliveries over HTTP, for the owner of the subscription.
final class DeliveriesApi {

    private static final String DELIVERIES = "/events/api/v1/subscriptions/{id}/deliveries";
    private static final int DEFAULT_SIZE = 50;
    private static final int LARGEST_SIZE = 200;

    private final Owned owned;
    private final Database database;
    private final DeliveryStore deliveries;
    private final ListDeliveries list;
    private final ResendDelivery resend;
    private final InstantSource time;
    private final String baseUrl;

    DeliveriesApi(
            Owned owned,
            Database database,
            DeliveryStore deliveries,
            ListDeliveries list,
            ResendDelivery resend,
            InstantSource time,
            String baseUrl) {
        this.owned = owned;
        this.database = database;
        this.deliveries = deliveries;
        this.list = list;
        this.resend = resend;
        this.time = time;
        this.baseUrl = baseUrl;
    }

    void addRoutes(Routes routes) {
        routes.add("GET", DELIVERIES, request -> owned.reply(request, mine -> list(request, mine)));
        routes.add("GET", DELIVERIES + "/summary", request -> owned.reply(request, this::summary));
        routes.add(
                "POST", DELIVERIES + "/{event}/resend", request -> owned.reply(request, mine -> resend(request, mine)));
    }

    private Reply list(Request request, Subscription subscription) {
        QueryParameters query = request.query();
        Optional<String> event = given(query, "event");
        if (event.isPresent()) {
            return Reply.json(
                    200,
                    Json.SPARSE,
                    new DeliveryReply.Page(
                            list.ofEvent(subscription, event.get()).stream()
                                    .map(DeliveryReply::of)
                                    .toList(),
                            null));
        }
        var errors = new LinkedHashMap<String, List<String>>();
        Optional<DeliveryState> state = read(query, "state", DeliveryState::parse, errors);
        Optional<LogPosition> before = read(query, "before", DeliveriesApi::position, errors);
        Optional<Instant> from = read(query, "from", DeliveriesApi::instant, errors);
        Optional<Instant> to = read(query, "to", DeliveriesApi::instant, errors);
        Optional<Integer> size = read(query, "size", DeliveriesApi::size, errors);
        if (!errors.isEmpty()) {
            return Problem.validation(request, errors);
        }
        ListDeliveries.Page page = list.list(
                subscription, new ListDeliveries.Question(state, before, from, to, size.orElse(DEFAULT_SIZE)));
        return Reply.json(
                200,
                Json.SPARSE,
                new DeliveryReply.Page(
                        page.deliveries().stream().map(DeliveryReply::of).toList(),
                        page.next().map(at -> address(request, at)).orElse(null)));
    }

    private static Optional<String> given(QueryParameters query, String name) {
        return query.first(name).filter(text -> !text.isEmpty());
    }

    private static <T> Optional<T> read(
            QueryParameters query,
            String name,
            java.util.function.Function<String, Optional<T>> reader,
            Map<String, List<String>> errors) {
        Optional<String> written = given(query, name);
        Optional<T> read = written.flatMap(reader);
        if (written.isPresent() && read.isEmpty()) {
            errors.put(name, List.of("The value '%s' is not valid.".formatted(written.get())));
        }
        return read;
    }

    private static Optional<Integer> size(String written) {
        try {
            int size = Integer.parseInt(written);
            return Optional.of(size < 1 ? DEFAULT_SIZE : Math.min(size, LARGEST_SIZE));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    static Optional<Instant> instant(String written) {
        try {
            return Optional.of(OffsetDateTime.parse(written.replace(' ', '+')).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<LogPosition> position(String written) {
        String[] parts = written.split("-", 2);
        try {
            return parts.length == 2
                    ? Optional.of(new LogPosition(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
                    : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private String address(Request request, LogPosition before) {
        String others = request.query().pairs().stream()
                .filter(pair -> !pair.name().equalsIgnoreCase("before"))
                .map(pair -> "&" + encoded(pair.name()) + "=" + encoded(pair.value()))
                .collect(Collectors.joining());
        return baseUrl + request.path() + "?before=" + before.xid() + "-" + before.position() + others;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Reply summary(Subscription subscription) {
        int id = subscription.id();
        return database.inTransaction(tx -> Reply.json(
                200,
                Json.SPARSE,
                DeliveryReply.summary(
                        switch (subscription.standing()) {
                            case Standing.Active _ -> "active";
                            case Standing.Paused _ -> "paused";
                            case Standing.Disabled _ -> "disabled";
                        },
                        deliveries.countWaiting(tx, id),
                        deliveries.countFailed(tx, id),
                        deliveries.recent(tx, id),
                        time.instant())));
    }

    private Reply resend(Request request, Subscription subscription) {
        return switch (resend.resend(subscription, request.pathParameter("event"))) {
            case ResendDelivery.Outcome.Accepted _ -> Reply.empty(202);
            case ResendDelivery.Outcome.UnknownEvent _ ->
                Problem.reply(request, 404, "There is no event with this id.");
            case ResendDelivery.Outcome.Refused(String why) -> Problem.reply(request, 409, why);
        };
    }
}
