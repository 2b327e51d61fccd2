package no.budstikke.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import no.budstikke.identity.TokenVerifier.Verification;
import no.budstikke.time.MovableClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final MovableClock clock = new MovableClock();
    private final OutsideIssuer outside = new OutsideIssuer();
    private TokenVerifier verifier;

    @BeforeEach
    void publish() {
        outside.publishRubbish();
        outside.publishRsa();
        outside.publishEc();
        outside.publishEd25519();
        verifier = verifier(TrustedIssuer.ALGORITHMS, Duration.ZERO);
    }

    private TokenVerifier verifier(Set<String> algorithms, Duration skew) {
        var trusted = TrustedIssuer.elsewhere(
                OutsideIssuer.ISSUER, TrustedIssuer.Kind.MASKINPORTEN, algorithms, outside.metadata(), CLIENT, clock);
        return new TokenVerifier(List.of(trusted), skew, clock);
    }

    @AfterEach
    void stop() {
        outside.close();
    }

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private Map<String, Object> claims() {
        long now = clock.instant().getEpochSecond();
        return new HashMap<>(Map.of("iss", OutsideIssuer.ISSUER, "exp", now + 600, "nbf", now, "scope", "a b"));
    }

    private static void assertRejected(Verification verification, String why) {
        assertThat(verification).isEqualTo(new Verification.Rejected(why));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256", "ES256", "EdDSA"})
    void a_token_signed_with_an_accepted_algorithm_holds(String algorithm) {
        Verification verification = verifier.verify(OutsideIssuer.sign(algorithm, claims()));
        assertThat(verification).isInstanceOfSatisfying(Verification.Verified.class, verified -> {
            assertThat(verified.caller().issuer()).isEqualTo(OutsideIssuer.ISSUER);
            assertThat(verified.caller().scopes()).containsExactlyInAnyOrder("a", "b");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256", "ES256", "EdDSA"})
    void a_changed_claim_breaks_the_signature(String algorithm) {
        String[] parts = OutsideIssuer.sign(algorithm, claims()).split("\\.", -1);
        String payload =
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).replace("a b", "a c");
        String changed = OutsideIssuer.encoded(payload.getBytes(StandardCharsets.UTF_8));
        assertRejected(verifier.verify(parts[0] + "." + changed + "." + parts[2]), "the signature does not hold");
    }

    @Test
    void an_algorithm_that_the_issuer_may_not_use_is_refused() {
        var strict = verifier(Set.of("RS256"), Duration.ZERO);
        assertThat(strict.verify(OutsideIssuer.sign("RS256", claims()))).isInstanceOf(Verification.Verified.class);
        assertRejected(
                strict.verify(OutsideIssuer.sign("ES256", claims())), "the algorithm is not accepted from this issuer");
    }

    @Test
    void a_token_without_a_signature_is_refused() {
        String[] parts = OutsideIssuer.sign("RS256", Map.of("alg", "none", "kid", "rsa"), claims())
                .split("\\.", -1);
        assertRejected(
                verifier.verify(parts[0] + "." + parts[1] + "."), "the algorithm is not accepted from this issuer");
        String[] good = OutsideIssuer.sign("RS256", claims()).split("\\.", -1);
        assertRejected(verifier.verify(good[0] + "." + good[1] + "."), "the signature does not hold");
    }

    @Test
    void a_key_of_one_kind_does_not_verify_the_algorithm_of_another() {
        assertRejected(verifier.verify(OutsideIssuer.sign("ES256", "rsa", claims())), "the signature does not hold");
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", "ec", claims())), "the signature does not hold");
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", "ed", claims())), "the signature does not hold");
    }

    @Test
    void a_critical_header_is_not_overlooked() {
        var header = Map.of("alg", "RS256", "kid", "rsa", "crit", List.of("b64"), "b64", false);
        assertRejected(
                verifier.verify(OutsideIssuer.sign("RS256", header, claims())),
                "the token has a critical header that is not understood");
    }

    @Test
    void a_token_without_a_key_id_is_tried_with_every_key() {
        String token = OutsideIssuer.sign("ES256", Map.of("alg", "ES256"), claims());
        assertThat(verifier.verify(token)).isInstanceOf(Verification.Verified.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://outside.example",
                "https://outside.example/x",
                "HTTPS://OUTSIDE.EXAMPLE/",
                "https://evil.example/?https://outside.example/",
            })
    void the_issuer_is_compared_exactly(String issuer) {
        Map<String, Object> claims = claims();
        claims.put("iss", issuer);
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", claims)), "the issuer is not trusted");
    }

    @Test
    void a_token_needs_an_expiry() {
        Map<String, Object> claims = claims();
        claims.remove("exp");
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", claims)), "the token has no expiry");
        claims.put("exp", "soon");
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", claims)), "the token has no expiry");
        claims.put("exp", "99999999999999999999999999999999999999");
        assertThat(verifier.verify(OutsideIssuer.sign("RS256", claims))).isInstanceOf(Verification.Verified.class);
    }

    @Test
    void a_remembered_token_is_not_accepted_after_its_expiry() {
        String token = OutsideIssuer.sign("RS256", claims());
        Verification first = verifier.verify(token);
        assertThat(first).isInstanceOf(Verification.Verified.class);
        assertThat(verifier.verify(token)).isSameAs(first);
        clock.advance(Duration.ofSeconds(598));
        assertThat(verifier.verify(token)).isSameAs(first);
        clock.advance(Duration.ofSeconds(2));
        assertRejected(verifier.verify(token), "the token has expired");
    }

    @Test
    void a_token_does_not_hold_before_its_time() {
        Map<String, Object> claims = claims();
        claims.put("nbf", clock.instant().getEpochSecond() + 5);
        String token = OutsideIssuer.sign("RS256", claims);
        assertRejected(verifier.verify(token), "the token does not hold yet");
        assertThat(verifier(TrustedIssuer.ALGORITHMS, Duration.ofSeconds(10)).verify(token))
                .isInstanceOf(Verification.Verified.class);
        clock.advance(Duration.ofSeconds(5));
        assertThat(verifier.verify(token)).isInstanceOf(Verification.Verified.class);
    }

    @Test
    void keys_are_fetched_again_for_an_unknown_key_but_not_for_every_token() {
        assertThat(verifier.verify(OutsideIssuer.sign("RS256", claims()))).isInstanceOf(Verification.Verified.class);
        for (int i = 0; i < 20; i++) {
            assertRejected(
                    verifier.verify(OutsideIssuer.sign("RS256", "unheard of " + i, claims())),
                    "the signing key is not known");
        }
        assertThat(outside.keySetRequests).hasValue(1);
        clock.advance(Duration.ofSeconds(31));
        verifier.verify(OutsideIssuer.sign("RS256", "unheard of", claims()));
        assertThat(outside.keySetRequests).hasValue(2);
    }

    @Test
    void keys_once_fetched_stay_in_use_while_the_issuer_is_down() {
        outside.status = 503;
        assertRejected(verifier.verify(OutsideIssuer.sign("RS256", claims())), "the signing key is not known");
        outside.status = 200;
        clock.advance(Duration.ofMinutes(1));
        assertThat(verifier.verify(OutsideIssuer.sign("RS256", claims()))).isInstanceOf(Verification.Verified.class);
        outside.status = 503;
        clock.advance(Duration.ofHours(2));
        assertThat(verifier.verify(OutsideIssuer.sign("RS256", claims()))).isInstanceOf(Verification.Verified.class);
        assertThat(outside.keySetRequests).hasValue(3);
    }

    @Test
    void nothing_that_is_sent_makes_it_throw() {
        String good = OutsideIssuer.sign("RS256", claims());
        assertThat(verifier.verify("")).isInstanceOf(Verification.Rejected.class);
        assertThat(verifier.verify("..")).isInstanceOf(Verification.Rejected.class);
        assertThat(verifier.verify(good + ".")).isInstanceOf(Verification.Rejected.class);
        assertThat(verifier.verify("x".repeat(1_000_000))).isInstanceOf(Verification.Rejected.class);
        for (String json : List.of("[]", "null", "1", "\"x\"", "{", "[".repeat(9_000), "{\"a\":".repeat(2_000))) {
            String part = OutsideIssuer.encoded(json.getBytes(StandardCharsets.UTF_8));
            String[] parts = good.split("\\.", -1);
            assertThat(verifier.verify(part + "." + parts[1] + "." + parts[2]))
                    .as(json)
                    .isInstanceOf(Verification.Rejected.class);
            assertThat(verifier.verify(parts[0] + "." + part + "." + parts[2]))
                    .as(json)
                    .isInstanceOf(Verification.Rejected.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_token_with_any_one_letter_changed_does_not_hold(long seed) {
        var random = new SplittableRandom(seed);
        String good = OutsideIssuer.sign("ES256", claims());
        // The last letter of each part carries bits that mean nothing.
        int end = good.length() - 1;
        for (int round = 0; round < 1_000; round++) {
            int at = random.nextInt(end);
            char letter = (char) random.nextInt(1, 0x250);
            if (letter != good.charAt(at) && good.charAt(at + 1) != '.') {
                String changed = good.substring(0, at) + letter + good.substring(at + 1);
                assertThat(verifier.verify(changed))
                        .as("seed %d: %s", seed, changed)
                        .isInstanceOf(Verification.Rejected.class);
            }
        }
    }
}
