package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What endpoints ask of whoever comes: client certificates, certificates of their own, access tokens.
/// The server tries again after 200 ms, so that second attempts can be seen.
class EndpointCredentialsTest {

    private static final String RESOURCE = Parties.resourceUrn(3);
    private static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");
    private static final TestCertificate OTHER_AUTHORITY = TestCertificate.authority("Another authority");
    private static final TestCertificate CLIENT = AUTHORITY.client("budstikke.example.no");

    private static Budstikke server;
    private static Api anonymous;
    private static Api owner;
    private static Api stranger;

    private final Webhook webhook = Webhook.start();
    private final Webhook tokenEndpoint = Webhook.start();
    private final String type = CloudEvents.randomType();

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                .setting("delivery.retrySchedule", List.of("200ms", "200ms", "200ms", "200ms", "1h"))
                .start();
        anonymous = server.api();
        owner = server.as(server.tokens().serviceOwner());
        stranger = server.as(server.tokens().organization(Parties.THIRD_OTHER.number()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void closeWebhooks() {
        webhook.close();
        tokenEndpoint.close();
    }

    private JsonNode subscribe(String endPoint) {
        return owner.subscribe(
                        Subscription.to(endPoint).resourceFilter(RESOURCE).typeFilter(type))
                .expect(201)
                .json();
    }

    private static String subscriptionPath(JsonNode subscription) {
        return EVENTS + "/subscriptions/" + subscription.path("id").asText();
    }

    private static String path(JsonNode subscription) {
        return subscriptionPath(subscription) + "/credentials";
    }

    private static Response put(JsonNode subscription, Map<String, ?> credentials) {
        return owner.put(path(subscription), credentials);
    }

    private static void awaitValidated(JsonNode subscription) {
        await().until(() -> owner.get(subscriptionPath(subscription))
                .expect(200)
                .json()
                .path("validated")
                .asBoolean());
    }

    private CloudEvents publish() {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type);
        server.as(server.tokens().publisher()).publish(event).expect(200);
        return event;
    }

    private Map<String, ?> oauth2() {
        return Map.of(
                "oauth2",
                Map.of(
                        "tokenEndpoint", tokenEndpoint.url("/token"),
                        "clientId", "me",
                        "clientSecret", "my very own secret",
                        "scope", "events:receive"));
    }

    /// Answers with tokens `t1`, `t2`, …
    private AtomicInteger giveTokens() {
        var given = new AtomicInteger();
        tokenEndpoint.answer(_ -> Answer.status(
                200,
                "{\"access_token\": \"t%d\", \"token_type\": \"Bearer\", \"expires_in\": 3600}"
                        .formatted(given.incrementAndGet())));
        return given;
    }

    // --- TLS ---

    @Test
    void an_endpoint_with_its_own_authority_lets_us_in_by_our_client_certificate() throws IOException {
        try (var receiver = new TlsReceiver(AUTHORITY.server(127, 0, 0, 1).serving(AUTHORITY))) {
            JsonNode created = subscribe(receiver.url());
            await().until(() -> receiver.refused() > 0);
            assertThat(receiver.requests()).isEmpty();

            put(
                            created,
                            Map.of(
                                    "trustedCertificates", OTHER_AUTHORITY.pem() + AUTHORITY.pem(),
                                    "clientCertificate", CLIENT.pem() + AUTHORITY.pem(),
                                    "clientKey", CLIENT.keyPem()))
                    .expect(200);

            awaitValidated(created);
            CloudEvents event = publish();
            await().until(() ->
                    receiver.requests().stream().anyMatch(got -> got.body().contains(event.id())));
            assertThat(receiver.requests()).allMatch(got -> got.client().equals("CN=budstikke.example.no"));
        }
    }

    @Test
    void an_endpoint_that_another_authority_vouches_for_gets_nothing() throws IOException {
        try (var receiver = new TlsReceiver(AUTHORITY.server(127, 0, 0, 1).serving(AUTHORITY))) {
            JsonNode created = subscribe(receiver.url());
            await().until(() -> receiver.refused() > 0);
            int before = receiver.refused();

            put(
                            created,
                            Map.of(
                                    "trustedCertificates", OTHER_AUTHORITY.pem(),
                                    "clientCertificate", CLIENT.pem(),
                                    "clientKey", CLIENT.keyPem()))
                    .expect(200);

            await().until(() -> receiver.refused() > before);
            assertThat(receiver.requests()).isEmpty();
        }
    }

    @Test
    void neither_does_one_whose_certificate_is_for_somebody_else() throws IOException {
        try (var receiver = new TlsReceiver(AUTHORITY.server(127, 0, 0, 9).serving(AUTHORITY))) {
            JsonNode created = subscribe(receiver.url());
            await().until(() -> receiver.refused() > 0);
            int before = receiver.refused();

            put(
                            created,
                            Map.of(
                                    "trustedCertificates", AUTHORITY.pem(),
                                    "clientCertificate", CLIENT.pem(),
                                    "clientKey", CLIENT.keyPem()))
                    .expect(200);

            await().until(() -> receiver.refused() > before);
            assertThat(receiver.requests()).isEmpty();
        }
    }

    @Test
    void credentials_are_shown_by_name_fingerprint_and_expiry_and_never_come_back() {
        JsonNode created = subscribe(webhook.url("/"));
        assertThat(owner.get(path(created)).status()).isEqualTo(404);

        Response answered = put(
                created,
                Map.of(
                        "TrustedCertificates", AUTHORITY.pem(),
                        "clientCertificate", CLIENT.pem(),
                        "clientKey", CLIENT.keyPem(),
                        "oauth2", oauth2().get("oauth2")));

        JsonNode shown = answered.expect(200).json();
        assertThat(owner.get(path(created)).expect(200).json()).isEqualTo(shown);
        assertThat(shown.at("/trustedCertificates/0/subject").asText()).isEqualTo("CN=Test authority");
        assertThat(shown.at("/clientCertificate/0/subject").asText()).isEqualTo("CN=budstikke.example.no");
        assertThat(shown.at("/clientCertificate/0/issuer").asText()).isEqualTo("CN=Test authority");
        assertThat(shown.at("/clientCertificate/0/fingerprint").asText()).matches("[0-9a-f]{64}");
        assertThat(shown.at("/clientCertificate/0/expires").asText())
                .isEqualTo(CLIENT.certificate().getNotAfter().toInstant().toString());
        assertThat(shown.at("/oauth2/clientId").asText()).isEqualTo("me");
        assertThat(shown.toString())
                .doesNotContain("my very own secret")
                .doesNotContain("PRIVATE")
                .doesNotContain("Key");
        assertThat(owner.delete(path(created)).status()).isEqualTo(200);
        assertThat(owner.get(path(created)).status()).isEqualTo(404);
    }

    @Test
    void credentials_belong_to_the_owner_of_the_subscription() {
        JsonNode created = subscribe(webhook.url("/"));

        assertThat(anonymous.put(path(created), oauth2()).status()).isEqualTo(401);
        assertThat(stranger.put(path(created), oauth2()).status()).isEqualTo(403);
        assertThat(stranger.get(path(created)).status()).isEqualTo(403);
        assertThat(stranger.delete(path(created)).status()).isEqualTo(403);
        String unknown = EVENTS + "/subscriptions/2147483647/credentials";
        assertThat(owner.put(unknown, oauth2()).status()).isEqualTo(404);
        assertThat(owner.delete(unknown).status()).isEqualTo(404);
        assertThat(owner.get(path(created)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            $                            | {}
            $                            | []
            $.trustedCertificates        | {"trustedCertificates": "no PEM"}
            $.trustedCertificates        | {"trustedCertificates": 1}
            $.trustedCertificates        | {"trustedCertificates": "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"}
            $.trustedCertificates        | {"trustedCertificates": "KEY"}
            $.clientKey                  | {"clientCertificate": "CLIENT"}
            $.clientCertificate          | {"clientKey": "KEY"}
            $.clientKey                  | {"clientCertificate": "CLIENT", "clientKey": "OTHER_KEY"}
            $.clientKey                  | {"clientCertificate": "CLIENT", "clientKey": "ENCRYPTED"}
            $.clientKey                  | {"clientCertificate": "CLIENT", "clientKey": "LEGACY"}
            $.clientCertificate          | {"clientCertificate": "EXPIRED", "clientKey": "EXPIRED_KEY"}
            $.oauth2                     | {"oauth2": "x"}
            $.oauth2.tokenEndpoint       | {"oauth2": {"clientId": "a", "clientSecret": "b"}}
            $.oauth2.tokenEndpoint       | {"oauth2": {"tokenEndpoint": "http://idp.example.no/t", "clientId": "a", "clientSecret": "b"}}
            $.oauth2.tokenEndpoint       | {"oauth2": {"tokenEndpoint": "https://u:p@idp.example.no/t", "clientId": "a", "clientSecret": "b"}}
            $.oauth2.tokenEndpoint       | {"oauth2": {"tokenEndpoint": "file:///etc/passwd", "clientId": "a", "clientSecret": "b"}}
            $.oauth2.clientId            | {"oauth2": {"tokenEndpoint": "https://idp.example.no/t", "clientSecret": "b"}}
            $.oauth2.clientSecret        | {"oauth2": {"tokenEndpoint": "https://idp.example.no/t", "clientId": "a", "clientSecret": " "}}
            $.maskinporten.key           | {"maskinporten": {"tokenEndpoint": "https://idp.example.no/t", "clientId": "a"}}
            $.maskinporten.key           | {"maskinporten": {"tokenEndpoint": "https://idp.example.no/t", "clientId": "a", "key": "x"}}
            $.maskinporten.key           | {"maskinporten": {"tokenEndpoint": "https://idp.example.no/t", "clientId": "a", "key": {"kty": "oct", "k": "AAAA"}}}
            $.maskinporten               | {"oauth2": {"tokenEndpoint": "https://idp.example.no/t"}, "maskinporten": {}}
            """)
    void what_is_of_no_use_is_refused_and_changes_nothing(String member, String body) {
        JsonNode created = subscribe(webhook.url("/"));
        put(created, oauth2()).expect(200);
        JsonNode before = owner.get(path(created)).expect(200).json();
        TestCertificate expired = AUTHORITY.expired("late.example.no");
        String written = body.replace("OTHER_KEY", json(AUTHORITY.keyPem()))
                .replace("EXPIRED_KEY", json(expired.keyPem()))
                .replace("EXPIRED", json(expired.pem()))
                .replace("ENCRYPTED", json(TestCertificate.block("ENCRYPTED PRIVATE KEY", new byte[9])))
                .replace("LEGACY", json(TestCertificate.block("EC PRIVATE KEY", new byte[9])))
                .replace("\"CLIENT\"", "\"" + json(CLIENT.pem()) + "\"")
                .replace("\"KEY\"", "\"" + json(CLIENT.keyPem()) + "\"");

        Response refused = owner.put(path(created), written).expect(400);

        assertThat(refused.json().path("errors").fieldNames()).toIterable().containsExactly(member);
        assertThat(owner.get(path(created)).expect(200).json()).isEqualTo(before);
    }

    private static String json(String text) {
        return text.replace("\r", "").replace("\n", "\\n");
    }

    // --- tokens ---

    @Test
    void an_endpoint_gets_a_token_that_is_fetched_once() {
        AtomicInteger given = giveTokens();
        JsonNode created = subscribe(webhook.url("/"));
        awaitValidated(created);
        put(created, oauth2()).expect(200);

        List<CloudEvents> events = List.of(publish(), publish(), publish());

        for (CloudEvents event : events) {
            webhook.awaitEventWithId(event.id());
            assertThat(requestWith(event).header("Authorization")).hasValue("Bearer t1");
        }
        assertThat(given).hasValue(1);
        Received asked = tokenEndpoint.requests().getFirst();
        assertThat(asked.header("Content-Type")).hasValue("application/x-www-form-urlencoded");
        assertThat(form(asked))
                .isEqualTo(Map.of(
                        "grant_type", "client_credentials",
                        "client_id", "me",
                        "client_secret", "my very own secret",
                        "scope", "events:receive"));
    }

    @Test
    void a_refused_token_is_replaced_and_every_attempt_keeps_the_events_id() {
        giveTokens();
        webhook.answer(request -> Answer.status(
                request.isValidation()
                                || request.header("Authorization").orElse("").equals("Bearer t2")
                        ? 200
                        : 401));
        JsonNode created = subscribe(webhook.url("/"));
        awaitValidated(created);
        put(created, oauth2()).expect(200);

        CloudEvents event = publish();

        await().until(() -> webhook.requests().stream()
                .anyMatch(request -> request.header("Authorization").orElse("").equals("Bearer t2")));
        List<Received> attempts = webhook.requests().stream()
                .filter(request -> !request.isValidation())
                .toList();
        assertThat(attempts)
                .hasSize(2)
                .allMatch(attempt -> attempt.header("webhook-id").orElseThrow().equals(event.id()))
                .extracting(Received::text)
                .containsOnly(attempts.getFirst().text());
    }

    @Test
    void without_a_token_nothing_is_sent_and_the_attempt_says_why() throws SQLException, IOException {
        var given = new AtomicInteger();
        tokenEndpoint.answer(_ -> given.incrementAndGet() == 1
                ? Answer.status(401, "{\"error\": \"invalid_client\"}")
                : Answer.status(200, "{\"access_token\": \"late\"}"));
        JsonNode created = subscribe(webhook.url("/"));
        awaitValidated(created);
        put(created, oauth2()).expect(200);

        publish();

        try (var database = EmbeddedDatabase.of(server)) {
            String question = "select coalesce(min(outcome || ' ' || detail), '') from attempt where subscription = "
                    + created.path("id").asInt();
            await().until(() -> !database.ask(question).isEmpty());
            assertThat(database.ask(question))
                    .isEqualTo("no-token no access token from " + tokenEndpoint.url("/token")
                            + ": it answered 401 invalid_client");
        }
        assertThat(webhook.events()).isEmpty();
    }

    @Test
    void maskinporten_gets_a_signed_assertion() throws JOSEException, ParseException {
        giveTokens();
        RSAKey key = new RSAKeyGenerator(2048).keyID("my-key").generate();
        JsonNode created = subscribe(webhook.url("/"));
        awaitValidated(created);
        JsonNode shown = put(
                        created,
                        Map.of(
                                "maskinporten",
                                Map.of(
                                        "tokenEndpoint", tokenEndpoint.url("/token"),
                                        "clientId", "0ad1",
                                        "scope", "agency:events",
                                        "resource", "https://hook.example.no",
                                        "key", key.toJSONObject())))
                .expect(200)
                .json();
        assertThat(shown.at("/maskinporten/keyId").asText()).isEqualTo("my-key");
        assertThat(shown.toString()).doesNotContain(key.getPrivateExponent().toString());

        CloudEvents event = publish();

        webhook.awaitEventWithId(event.id());
        assertThat(requestWith(event).header("Authorization")).hasValue("Bearer t1");
        Map<String, String> form = form(tokenEndpoint.requests().getFirst());
        assertThat(form.get("grant_type")).isEqualTo("urn:ietf:params:oauth:grant-type:jwt-bearer");
        SignedJWT assertion = SignedJWT.parse(form.get("assertion"));
        assertThat(assertion.verify(new RSASSAVerifier(key))).isTrue();
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("my-key");
        JWTClaimsSet claims = assertion.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("0ad1");
        assertThat(claims.getAudience()).containsExactly(tokenEndpoint.url("/"));
        assertThat(claims.getStringClaim("scope")).isEqualTo("agency:events");
        assertThat(claims.getStringClaim("resource")).isEqualTo("https://hook.example.no");
        assertThat(claims.getExpirationTime().toInstant())
                .isAfter(claims.getIssueTime().toInstant())
                .isBefore(claims.getIssueTime().toInstant().plusSeconds(120));
        assertThat(claims.getJWTID()).isNotEmpty();
    }

    private Received requestWith(CloudEvents event) {
        return webhook.awaitRequest(
                request -> request.json().path("id").asText().equals(event.id()));
    }

    private static Map<String, String> form(Received request) {
        return Arrays.stream(request.text().split("&", -1))
                .map(member -> member.split("=", 2))
                .collect(Collectors.toMap(
                        member -> member[0], member -> URLDecoder.decode(member[1], StandardCharsets.UTF_8)));
    }
}
