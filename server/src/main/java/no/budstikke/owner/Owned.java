package no.budstikke.owner;

import java.util.function.Function;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.identity.Authentication;
import no.budstikke.subscription.OwnSubscription;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.Subscription;

/// Lets only the owner of the subscription in the path through: others get 403, and 404 for one that is
/// not there. Spec: events §2.10.
record Owned(Authentication authentication, ShowSubscription show) {

    Reply reply(Request request, Function<Subscription, Reply> work) {
        return authentication.authenticated(
                request,
                caller -> PathNumber.integer(request, "id", id -> switch (show.show(caller, id)) {
                    case OwnSubscription.Yours(Subscription subscription) -> work.apply(subscription);
                    case OwnSubscription.SomebodyElses _ -> Reply.empty(403);
                    case OwnSubscription.Unknown _ -> Reply.empty(404);
                }));
    }
}
