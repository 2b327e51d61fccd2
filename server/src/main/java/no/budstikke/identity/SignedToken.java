package no.budstikke.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import no.budstikke.http.Json;

/// Checks a signed JWT, whoever it speaks for: signature by a key of its issuer, `exp` (required),
/// `nbf`. Never throws, whatever it is given. Spec: authorization §9, §22.3.
final class SignedToken {

    /// The last second of the year 9999; whatever expires later expires then.
    private static final long MAX_SECOND = 253_402_300_799L;

    private SignedToken() {}

    /// How an issuer signs.
    record Signer(Set<String> algorithms, KeySource keys) {

        Signer {
            algorithms = Set.copyOf(algorithms);
        }
    }

    /// What the check found.
    sealed interface Checked {

        /// It holds until that millisecond since 1970.
        record Holds(String issuer, JsonNode claims, long until) implements Checked {}

        /// `why` is one sentence of our own, without anything from the token.
        record Broken(String why) implements Checked {}
    }

    /// Whether the token holds.
    ///
    /// @param signers by the exact text of `iss`; empty for an issuer that is not trusted
    /// @param skew how far another machine's clock may be off
    static Checked check(String token, Function<String, Optional<Signer>> signers, Duration skew, InstantSource time) {
        try {
            return checked(token, signers, skew, time);
        } catch (Invalid e) {
            return new Checked.Broken(e.why);
        }
    }

    private static Checked checked(
            String token, Function<String, Optional<Signer>> signers, Duration skew, InstantSource time)
            throws Invalid {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new Invalid("the token is not a signed JWT");
        }
        JsonNode header = object(parts[0]);
        JsonNode claims = object(parts[1]);
        String issuer = claims.path("iss").asText();
        Signer signer = signers.apply(issuer).orElseThrow(() -> new Invalid("the issuer is not trusted"));
        checkSignature(signer, header, parts);
        return new Checked.Holds(issuer, claims, checkTime(claims, skew, time));
    }

    private static void checkSignature(Signer signer, JsonNode header, String[] parts) throws Invalid {
        String algorithm = header.path("alg").asText();
        if (!signer.algorithms().contains(algorithm)) {
            throw new Invalid("the algorithm is not accepted from this issuer");
        }
        if (header.has("crit")) {
            throw new Invalid("the token has a critical header that is not understood");
        }
        List<SigningKey> candidates =
                signer.keys().candidates(Optional.ofNullable(header.path("kid").textValue()));
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
    private static long checkTime(JsonNode claims, Duration skew, InstantSource time) throws Invalid {
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
