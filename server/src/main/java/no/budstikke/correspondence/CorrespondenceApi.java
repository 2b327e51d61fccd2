package no.budstikke.correspondence;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;

/// Correspondence's part of the HTTP interface: reads requests, writes answers, holds no rules. Spec:
/// correspondence
/// §2.0, §2.1.
final class CorrespondenceApi {

    private static final String CORRESPONDENCES = "/correspondence/api/v1/correspondence";
    private static final String ONE = CORRESPONDENCES + "/{correspondenceId}";
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";

    private final Authentication authentication;
    private final UseCases does;
    private final InstantSource time;

    CorrespondenceApi(Authentication authentication, UseCases does, InstantSource time) {
        this.authentication = authentication;
        this.does = does;
        this.time = time;
    }

    /// What can be asked for.
    record UseCases(
            InitializeCorrespondences initializing,
            ShowCorrespondence showing,
            ShowDetails showingDetails,
            ReadContent readingContent,
            SearchCorrespondence searching,
            MarkAsRead markingAsRead,
            ConfirmCorrespondence confirming,
            PurgeCorrespondence purging) {}

    /// Which scopes open a door. Spec: correspondence §9.2.
    private enum ScopePolicy {
        SENDER,
        RECIPIENT,
        SENDER_OR_RECIPIENT;

        boolean admits(Caller caller) {
            return switch (this) {
                case SENDER -> caller.hasScope(Standing.WRITE_SCOPE);
                case RECIPIENT -> caller.hasScope(Standing.READ_SCOPE);
                case SENDER_OR_RECIPIENT -> SENDER.admits(caller) || RECIPIENT.admits(caller);
            };
        }
    }

    void addTo(Routes routes) {
        var onlyJson = new Routes.Consumes.Only(
                JSON, request -> guarded(Problem.reply(request, 415, "The body must be " + JSON + ".")));
        routes.add(
                        "POST",
                        CORRESPONDENCES,
                        onlyJson,
                        request -> admitted(request, ScopePolicy.SENDER, JSON, caller -> initialize(request, caller)))
                .add(
                        "GET",
                        CORRESPONDENCES,
                        request -> admitted(
                                request, ScopePolicy.SENDER_OR_RECIPIENT, JSON, caller -> search(request, caller)))
                .add("GET", ONE, request -> one(request, ScopePolicy.SENDER_OR_RECIPIENT, JSON, this::show))
                .add(
                        "GET",
                        ONE + "/details",
                        request -> one(request, ScopePolicy.SENDER_OR_RECIPIENT, JSON, this::showDetails))
                .add("GET", ONE + "/content", request -> one(request, ScopePolicy.RECIPIENT, TEXT, this::readContent))
                .add(
                        "POST",
                        ONE + "/markasread",
                        request -> one(request, ScopePolicy.RECIPIENT, JSON, step(does.markingAsRead()::markAsRead)))
                .add(
                        "POST",
                        ONE + "/confirm",
                        request -> one(request, ScopePolicy.RECIPIENT, JSON, step(does.confirming()::confirm)))
                .add(
                        "DELETE",
                        ONE + "/purge",
                        request -> one(request, ScopePolicy.SENDER_OR_RECIPIENT, JSON, step(does.purging()::purge)));
    }

    // --- the doors ---

    /// Answers an admitted caller's request.
    @FunctionalInterface
    private interface Admitted {

        Reply answer(Caller caller);
    }

    /// Answers an admitted caller's request about one correspondence.
    @FunctionalInterface
    private interface AdmittedToOne {

        Reply answer(Request request, Caller caller, UUID id);
    }

    private Reply one(Request request, ScopePolicy policy, String produces, AdmittedToOne work) {
        return admitted(request, policy, produces, caller -> {
            String written = request.pathParameter("correspondenceId");
            Optional<UUID> id = SearchQuery.uuid(written);
            if (id.isEmpty()) {
                var errors = new ModelErrors();
                errors.broken("correspondenceId", "The value '" + written + "' is not valid.");
                return CorrespondenceProblem.unsound(request, errors);
            }
            return work.answer(request, caller, id.get());
        });
    }

