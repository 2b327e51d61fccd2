package no.budstikke.subscription;

import no.budstikke.http.Json;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.PlatformAuthentication;

/// What a component of the platform may do with anybody's subscription. Spec: events §2.12.
final class PrivateSubscriptionApi {

    private static final String VALIDATE = "/events/api/v1/subscriptions/validate/{id}";

    private final PlatformAuthentication platform;
    private final MarkValidated markValidated;

    PrivateSubscriptionApi(PlatformAuthentication platform, MarkValidated markValidated) {
        this.platform = platform;
        this.markValidated = markValidated;
    }

    void addRoutes(Routes routes) {
        routes.add("PUT", VALIDATE, request -> platform.privately(request, _ -> validate(request)));
    }

    private Reply validate(Request request) {
        return PathNumber.integer(
                request,
                "id",
                id -> markValidated
                        .validatedByComponent(id)
                        .map(before -> Reply.json(200, Json.SPARSE, SubscriptionReply.of(before)))
                        .orElseGet(() -> Reply.empty(404)));
    }
}
