package no.budstikke.identity;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who signs platform access tokens: the platform itself, or an organisation for its apps. Spec: events
/// §8.3, authorization §8.1.
public final class PlatformIssuer {

    private static final Set<String> ALGORITHMS = Set.of("RS256");

    private final String name;
    private final SignedToken.Signer signer;

    private PlatformIssuer(String name, KeySource keys) {
        this.name = name;
        this.signer = new SignedToken.Signer(ALGORITHMS, keys);
    }

    /// One whose certificates were given. Several while one takes over from another.
    ///
    /// @param name exactly as it stands in `iss`: `platform`, or a code such as `ttd`
    public static PlatformIssuer withKeys(String name, List<PublicKey> keys) {
        List<SigningKey> known =
                keys.stream().map(key -> new SigningKey(Optional.empty(), key)).toList();
        return new PlatformIssuer(name, _ -> known);
    }

    /// One whose key set, or metadata that name it, is at that address. It is asked when the first token
    /// comes.
    public static PlatformIssuer elsewhere(String name, URI address, HttpClient client, InstantSource time) {
        return new PlatformIssuer(name, new RemoteKeys(address, client, time));
    }

    String name() {
        return name;
    }

    SignedToken.Signer signer() {
        return signer;
    }
}
