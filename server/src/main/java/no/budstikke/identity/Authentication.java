package no.budstikke.identity;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.identity.TokenVerifier.Verification;

/// Turns a request's bearer token, or at Events the cookie that carries one, into its [Caller]. A token
/// that does not hold is no token. Spec: events §8.1, correspondence §2.0 (auth outcomes).
public final class Authentication {

    private static final String SCHEME = "Bearer ";
    private static final Verification NO_TOKEN = new Verification.Rejected("");

    private final TokenVerifier tokens;
    private final List<String> cookies;

    /// Takes tokens from the header `Authorization` only.
    public Authentication(TokenVerifier tokens) {
        this(tokens, List.of());
    }

    /// Takes a token from the first of these cookies, too, when the header carries none. Every route
    /// that changes something must then ask for a media type that a browser sends to another site only
    /// after asking first.
    public Authentication(TokenVerifier tokens, List<String> cookies) {
        this.tokens = tokens;
        this.cookies = List.copyOf(cookies);
    }

    /// The caller, when the request carries a token that holds: signature, expiry, exact issuer.
    public Optional<Caller> caller(Request request) {
        return switch (verification(request)) {
            case Verification.Verified(Caller caller) -> Optional.of(caller);
            case Verification.Rejected _ -> Optional.empty();
        };
    }

    /// Goes on with the caller, or answers 401 without a body; its header says why the token was not
    /// taken (RFC 6750 §3).
    public Reply authenticated(Request request, Function<Caller, Reply> work) {
        return switch (verification(request)) {
            case Verification.Verified(Caller caller) -> work.apply(caller);
            case Verification.Rejected(String why) -> Reply.empty(401).with("WWW-Authenticate", challenge(why));
        };
    }

    private Verification verification(Request request) {
        return request.header("Authorization")
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> header.substring(SCHEME.length()).strip())
                .or(() -> cookie(request))
                .map(tokens::verify)
                .orElse(NO_TOKEN);
    }

    private Optional<String> cookie(Request request) {
        if (cookies.isEmpty()) {
            return Optional.empty();
        }
        List<String> pairs = request.headers("Cookie").stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .map(String::strip)
                .toList();
        return cookies.stream()
                .flatMap(name -> pairs.stream()
                        .filter(pair -> pair.startsWith(name + "="))
                        .map(pair -> pair.substring(name.length() + 1)))
                .filter(token -> !token.isEmpty())
                .findFirst();
    }

    private static String challenge(String why) {
        return why.isEmpty() ? "Bearer" : "Bearer error=\"invalid_token\", error_description=\"" + why + "\"";
    }
}
