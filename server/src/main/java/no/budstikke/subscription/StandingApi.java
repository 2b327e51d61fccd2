package no.budstikke.subscription;

import java.util.function.BiFunction;
import no.budstikke.http.Json;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;

/// Pausing and resuming over HTTP.
final class StandingApi {

    private static final String SUBSCRIPTION = "/events/api/v1/subscriptions/{id}";

    private final Authentication authentication;
    private final ChangeStanding change;

    StandingApi(Authentication authentication, ChangeStanding change) {
        this.authentication = authentication;
        this.change = change;
    }

    void addRoutes(Routes routes) {
        routes.add("POST", SUBSCRIPTION + "/pause", request -> changed(request, change::pause));
        routes.add("POST", SUBSCRIPTION + "/resume", request -> changed(request, change::resume));
    }

    private Reply changed(Request request, BiFunction<Caller, Integer, ChangeStanding.Outcome> work) {
        return authentication.authenticated(
                request,
                caller -> PathNumber.integer(request, "id", id -> switch (work.apply(caller, id)) {
                    case ChangeStanding.Outcome.Done(Subscription subscription) ->
                        Reply.json(200, Json.SPARSE, SubscriptionReply.of(subscription));
                    case ChangeStanding.Outcome.Refused(String why) -> Problem.reply(request, 409, why);
                    case ChangeStanding.Outcome.NotYours(OwnSubscription.SomebodyElses ignored) -> Reply.empty(403);
                    case ChangeStanding.Outcome.NotYours(OwnSubscription.Unknown ignored) -> Reply.empty(404);
                    case ChangeStanding.Outcome.NotYours(OwnSubscription.Yours ignored) ->
                        throw new IllegalStateException("refused to its owner: " + ignored);
                }));
    }
}
