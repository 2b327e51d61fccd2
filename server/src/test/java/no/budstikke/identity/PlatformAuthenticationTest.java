package no.budstikke.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.budstikke.http.PlainRequest;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Spec: events §8.3, §8.4, §14 Q10.
class PlatformAuthenticationTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final InstantSource TIME = InstantSource.fixed(NOW);

    @TempDir
    private Path data;

    private final OutsideIssuer outside = new OutsideIssuer();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        outside.close();
        client.close();
    }

    private PlatformAuthentication trusting(Optional<EmbeddedIssuer> embedded, String... privateIssuers) {
        outside.publishRsa();
        return new PlatformAuthentication(
                new PlatformAuthentication.Trust(
                        List.of(PlatformIssuer.elsewhere("ttd", outside.metadata(), client, TIME)),
                        embedded,
                        Set.of(privateIssuers)),
                new Authentication(new TokenVerifier(List.of(), Duration.ZERO, TIME)),
                TIME);
    }

    private static Map<String, Object> claims(String issuer) {
        return Map.of("iss", issuer, "urn:altinn:app", "apps-test", "exp", NOW.getEpochSecond() + 300);
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        var changed = new HashMap<>(claims);
        changed.put(name, value);
        return changed;
    }

    private static String token(String issuer) {
        return OutsideIssuer.sign("RS256", claims(issuer));
    }

    @Test
    void a_token_of_a_trusted_issuer_names_the_app() {
        assertThat(trusting(Optional.empty()).caller(new Tokens(token("ttd"))))
                .contains(new PlatformCaller("ttd", "apps-test"));
    }

    @Test
    void one_header_with_one_token_is_asked_for() {
        PlatformAuthentication platform = trusting(Optional.empty());

        assertThat(platform.caller(new Tokens())).isEmpty();
        assertThat(platform.caller(new Tokens(token("ttd"), token("ttd")))).isEmpty();
        assertThat(platform.caller(new Tokens("Bearer " + token("ttd")))).isEmpty();
    }

    @Test
    void every_issuer_signs_for_itself_only() {
        PlatformAuthentication platform = trusting(Optional.empty());

        assertThat(platform.caller(new Tokens(token("platform")))).isEmpty();
        assertThat(platform.caller(new Tokens(token("skd")))).isEmpty();
        assertThat(platform.caller(new Tokens(token("")))).isEmpty();
    }

    @Test
    void a_token_holds_for_ten_seconds_longer_than_it_says_and_needs_an_end_and_an_app() {
        PlatformAuthentication platform = trusting(Optional.empty());
        long now = NOW.getEpochSecond();

        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("RS256", with(claims("ttd"), "exp", now - 9)))))
                .isPresent();
        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("RS256", with(claims("ttd"), "exp", now - 10)))))
                .isEmpty();
        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("RS256", with(claims("ttd"), "nbf", now + 10)))))
                .isPresent();
        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("RS256", with(claims("ttd"), "nbf", now + 11)))))
                .isEmpty();
        assertThat(platform.caller(
                        new Tokens(OutsideIssuer.sign("RS256", Map.of("iss", "ttd", "urn:altinn:app", "apps-test")))))
                .isEmpty();
        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("RS256", with(claims("ttd"), "urn:altinn:app", "")))))
                .isEmpty();
    }

    @Test
    void another_algorithm_or_signature_is_not_accepted() {
        PlatformAuthentication platform = trusting(Optional.empty());
        String token = token("ttd");

        assertThat(platform.caller(new Tokens(OutsideIssuer.sign("PS256", claims("ttd")))))
                .isEmpty();
        assertThat(platform.caller(new Tokens(token.substring(0, token.lastIndexOf('.') + 1))))
                .isEmpty();
        assertThat(platform.caller(new Tokens(token.substring(0, token.length() - 8) + "AAAAAAAA")))
                .isEmpty();
    }

    @Test
    void the_embedded_issuer_signs_for_whoever_has_no_keys_of_its_own() {
        EmbeddedIssuer embedded = EmbeddedIssuer.open(data, "http://localhost:8080");
        PlatformAuthentication platform = trusting(Optional.of(embedded));
        String ours = embedded.signAs("skd", with(claims("skd"), "urn:altinn:app", "flyttemelding"));

        assertThat(platform.caller(new Tokens(ours))).contains(new PlatformCaller("skd", "flyttemelding"));
        assertThat(platform.caller(new Tokens(embedded.signAs("ttd", claims("ttd")))))
                .as("ttd has keys of its own")
                .isEmpty();
        assertThat(platform.caller(new Tokens(token("ttd")))).isPresent();
    }

    @Test
    void private_endpoints_are_open_to_the_chosen_issuers_only() {
        PlatformAuthentication platform = trusting(Optional.empty(), "platform");
        PlatformAuthentication more = trusting(Optional.empty(), "platform", "ttd");

        assertThat(status(platform, new Tokens())).isEqualTo(401);
        assertThat(status(platform, new Tokens("x.y.z"))).isEqualTo(401);
        assertThat(status(platform, new Tokens(token("ttd")))).isEqualTo(403);
        assertThat(status(more, new Tokens(token("ttd")))).isEqualTo(200);
    }

    private static int status(PlatformAuthentication platform, Request request) {
        return platform.privately(request, _ -> Reply.empty(200)).status();
    }

    /// A request with these platform access tokens.
    private record Tokens(List<String> tokens, Request rest) implements Request {

        Tokens(String... tokens) {
            this(Arrays.asList(tokens), new PlainRequest("GET", "/", "", ""));
        }

        @Override
        public List<String> headers(String name) {
            return name.equals("PlatformAccessToken") ? tokens : List.of();
        }

        @Override
        public String method() {
            return rest.method();
        }

        @Override
        public String path() {
            return rest.path();
        }

        @Override
        public String pathParameter(String name) {
            return rest.pathParameter(name);
        }

        @Override
        public QueryParameters query() {
            return rest.query();
        }

        @Override
        public Optional<String> header(String name) {
            return headers(name).stream().findFirst();
        }

        @Override
        public byte[] body() {
            return rest.body();
        }

        @Override
        public InputStream bodyStream() {
            return rest.bodyStream();
        }

        @Override
        public String traceId() {
            return rest.traceId();
        }

        @Override
        public Request withPathParameters(Map<String, String> parameters) {
            return this;
        }
    }
}
