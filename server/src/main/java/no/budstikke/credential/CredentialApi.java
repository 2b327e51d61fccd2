package no.budstikke.credential;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import no.budstikke.http.Json;
import no.budstikke.http.JsonBody;
import no.budstikke.http.PathNumber;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;

/// Signing secrets, this server's published keys, and credentials for endpoints, over HTTP. Beyond
/// Altinn, and hence beside its bodies.
final class CredentialApi {

    private static final String SUBSCRIPTION = "/events/api/v1/subscriptions/{id}";
    private static final String KEYS = "/events/api/v1/jwks";

    /// Some certificates with their chains, and a key.
    private static final int LARGEST_BODY = 128 * 1024;

    private static final long LONGEST_OVERLAP = Duration.ofDays(30).toSeconds();
    private static final long USUAL_OVERLAP = Duration.ofDays(1).toSeconds();

    private final Authentication authentication;
    private final ChangeSecrets secrets;
    private final ChangeCredentials credentials;
    private final ServerKeys keys;
    private final InstantSource time;

    CredentialApi(
            Authentication authentication,
            ChangeSecrets secrets,
            ChangeCredentials credentials,
            ServerKeys keys,
            InstantSource time) {
        this.authentication = authentication;
        this.secrets = secrets;
        this.credentials = credentials;
        this.keys = keys;
        this.time = time;
    }

    void addRoutes(Routes routes) {
        routes.add("GET", KEYS, _ -> keys());
        routes.add(
                "POST",
                SUBSCRIPTION + "/secret",
                request -> authentication.authenticated(
                        request,
                        caller -> PathNumber.integer(
                                request,
                                "id",
                                id -> withOverlap(
                                        request,
                                        overlap -> newSecret(
                                                request, secrets.rotate(caller, id, Duration.ofSeconds(overlap)))))));
        routes.add(
                "GET",
                SUBSCRIPTION + "/secret",
                request -> authentication.authenticated(
                        request,
                        caller -> PathNumber.integer(request, "id", id -> told(request, secrets.show(caller, id)))));
        routes.add(
                "DELETE",
                SUBSCRIPTION + "/secret",
                request -> authentication.authenticated(
                        request,
                        caller ->
                                PathNumber.integer(request, "id", id -> told(request, secrets.endFormer(caller, id)))));
        routes.add(
                "PUT",
                SUBSCRIPTION + "/credentials",
                request -> authentication.authenticated(
                        request,
                        caller -> PathNumber.integer(
                                request,
                                "id",
                                id -> withJson(request, json -> told(request, credentials.put(caller, id, json))))));
        routes.add(
                "GET",
                SUBSCRIPTION + "/credentials",
                request -> authentication.authenticated(
                        request,
                        caller ->
                                PathNumber.integer(request, "id", id -> told(request, credentials.show(caller, id)))));
        routes.add(
                "DELETE",
                SUBSCRIPTION + "/credentials",
                request -> authentication.authenticated(
                        request,
                        caller -> PathNumber.integer(
                                request, "id", id -> removed(request, credentials.remove(caller, id)))));
    }

    /// A key set (RFC 7517); `whpk` is the key as Standard Webhooks writes it.
    private Reply keys() {
        List<Map<String, String>> set = keys.signing().stream()
                .map(key -> {
                    var members = new LinkedHashMap<String, String>();
                    members.put("kty", "OKP");
                    members.put("crv", "Ed25519");
                    members.put("use", "sig");
                    members.put("alg", "EdDSA");
                    members.put("kid", key.id());
                    members.put("x", Base64.getUrlEncoder().withoutPadding().encodeToString(key.published()));
                    members.put("whpk", key.text());
                    return (Map<String, String>) members;
                })
                .toList();
        return Reply.json(200, Json.SPARSE, Map.of("keys", set)).with("Cache-Control", "public, max-age=600");
    }

    private Reply newSecret(Request request, ChangeSecrets.Outcome outcome) {
        return outcome instanceof ChangeSecrets.Outcome.Secrets made
                ? unstored(Reply.json(
                        201, Json.SPARSE, CredentialReply.Secrets.withSecret(made.secrets(), time.instant())))
                : told(request, outcome);
    }

    private Reply told(Request request, ChangeSecrets.Outcome outcome) {
        return switch (outcome) {
            case ChangeSecrets.Outcome.Secrets(SigningSecrets held, boolean shown) ->
                unstored(Reply.json(200, Json.SPARSE, CredentialReply.Secrets.of(held, shown, time.instant())));
            case ChangeSecrets.Outcome.TooMany _ ->
                Problem.reply(
                        request,
                        409,
                        SigningSecrets.MOST + " secrets are valid already. Wait until one expires, end the former ones"
                                + " (DELETE), or ask with 'overlapSeconds' 0.");
            case ChangeSecrets.Outcome.SomebodyElses _ -> Reply.empty(403);
            case ChangeSecrets.Outcome.Unknown _ -> Reply.empty(404);
        };
    }

    private static Reply told(Request request, ChangeCredentials.Outcome outcome) {
        return switch (outcome) {
            case ChangeCredentials.Outcome.There(EndpointCredentials held) ->
                unstored(Reply.json(200, Json.SPARSE, CredentialReply.Credentials.of(held)));
            case ChangeCredentials.Outcome.Unusable(String member, String reason) ->
                Problem.validation(request, Map.of(member, List.of(reason)));
            case ChangeCredentials.Outcome.SomebodyElses _ -> Reply.empty(403);
            case ChangeCredentials.Outcome.None _, ChangeCredentials.Outcome.Unknown _ -> Reply.empty(404);
        };
    }

    private static Reply removed(Request request, ChangeCredentials.Outcome outcome) {
        return outcome instanceof ChangeCredentials.Outcome.None ? Reply.empty(200) : told(request, outcome);
    }

    private static Reply unstored(Reply reply) {
        return reply.with("Cache-Control", "no-store");
    }

    private static Reply withOverlap(Request request, LongFunction<Reply> work) {
        return withJson(request, json -> {
            Optional<JsonNode> given = JsonBody.member(json, "overlapSeconds");
            if (given.isEmpty()) {
                return work.apply(USUAL_OVERLAP);
            }
            JsonNode value = given.get();
            return value.isIntegralNumber()
                            && value.canConvertToLong()
                            && value.longValue() >= 0
                            && value.longValue() <= LONGEST_OVERLAP
                    ? work.apply(value.longValue())
                    : Problem.validation(
                            request,
                            Map.of(
                                    "$.overlapSeconds",
                                    List.of("This must be a whole number from 0 to " + LONGEST_OVERLAP + ".")));
        });
    }

    /// No body is as good as an empty object.
    private static Reply withJson(Request request, Function<JsonNode, Reply> work) {
        byte[] body = request.body();
        if (body.length > LARGEST_BODY) {
            return Problem.reply(request, 413, null);
        }
        JsonNode json;
        try {
            json = body.length == 0 ? Json.SPARSE.createObjectNode() : Json.SPARSE.readTree(body);
        } catch (IOException _) {
            return Problem.validation(request, Map.of("$", List.of("The body is not readable as JSON.")));
        }
        return json.isObject()
                ? work.apply(json)
                : Problem.validation(request, Map.of("$", List.of("This must be an object.")));
    }
}
