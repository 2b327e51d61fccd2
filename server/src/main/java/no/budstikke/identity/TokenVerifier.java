package no.budstikke.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.budstikke.http.Json;
import no.budstikke.time.ExpiringCache;

/// Checks tokens: signature, `exp` (required), `nbf`, and exactly one of the trusted issuers. A token
/// that holds is remembered until it expires, so that the next request with it costs a look-up. Never
/// throws, whatever it is given. Spec: authorization §9, §22.3; correspondence §9.1.
public final class TokenVerifier {

    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_REMEMBERED_LENGTH = 4_096;
    private static final int CAPACITY = 50_000;
    /// The last second of the year 9999; whatever expires later expires then.
    private static final long MAX_SECOND = 253_402_300_799L;

    private final Map<String, TrustedIssuer> issuers;
    private final Duration skew;
    private final InstantSource time;
    private final ExpiringCache<String, Verification> remembered;
    private final Function<String, ExpiringCache.Answer<Verification>> check = this::checked;

    /// @param skew how far another machine's clock may be off; none in the reference
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
        try {
            return check(token);
        } catch (Invalid e) {
            return new ExpiringCache.Answer<>(new Verification.Rejected(e.why), 0);
        }
    }

    private ExpiringCache.Answer<Verification> check(String token) throws Invalid {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new Invalid("the token is not a signed JWT");
        }
        JsonNode header = object(parts[0]);
        JsonNode claims = object(parts[1]);
        TrustedIssuer issuer = issuers.get(claims.path("iss").asText());
        if (issuer == null) {
            throw new Invalid("the issuer is not trusted");
        }
        checkSignature(issuer, header, parts);
        long until = checkTime(claims);
        return new ExpiringCache.Answer<>(new Verification.Verified(Claims.caller(claims, issuer)), until);
    }

    private static void checkSignature(TrustedIssuer issuer, JsonNode header, String[] parts) throws Invalid {
        String algorithm = header.path("alg").asText();
        if (!issuer.algorithms().contains(algorithm)) {
            throw new Invalid("the algorithm is not accepted from this issuer");
        }
        if (header.has("crit")) {
            throw new Invalid("the token has a critical header that is not understood");
        }
        List<SigningKey> candidates =
                issuer.keys().candidates(Optional.ofNullable(header.path("kid").textValue()));
        if (candidates.isEmpty()) {
            throw new Invalid("the signing key is not known");
        }
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        byte[] signature = decoded(parts[2]);
        if (candidates.stream().noneMatch(key -> Signatures.hold(algorithm, key.key(), signed, signature))) {
            throw new Invalid("the signature does not hold");
        }
    }

    /// The millisecond in which the token stops to hold.
    private long checkTime(JsonNode claims) throws Invalid {
        long now = time.millis();
        long expires = second(claims.path("exp")).orElseThrow(() -> new Invalid("the token has no expiry")) * 1000
                + skew.toMillis();
        if (now >= expires) {
            throw new Invalid("the token has expired");
        }
        if (claims.has("nbf")) {
            long begins = second(claims.path("nbf")).orElseThrow(() -> new Invalid("nbf is not a number")) * 1000
                    - skew.toMillis();
            if (now < begins) {
                throw new Invalid("the token does not hold yet");
            }
        }
        return expires;
    }

    private static OptionalLong second(JsonNode written) {
        double seconds = written.isNumber() ? written.doubleValue() : written.asDouble(Double.NaN);
        return Double.isNaN(seconds)
                ? OptionalLong.empty()
                : OptionalLong.of((long) Math.clamp(seconds, 0, MAX_SECOND));
    }

    private static JsonNode object(String part) throws Invalid {
        try {
            JsonNode read = Json.SPARSE.readTree(decoded(part));
            if (read.isObject()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            throw new Invalid("the token's JSON can't be read");
        } catch (IOException e) {
            throw new IllegalStateException("reading bytes from memory", e);
        }
        throw new Invalid("the token's JSON is not an object");
    }

    private static byte[] decoded(String part) throws Invalid {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new Invalid("the token is not base64url");
        }
    }

    /// Ends a check; never leaves this class.
    private static final class Invalid extends Exception {

        private static final long serialVersionUID = 1;
        private final String why;

        Invalid(String why) {
            super(why, null, false, false);
            this.why = why;
        }
    }
}
