package no.budstikke.identity;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.budstikke.time.ExpiringCache;

/// Checks bearer tokens: signature, `exp` (required), `nbf`, and exactly one of the trusted issuers. A
/// token that holds is remembered until it expires, so that the next request with it costs a look-up.
/// Never throws, whatever it is given. Spec: authorization §9, §22.3; correspondence §9.1.
public final class TokenVerifier {

    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_REMEMBERED_LENGTH = 4_096;
    private static final int CAPACITY = 50_000;

    private final Map<String, TrustedIssuer> issuers;
    private final Duration skew;
    private final InstantSource time;
    private final ExpiringCache<String, Verification> remembered;
    private final Function<String, ExpiringCache.Answer<Verification>> check = this::checked;

    /// @param skew how far another machine's clock may be off: 10 seconds at Events, none at
    ///     Correspondence
    public TokenVerifier(Collection<TrustedIssuer> issuers, Duration skew, InstantSource time) {
        this.issuers = issuers.stream().collect(Collectors.toUnmodifiableMap(TrustedIssuer::issuer, issuer -> issuer));
        this.skew = skew;
        this.time = time;
        this.remembered = new ExpiringCache<>(time, CAPACITY);
    }

    /// What became of a token.
    public sealed interface Verification {

        record Verified(Caller caller) implements Verification {}

        /// `why` is one sentence of our own, without anything from the token.
        record Rejected(String why) implements Verification {}
    }

    /// Whether the token holds, and for whom it speaks.
    public Verification verify(String token) {
        if (token.length() > MAX_LENGTH) {
            return new Verification.Rejected("the token is too long");
        }
        return token.length() > MAX_REMEMBERED_LENGTH ? checked(token).value() : remembered.get(token, check);
    }

    /// How well the remembered tokens serve.
    public ExpiringCache.Figures tokensKept() {
        return remembered.figures();
    }

    private ExpiringCache.Answer<Verification> checked(String token) {
        return switch (SignedToken.check(token, this::signer, skew, time)) {
            case SignedToken.Checked.Holds holds ->
                new ExpiringCache.Answer<>(
                        new Verification.Verified(Claims.caller(holds.claims(), trusted(holds.issuer()))),
                        holds.until());
            case SignedToken.Checked.Broken(String why) ->
                new ExpiringCache.Answer<>(new Verification.Rejected(why), 0);
        };
    }

    private TrustedIssuer trusted(String issuer) {
        TrustedIssuer trusted = issuers.get(issuer);
        if (trusted == null) {
            throw new IllegalStateException("a token of " + issuer + " held, which is not trusted");
        }
        return trusted;
    }

    private Optional<SignedToken.Signer> signer(String issuer) {
        return Optional.ofNullable(issuers.get(issuer))
                .map(trusted -> new SignedToken.Signer(trusted.algorithms(), trusted.keys()));
    }
}
