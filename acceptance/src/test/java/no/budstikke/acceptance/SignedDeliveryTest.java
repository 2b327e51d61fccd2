package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Standard Webhooks: `v1` is verified by the standard's own library, `v1a` by the JDK with the keys of
/// the key set, for no published library of the standard verifies it.
@ExtendWith(BudstikkeExtension.class)
class SignedDeliveryTest {

    private static final String RESOURCE = Parties.resourceUrn(3);
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final Api anonymous;
    private final Api owner;
    private final Api stranger;
    private final Api publisher;
    private final no.budstikke.testkit.Webhook webhook;
    private final String type = CloudEvents.randomType();

    SignedDeliveryTest(Api api, Tokens tokens, no.budstikke.testkit.Webhook webhook) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
        this.stranger = api.as(tokens.organization(Parties.THIRD_OTHER.number()));
        this.publisher = api.as(tokens.publisher());
        this.webhook = webhook;
    }

    private Subscription subscription() {
        return Subscription.to(webhook.url("/")).resourceFilter(RESOURCE).typeFilter(type);
    }

    private static String secretPath(JsonNode subscription) {
        return EVENTS + "/subscriptions/" + subscription.path("id").asText() + "/secret";
    }

    private String newSecret(JsonNode subscription) {
        return owner.post(secretPath(subscription))
                .expect(201)
                .json()
                .path("secret")
                .asText();
    }

    private Received deliver() {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type);
        publisher.publish(event).expect(200);
        webhook.awaitEventWithId(event.id());
        return requestWith(event.id());
    }

    private Received requestWith(String eventId) {
        return webhook.awaitRequest(
                request -> request.json().path("id").asText().equals(eventId));
    }

    private static void verify(String secret, Received request) throws WebhookVerificationException {
        new Webhook(secret).verify(request.text(), request.headers());
    }

    private static boolean verifies(String secret, Received request) {
        try {
            verify(secret, request);
            return true;
        } catch (WebhookVerificationException _) {
            return false;
        }
    }

    @Test
    void everything_that_is_sent_is_signed_from_the_first_request_on() throws WebhookVerificationException {
        JsonNode created = owner.establish(subscription());
        Received event = deliver();

        String secret = newSecret(created);

        assertThat(secret).matches("whsec_[A-Za-z0-9+/]{43}=");
        verify(secret, webhook.awaitRequest(Received::isValidation));
        verify(secret, event);
        assertThat(event.header("webhook-id")).hasValue(event.json().path("id").asText());
        assertThat(Long.parseLong(event.header("webhook-timestamp").orElseThrow()))
                .isBetween(Instant.now().getEpochSecond() - 120, Instant.now().getEpochSecond() + 5);
        assertThat(event.header("webhook-signature"))
                .hasValueSatisfying(value -> assertThat(value).matches("v1,[A-Za-z0-9+/]{43}="));
    }

    @Test
    void what_was_sent_without_signatures_is_still_sent_as_it_was() {
        owner.establish(subscription());

        Received event = deliver();

        assertThat(event.headers().keySet())
                .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
                .containsAll(List.of("host", "content-type", "content-length"))
                .isSubsetOf(
                        "host",
                        "content-type",
                        "content-length",
                        "traceparent",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature");
        assertThat(event.header("content-type")).hasValue("application/json; charset=utf-8");
        assertThat(event.json().fieldNames()).toIterable().doesNotContain("signature", "secret");
    }

    @Test
    void a_changed_body_id_or_time_is_noticed() {
        JsonNode created = owner.establish(subscription());
        String secret = newSecret(created);
        Received event = deliver();
        var library = new Webhook(secret);
        Map<String, List<String>> sent = event.headers();

        assertThatThrownBy(() -> library.verify(event.text() + " ", sent))
                .isInstanceOf(WebhookVerificationException.class);
        for (String header : List.of("webhook-id", "webhook-timestamp")) {
            var changed = new java.util.TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            changed.putAll(sent);
            changed.put(
                    header,
                    List.of(
                            header.equals("webhook-id")
                                    ? "another"
                                    : Long.toString(Instant.now().getEpochSecond() + 9)));
            assertThatThrownBy(() -> library.verify(event.text(), changed))
                    .as(header)
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    void an_id_of_any_characters_is_sent_as_one_header_field() throws WebhookVerificationException {
        JsonNode created = owner.establish(subscription());
        String secret = newSecret(created);
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type).id("blåbær 100% \"x\" 1.2." + type);

        publisher.publish(event).expect(200);

        Received request = webhook.awaitRequest(received -> !received.isValidation());
        verify(secret, request);
        assertThat(request.header("webhook-id")).hasValue("bl%C3%A5b%C3%A6r%20100%25%20%22x%22%201.2." + type);
    }

    @Test
    void no_verification_fails_while_the_secret_is_rotated_under_traffic() throws InterruptedException {
        JsonNode created = owner.establish(subscription());
        String old = newSecret(created);
        var requests = new ConcurrentLinkedQueue<Received>();
        webhook.onRequest(requests::add);
        var goesOn = new AtomicBoolean(true);
        Thread traffic = Thread.ofVirtual().start(() -> {
            while (goesOn.get()) {
                publisher
                        .publish(CloudEvents.event().resource(RESOURCE).type(type))
                        .expect(200);
            }
        });
        Queue<Received> afterwards = new ConcurrentLinkedQueue<>();
        String fresh;
        try {
            await().until(() -> requests.size() > 20);
            fresh = newSecret(created);
            // All that is sent from the answer on must verify with the new secret, everything with the old one.
            int before = requests.size();
            await().until(() -> requests.size() > before + 20);
            int mark = before + 10; // those that were being signed when the secret changed
            afterwards.addAll(requests.stream().skip(mark).toList());
        } finally {
            goesOn.set(false);
            traffic.join();
        }

        assertThat(fresh).isNotEqualTo(old);
        assertThat(requests).allMatch(request -> verifies(old, request), "verifies with the old secret");
        assertThat(afterwards).isNotEmpty().allMatch(request -> verifies(fresh, request), "verifies with the new one");
    }

    @Test
    void the_former_secret_can_be_ended_early() {
        JsonNode created = owner.establish(subscription());
        String first = newSecret(created);
        String second = newSecret(created);
        assertThat(owner.get(secretPath(created)).expect(200).json().path("secrets"))
                .hasSize(2);

        JsonNode left = owner.delete(secretPath(created)).expect(200).json();

        assertThat(left.path("secrets")).hasSize(1);
        Received event = deliver();
        assertThat(verifies(second, event)).isTrue();
        assertThat(verifies(first, event)).isFalse();
        String third = owner.post(secretPath(created), "{\"overlapSeconds\": 0}")
                .expect(201)
                .json()
                .path("secret")
                .asText();
        Received next = deliver();
        assertThat(verifies(third, next)).isTrue();
        assertThat(verifies(second, next)).isFalse();
    }

    @Test
    void a_secret_is_shown_once_and_appears_nowhere_else() {
        JsonNode created = owner.establish(subscription());
        JsonNode before = owner.get(secretPath(created)).expect(200).json();
        assertThat(before.path("shown").asBoolean()).isFalse();

        JsonNode shown = owner.post(secretPath(created)).expect(201).json();

        JsonNode after = owner.get(secretPath(created)).expect(200).json();
        assertThat(after.path("shown").asBoolean()).isTrue();
        assertThat(after.has("secret")).isFalse();
        assertThat(after.path("secrets")).isEqualTo(before.path("secrets"));
        assertThat(after.path("secrets").path(0).path("id").asText()).matches("[0-9a-f]{8}");
        assertThat(owner.get(EVENTS + "/subscriptions/" + created.path("id").asText())
                        .expect(200)
                        .json())
                .isEqualTo(created);
        assertThat(after.toString())
                .doesNotContain(shown.path("secret").asText().substring("whsec_".length()));
    }

    @Test
    void secrets_belong_to_the_owner_of_the_subscription() {
        JsonNode created = owner.establish(subscription());
        String path = secretPath(created);

        assertThat(anonymous.post(path).status()).isEqualTo(401);
        assertThat(stranger.post(path).status()).isEqualTo(403);
        assertThat(stranger.get(path).status()).isEqualTo(403);
        assertThat(stranger.delete(path).status()).isEqualTo(403);
        String unknown = EVENTS + "/subscriptions/2147483647/secret";
        assertThat(owner.post(unknown).status()).isEqualTo(404);
        assertThat(owner.get(unknown).status()).isEqualTo(404);
        assertThat(owner.delete(unknown).status()).isEqualTo(404);
        assertThat(owner.post(EVENTS + "/subscriptions/one/secret").status()).isEqualTo(400);
        assertThat(owner.get(path).json().path("shown").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"overlapSeconds\": -1}",
                "{\"overlapSeconds\": 2592001}",
                "{\"overlapSeconds\": \"PT1H\"}",
                "{\"overlapSeconds\": 1.5}",
                "[]",
                "{"
            })
    void a_request_that_is_not_understood_changes_nothing(String body) {
        JsonNode created = owner.establish(subscription());
        newSecret(created);
        JsonNode before = owner.get(secretPath(created)).expect(200).json();

        assertThat(owner.post(secretPath(created), body).expect(400).json().path("errors"))
                .isNotEmpty();

        assertThat(owner.get(secretPath(created)).expect(200).json()).isEqualTo(before);
    }

    @Test
    void not_more_than_five_secrets_sign_at_once() {
        JsonNode created = owner.establish(subscription());
        for (int i = 0; i < 5; i++) {
            newSecret(created);
        }

        assertThat(owner.post(secretPath(created)).expect(409).detail()).contains("overlapSeconds");

        assertThat(deliver().header("webhook-signature").orElseThrow().split(" ", -1))
                .hasSize(5);
    }

    @Test
    void who_asks_for_it_gets_a_signature_that_the_published_keys_verify()
            throws GeneralSecurityException, ParseException {
        JsonNode created = owner.establish(subscription().with("delivery", Map.of("signature", "v1a")));
        assertThat(created.at("/delivery/signature").asText()).isEqualTo("v1a");
        Received event = deliver();

        JsonNode keys = anonymous.get(EVENTS + "/jwks").expect(200).json().path("keys");

        assertThat(keys).isNotEmpty();
        assertThat(verifiesWithKey(keys, event)).isTrue();
        assertThat(verifiesWithKey(keys, webhook.awaitRequest(Received::isValidation)))
                .isTrue();
        assertThat(verifies(newSecret(created), event)).isTrue();
    }

    private static boolean verifiesWithKey(JsonNode keys, Received request)
            throws GeneralSecurityException, ParseException {
        byte[] content = (request.header("webhook-id").orElseThrow() + "."
                        + request.header("webhook-timestamp").orElseThrow() + "." + request.text())
                .getBytes(StandardCharsets.UTF_8);
        List<byte[]> signatures = Arrays.stream(
                        request.header("webhook-signature").orElseThrow().split(" ", -1))
                .filter(each -> each.startsWith("v1a,"))
                .map(each -> Base64.getDecoder().decode(each.substring("v1a,".length())))
                .toList();
        for (JWK key : JWKSet.parse("{\"keys\":" + keys + "}").getKeys()) {
            byte[] published = key.toOctetKeyPair().getDecodedX();
            assertThat(key.toOctetKeyPair().toPublicJWK()).isEqualTo(key);
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(concatenated(ED25519_PREFIX, published))));
            for (byte[] each : signatures) {
                signature.update(content);
                if (signature.verify(each)) {
                    assertThat(keys.findValuesAsText("whpk"))
                            .contains("whpk_" + Base64.getEncoder().encodeToString(published));
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @Test
    void a_signature_of_another_kind_is_refused() {
        assertThat(owner.subscribe(subscription().with("delivery", Map.of("signature", "v2")))
                        .expect(400)
                        .body())
                .contains("$.delivery.signature");
    }
}