    /// Token, then scope, then `Accept`. Spec: correspondence §2.0.
    private Reply admitted(Request request, ScopePolicy policy, String produces, Admitted work) {
        return authentication.authenticated(request, caller -> {
            if (!policy.admits(caller)) {
                return Reply.empty(403);
            }
            if (!accepts(request, produces)) {
                return guarded(Reply.text(406, Reply.TEXT, "This is only available as " + produces + "."));
            }
            return guarded(work.answer(caller));
        });
    }

    private static boolean accepts(Request request, String produces) {
        List<String> accepted = request.headers("Accept").stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(range -> !range.isEmpty())
                .toList();
        return accepted.isEmpty() || accepted.contains(produces) || accepted.contains("*/*");
    }

    private static Reply guarded(Reply reply) {
        return reply.with("X-Content-Type-Options", "nosniff").with("Cache-Control", "no-store");
    }

    // --- what is behind them ---

    private Reply initialize(Request request, Caller caller) {
        var now = WireTime.toMicros(time.instant());
        return switch (InitializeRequestReader.read(request.body(), now)) {
            case InitializeRequestReader.Read.Unsound(ModelErrors errors) ->
                CorrespondenceProblem.unsound(request, errors);
            case InitializeRequestReader.Read.Sound(InitializeRequest sound) ->
                switch (does.initializing().initialize(caller, sound, now)) {
                    case Outcome.Done<List<InitializeCorrespondences.Initialized>> done ->
                        Reply.json(200, Json.FULL, InitializeCorrespondencesResponseExt.of(done.value()));
                    // The contract's one refusal that is not a problem document. Spec: correspondence §2.2 P1.
                    case Outcome.Refused<?> refused
                    when refused.why() == Refusal.TEMPLATE_UNKNOWN -> Reply.json(400, Json.FULL, refused.detail());
                    case Outcome.Refused<?> refused -> CorrespondenceProblem.refused(request, refused);
                };
        };
    }

    private Reply search(Request request, Caller caller) {
        var errors = new ModelErrors();
        SearchQuery query = SearchQuery.read(request.query(), errors);
        if (!errors.isEmpty()) {
            return CorrespondenceProblem.unsound(request, errors);
        }
        return switch (does.searching().search(caller, query)) {
            case Outcome.Done<List<UUID>> done -> Reply.json(200, Json.FULL, Map.of("ids", done.value()));
            case Outcome.Refused<?> refused -> CorrespondenceProblem.refused(request, refused);
        };
    }

    private Reply show(Request request, Caller caller, UUID id) {
        return switch (does.showing().show(caller, id)) {
            case Outcome.Done<ShowCorrespondence.View> done ->
                Reply.json(200, Json.FULL, CorrespondenceOverviewExt.of(done.value()));
            case Outcome.Refused<?> refused -> CorrespondenceProblem.refused(request, refused);
        };
    }

    private Reply showDetails(Request request, Caller caller, UUID id) {
        return switch (does.showingDetails().show(caller, id)) {
            case Outcome.Done<ShowDetails.Details> done ->
                Reply.json(200, Json.FULL, CorrespondenceDetailsExt.of(done.value()));
            case Outcome.Refused<?> refused -> CorrespondenceProblem.refused(request, refused);
        };
    }

    private Reply readContent(Request request, Caller caller, UUID id) {
        return switch (does.readingContent().read(caller, id)) {
            case Outcome.Done<String> done -> Reply.text(200, Reply.TEXT, done.value());
            case Outcome.Refused<?> refused -> {
                Reply json = CorrespondenceProblem.refused(request, refused);
                yield Reply.bytes(json.status(), Reply.PROBLEM, json.body());
            }
        };
    }

    /// A step is answered with the correspondence's id, a bare JSON string.
    private static AdmittedToOne step(BiFunction<Caller, UUID, Outcome<UUID>> step) {
        return (request, caller, id) -> switch (step.apply(caller, id)) {
            case Outcome.Done<UUID> done -> Reply.json(200, Json.FULL, done.value());
            case Outcome.Refused<?> refused -> CorrespondenceProblem.refused(request, refused);
        };
    }
}
