package no.budstikke.subscription;

import java.util.List;
import java.util.Map;
import no.budstikke.http.Json;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;

/// Subscriptions over HTTP. Spec: events §2.8–§2.11, §9.
final class SubscriptionApi {

    /// Far beyond what a subscription needs; the contract names no limit.
    private static final int LARGEST_BODY = 64 * 1024;

    private static final String SUBSCRIPTIONS = "/events/api/v1/subscriptions";

    /// What `Location` says; the contract has it in the singular. Spec: events Q1.
    private static final String LOCATION = "/events/api/v1/subscription/";

    private final Authentication authentication;
    private final CreateSubscription create;
    private final TrySubscription attempt;
    private final ListSubscriptions list;
    private final ShowSubscription show;
    private final DeleteSubscription delete;

    SubscriptionApi(
            Authentication authentication,
            CreateSubscription create,
            TrySubscription attempt,
            ListSubscriptions list,
            ShowSubscription show,
            DeleteSubscription delete) {
        this.authentication = authentication;
        this.create = create;
        this.attempt = attempt;
        this.list = list;
        this.show = show;
        this.delete = delete;
    }

    void addRoutes(Routes routes) {
        var json = new Routes.Consumes.Only("application/json", this::wrongMediaType);
        routes.add(
                "POST",
                SUBSCRIPTIONS,
                json,
                request -> authentication.authenticated(request, caller -> create(request, caller)));
        routes.add("GET", SUBSCRIPTIONS, request -> authentication.authenticated(request, this::list));
        routes.add(
                "GET",
                SUBSCRIPTIONS + "/{id}",
                request -> authentication.authenticated(request, caller -> show(request, caller)));
        routes.add(
                "DELETE",
                SUBSCRIPTIONS + "/{id}",
                request -> authentication.authenticated(request, caller -> delete(request, caller)));
        routes.add(
                "GET",
                LOCATION + "{id}",
                request -> authentication.authenticated(request, caller -> show(request, caller)));
    }

    /// A wrong media type is refused before anything else, a missing one only when the body is to be
    /// read. Spec: events §2.
    private Reply wrongMediaType(Request request) {
        return request.header("Content-Type").isPresent()
                ? Reply.empty(415)
                : authentication.authenticated(request, _ -> Problem.reply(request, 415, null));
    }

    Reply create(Request request, Caller caller) {
        byte[] body = request.body();
        if (body.length > LARGEST_BODY) {
            return Problem.reply(request, 413, null);
        }
        return switch (SubscriptionRequest.read(body)) {
            case SubscriptionRequest.Reading.Unreadable(String member, String reason) ->
                Problem.validation(request, Map.of(member, List.of(reason)));
            case SubscriptionRequest.Reading.Understood(SubscriptionRequest asked) ->
                switch (DryRun.read(request.query())) {
                    case DryRun.NotAskedFor _ -> reply(request, create.create(caller, asked));
                    case DryRun.Wanted(int events) -> reply(request, attempt.attempt(caller, asked, events));
                    case DryRun.Unreadable(Map<String, List<String>> errors) -> Problem.validation(request, errors);
                };
        };
    }

    private static Reply reply(Request request, TrySubscription.Outcome outcome) {
        return switch (outcome) {
            case TrySubscription.Outcome.Tried tried -> Reply.json(200, Json.SPARSE, DryRun.Answer.of(tried));
            case TrySubscription.Outcome.Denied(Admission.Denial why) -> denied(request, why);
        };
    }

    private static Reply reply(Request request, CreateSubscription.Outcome outcome) {
        return switch (outcome) {
            case CreateSubscription.Outcome.Created(Subscription subscription, List<String> warnings) -> {
                Reply created = Reply.json(201, Json.SPARSE, SubscriptionReply.of(subscription))
                        .with("Location", LOCATION + subscription.id());
                yield warnings.isEmpty()
                        ? created
                        : created.with("Budstikke-Filter-Warning", String.join("; ", warnings));
            }
            case CreateSubscription.Outcome.Denied(Admission.Denial why) -> denied(request, why);
        };
    }

    private static Reply denied(Request request, Admission.Denial denial) {
        return switch (denial) {
            case Admission.Denial.Refused(Refusal why, String resource) -> {
                String text = why.text(resource);
                yield text.isEmpty() ? Reply.empty(why.status()) : Reply.json(why.status(), Json.SPARSE, text);
            }
            case Admission.Denial.Unreadable(String member, String why) ->
                Problem.validation(request, Map.of("$." + member, List.of(why)));
        };
    }

    Reply list(Caller caller) {
        return Reply.json(200, Json.SPARSE, SubscriptionReply.Listing.of(list.list(caller)));
    }

    Reply show(Request request, Caller caller) {
        return PathNumber.integer(request, "id", id -> switch (show.show(caller, id)) {
            case OwnSubscription.Yours(Subscription subscription) ->
                Reply.json(200, Json.SPARSE, SubscriptionReply.of(subscription));
            case OwnSubscription.SomebodyElses _ -> Reply.empty(403);
            case OwnSubscription.Unknown _ -> Reply.empty(404);
        });
    }

    Reply delete(Request request, Caller caller) {
        return PathNumber.integer(request, "id", id -> switch (delete.delete(caller, id)) {
            case OwnSubscription.Yours _ -> Reply.empty(200);
            case OwnSubscription.SomebodyElses _ -> Reply.empty(403);
            case OwnSubscription.Unknown _ -> Reply.empty(404);
        });
    }
}
