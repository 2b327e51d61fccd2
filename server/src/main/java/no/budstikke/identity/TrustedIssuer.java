package no.budstikke.identity;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.InstantSource;
import java.util.Set;

/// An issuer whose tokens are accepted.
public final class TrustedIssuer {

    /// The algorithms that an issuer may be allowed to sign with. Spec: authorization §22.3.
    public static final Set<String> ALGORITHMS = Set.of("RS256", "PS256", "ES256", "EdDSA");

    /// What an issuer is to the services: the rules about scopes differ. Spec: correspondence §9.2.
    public enum Kind {
        ALTINN,
        MASKINPORTEN;

        /// The contract tells the two apart by the issuer's name.
        public static Kind of(String issuer) {
            return issuer.contains("maskinporten.no") ? MASKINPORTEN : ALTINN;
        }
    }

    private final String issuer;
    private final Kind kind;
    private final Set<String> algorithms;
    private final KeySource keys;

    TrustedIssuer(String issuer, Kind kind, Set<String> algorithms, KeySource keys) {
        if (!ALGORITHMS.containsAll(algorithms)) {
            throw new IllegalArgumentException("algorithms of " + issuer + ": one of " + ALGORITHMS);
        }
        this.issuer = issuer;
        this.kind = kind;
        this.algorithms = Set.copyOf(algorithms);
        this.keys = keys;
    }

    /// An issuer elsewhere. `address` is that of its metadata (`…/.well-known/openid-configuration`,
    /// `…/.well-known/oauth-authorization-server`), which name the key set, or that of the key set
    /// itself. It is asked when the first token comes.
    ///
    /// @param issuer exactly as it stands in the tokens, a trailing slash included
    public static TrustedIssuer elsewhere(
            String issuer, Kind kind, Set<String> algorithms, URI address, HttpClient client, InstantSource time) {
        return new TrustedIssuer(issuer, kind, algorithms, new RemoteKeys(address, client, time));
    }

    public String issuer() {
        return issuer;
    }

    public Kind kind() {
        return kind;
    }

    Set<String> algorithms() {
        return algorithms;
    }

    KeySource keys() {
        return keys;
    }
}
