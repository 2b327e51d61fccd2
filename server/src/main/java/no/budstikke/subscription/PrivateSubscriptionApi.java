package no.budstikke.subscription;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
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
        String given = request.pathParameter("id");
        OptionalInt id = SubscriptionApi.number(given);
        if (id.isEmpty()) {
            return Problem.validation(request, Map.of("id", List.of("The value '" + given + "' is not valid.")));
        }
        return markValidated
                .validatedByComponent(id.getAsInt())
                .map(before -> Reply.json(200, Json.SPARSE, SubscriptionReply.of(before)))
                .orElseGet(() -> Reply.empty(404));
    }
}
