package no.budstikke.identity;

import java.util.Optional;
import java.util.function.Function;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;

/// Turns a request's bearer token into its [Caller]. Spec: events §8.1, correspondence §2.0 (auth
/// outcomes).
public final class Authentication {

    /// The caller, when the request carries a bearer token that holds: signature, expiry, exact issuer.
    public Optional<Caller> caller(Request request) {
        return no.budstikke.time.Seam.missing(request.path());
    }

    /// Goes on with the caller, or answers 401 without a body.
    public Reply authenticated(Request request, Function<Caller, Reply> work) {
        return caller(request).map(work).orElseGet(() -> Reply.empty(401).with("WWW-Authenticate", "Bearer"));
    }
}
