package no.budstikke.identity;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.time.ExpiringCache;

/// Turns a request's header `PlatformAccessToken` into the [PlatformCaller]. A token that does not hold
/// is no token. Spec: events §8.3, §8.4; authorization §8.1; docs/decisions/0006-app-events.md.
public final class PlatformAuthentication {

    private static final String HEADER = "PlatformAccessToken";
    private static final Duration SKEW = Duration.ofSeconds(10);
    private static final int MAX_LENGTH = 4_096;
    private static final int CAPACITY = 10_000;

    private final Map<String, SignedToken.Signer> signers;
    private final Optional<SignedToken.Signer> anybodys;
    private final Set<String> privateIssuers;
    private final Authentication bearers;
    private final InstantSource time;
    private final ExpiringCache<String, Optional<PlatformCaller>> remembered;
    private final Function<String, ExpiringCache.Answer<Optional<PlatformCaller>>> check = this::checked;

    /// Whom to believe.
    ///
    /// @param issuers those that are trusted, each by its own keys
    /// @param embedded in development: signs for every other issuer
    /// @param privateIssuers whose tokens open the private endpoints, too
    public record Trust(
            Collection<PlatformIssuer> issuers, Optional<EmbeddedIssuer> embedded, Set<String> privateIssuers) {

        public Trust {
            issuers = List.copyOf(issuers);
            privateIssuers = Set.copyOf(privateIssuers);
        }
    }

    public PlatformAuthentication(Trust trust, Authentication bearers, InstantSource time) {
        this.signers = trust.issuers().stream()
                .collect(Collectors.toUnmodifiableMap(PlatformIssuer::name, PlatformIssuer::signer));
        this.anybodys = trust.embedded().map(EmbeddedIssuer::signer);
        this.privateIssuers = trust.privateIssuers();
        this.bearers = bearers;
        this.time = time;
        this.remembered = new ExpiringCache<>(time, CAPACITY);
    }

    /// The app or component, when the request carries exactly one platform access token, and it holds.
    public Optional<PlatformCaller> caller(Request request) {
        List<String> tokens = request.headers(HEADER);
        return tokens.size() == 1 && tokens.getFirst().length() <= MAX_LENGTH
                ? remembered.get(tokens.getFirst(), check)
                : Optional.empty();
    }

    /// Goes on when a component calls that may use the private endpoints. Otherwise 403 without a body
    /// for whoever showed any token that holds, bearer or platform, and 401 for everybody else.
    public Reply privately(Request request, Function<PlatformCaller, Reply> work) {
        Optional<PlatformCaller> caller = caller(request);
        if (caller.isPresent()) {
            return privateIssuers.contains(caller.get().issuer()) ? work.apply(caller.get()) : Reply.empty(403);
        }
        return bearers.authenticated(request, _ -> Reply.empty(403));
    }

    private ExpiringCache.Answer<Optional<PlatformCaller>> checked(String token) {
        return switch (SignedToken.check(token, this::signer, SKEW, time)) {
            case SignedToken.Checked.Holds holds -> {
                String app = holds.claims().path("urn:altinn:app").asText();
                Optional<PlatformCaller> caller =
                        app.isEmpty() ? Optional.empty() : Optional.of(new PlatformCaller(holds.issuer(), app));
                yield new ExpiringCache.Answer<>(caller, holds.until());
            }
            case SignedToken.Checked.Broken _ -> new ExpiringCache.Answer<>(Optional.empty(), 0);
        };
    }

    private Optional<SignedToken.Signer> signer(String issuer) {
        return Optional.ofNullable(signers.get(issuer)).or(() -> anybodys.filter(_ -> !issuer.isEmpty()));
    }
}
