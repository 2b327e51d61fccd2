package no.budstikke.identity;

import java.util.Optional;
import java.util.function.Function;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.identity.TokenVerifier.Verification;

/// Turns a request's bearer token into its [Caller]. A token that does not hold is no token. Spec: events
/// §8.1, correspondence §2.0 (auth outcomes).
public final class Authentication {

    private static final String SCHEME = "Bearer ";
    private static final Verification NO_TOKEN = new Verification.Rejected("");

    private final TokenVerifier tokens;

    public Authentication(TokenVerifier tokens) {
        this.tokens = tokens;
    }

    /// The caller, when the request carries a bearer token that holds: signature, expiry, exact issuer.
    public Optional<Caller> caller(Request request) {
        return switch (verification(request)) {
            case Verification.Verified(Caller caller) -> Optional.of(caller);
            case Verification.Rejected _ -> Optional.empty();
        };
    }

    /// Goes on with the caller, or answers 401 without a body; its header says why the token was not
    /// taken
    /// (RFC 6750 §3).
    public Reply authenticated(Request request, Function<Caller, Reply> work) {
        return switch (verification(request)) {
            case Verification.Verified(Caller caller) -> work.apply(caller);
            case Verification.Rejected(String why) -> Reply.empty(401).with("WWW-Authenticate", challenge(why));
        };
    }

    private Verification verification(Request request) {
        return request.header("Authorization")
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> tokens.verify(header.substring(SCHEME.length()).strip()))
                .orElse(NO_TOKEN);
    }

    private static String challenge(String why) {
        return why.isEmpty() ? "Bearer" : "Bearer error=\"invalid_token\", error_description=\"" + why + "\"";
    }
}
