package no.budstikke.event;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;
import no.budstikke.identity.PlatformAuthentication;
import no.budstikke.identity.PlatformCaller;

/// The events of apps over HTTP. Spec: events §2.2, §2.5, §2.6.
final class AppEventApi {

    private static final String APP = "/events/api/v1/app";

    private final Authentication authentication;
    private final PlatformAuthentication platform;
    private final PublishAppEvent publishAppEvent;
    private final QueryAppEvents queryAppEvents;
    private final PageReply pages;

    AppEventApi(
            Authentication authentication,
            PlatformAuthentication platform,
            PublishAppEvent publishAppEvent,
            QueryAppEvents queryAppEvents,
            PageReply pages) {
        this.authentication = authentication;
        this.platform = platform;
        this.publishAppEvent = publishAppEvent;
        this.queryAppEvents = queryAppEvents;
        this.pages = pages;
    }

    void addTo(Routes routes) {
        var json = new Routes.Consumes.IfAny("application/json");
        routes.add("POST", APP, json, this::publish)
                .add("GET", APP + "/party", json, this::ofParty)
                .add("GET", APP + "/{org}/{app}", json, this::ofApp);
    }

    private Reply publish(Request request) {
        return authentication.authenticated(
                request,
                _ -> platform.caller(request).map(app -> publish(request, app)).orElseGet(() -> Reply.empty(403)));
    }

    private Reply publish(Request request, PlatformCaller app) {
        Optional<Charset> charset = BodyText.charset(request);
        if (charset.isEmpty()) {
            return Problem.reply(request, 415, null);
        }
        try {
            AppEventRequest event = AppEventRequest.read(request.body(), charset.get());
            return reply(request, app, event, publishAppEvent.publish(app, event));
        } catch (JsonBody.Unreadable e) {
            return Problem.validation(request, Map.of(e.key(), List.of(e.text())));
        }
    }

    private static Reply reply(
            Request request, PlatformCaller app, AppEventRequest event, PublishAppEvent.Outcome outcome) {
        return switch (outcome) {
            // Odd, but so it is: the address of the event's subject.
            case PublishAppEvent.Outcome.Registered(String id) ->
                Reply.json(201, Json.SPARSE, id).with("Location", NextPage.encoded(event.subject()));
            case PublishAppEvent.Outcome.Incomplete _ ->
                Problem.reply(request, 400, "Missing parameter values: source, subject and type cannot be null");
            case PublishAppEvent.Outcome.NotTheApps _ ->
                Reply.json(
                        401,
                        Json.SPARSE,
                        "%s/%s is not authorized to create events for %s"
                                .formatted(app.issuer(), app.app(), event.source()));
            case PublishAppEvent.Outcome.Unfit(String message) ->
                Problem.validation(request, Map.of("RequestBody", List.of(message)));
            case PublishAppEvent.Outcome.Unavailable _ ->
                Reply.json(500, Json.SPARSE, "Unable to register cloud event.");
        };
    }

    private Reply ofApp(Request request) {
        return authentication.authenticated(
                request, caller -> switch (AppQuery.read(request.query(), request.header("person"))) {
                    case AppQuery.Reading.Unreadable(var errors) -> Problem.validation(request, errors);
                    case AppQuery.Reading.Understood(AppQuery query) -> ofApp(request, caller, query);
                });
    }

    private Reply ofApp(Request request, Caller caller, AppQuery query) {
        if (caller.org().isEmpty()) {
            return Reply.json(401, Json.SPARSE, "Only orgs can call this api");
        }
        String resource =
                ResourceUrn.REGISTERED + "app_" + request.pathParameter("org") + "_" + request.pathParameter("app");
        return query.refusal()
                .map(detail -> Problem.reply(request, 400, detail))
                .orElseGet(() -> reply(request, queryAppEvents.ofApp(caller, resource, query)));
    }

    private Reply ofParty(Request request) {
        return authentication.authenticated(request, caller -> switch (AppQuery.read(
                request.query(), request.header("person"))) {
            case AppQuery.Reading.Unreadable(var errors) -> Problem.validation(request, errors);
            case AppQuery.Reading.Understood(AppQuery query) ->
                query.refusal()
                        .or(query::refusalWithoutSubject)
                        .map(detail -> Problem.reply(request, 400, detail))
                        .orElseGet(() -> reply(request, queryAppEvents.ofParty(caller, query)));
        });
    }

    private Reply reply(Request request, QueryAppEvents.Outcome outcome) {
        return switch (outcome) {
            case QueryAppEvents.Outcome.Found(QueryEvents.Found page) -> pages.of(request, page, Optional.empty());
            case QueryAppEvents.Outcome.UnknownParty _ -> Problem.reply(request, 404, null);
        };
    }
}
