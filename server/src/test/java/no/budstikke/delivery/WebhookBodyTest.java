package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.event.Notation;
import no.budstikke.party.PartyRegister;
import no.budstikke.subscription.CanonicalUrl;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.Terms;
import org.junit.jupiter.api.Test;

/// Spec: events §6.1, §6.3; design §1 (notation).
class WebhookBodyTest {

    private static final String ALTINNS = """
            {"specversion":"1.0","id":"1","type":"no.altinn.correspondence.correspondencepublished",\
            "time":"2026-08-20T11:10:08+00:00","resource":"urn:altinn:resource:r","resourceinstance":"i",\
            "subject":"urn:altinn:organization:identifier-no:123456789","alternativesubject":"/organisation/123456789",\
            "source":"https://example.no/x","data":null}""";

    private final WebhookBody bodies = new WebhookBody(PartyRegister.of(List.of()));

    @Test
    void the_stored_bytes_are_sent_and_made_once() {
        TrackedEvent event = event("no.altinn.correspondence.correspondencepublished", ALTINNS);
        byte[] plain = bodies.of(event, subscription("https://hook.example/", Optional.empty()));
        assertThat(text(plain)).isEqualTo(ALTINNS);
        assertThat(bodies.of(event, subscription("https://hook.example/", Optional.of(Notation.URN))))
                .isSameAs(plain);
    }

    @Test
    void another_notation_is_worked_out_once_for_all_deliveries_of_an_event() {
        TrackedEvent event = event("no.altinn.correspondence.correspondencepublished", ALTINNS);
        Subscription seeds = subscription("https://hook.example/", Optional.of(Notation.PARTY));
        assertThat(text(bodies.of(event, seeds))).startsWith("{\"id\":\"1\",").contains("correspondence.Published\"");
        assertThat(bodies.of(event, seeds)).isSameAs(bodies.of(event, seeds));
    }

    @Test
    void slack_gets_the_event_as_a_text() {
        TrackedEvent event = event("my.type", "{\"specversion\":\"1.0\",\"id\":\"1\"}");
        Subscription slack = subscription("https://hooks.slack.com/services/T0/B0/x", Optional.empty());
        assertThat(text(bodies.of(event, slack)))
                .isEqualTo("{\"text\": \"{\\\"specversion\\\":\\\"1.0\\\",\\\"id\\\":\\\"1\\\"}\"}");
    }

    @Test
    void what_slack_gets_is_json_whatever_the_event_says() throws IOException {
        String json = "{\"id\":\"1\",\"data\":\"a \\\"quote\\\", a \\\\ and\\n a line æ\"}";
        Subscription slack = subscription("https://proxy.example/?to=hooks.slack.com", Optional.empty());
        byte[] message = bodies.of(event("my.type", json), slack);
        assertThat(new ObjectMapper().readTree(message).path("text").asText()).isEqualTo(json);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static TrackedEvent event(String type, String json) {
        return new TrackedEvent(
                new LoggedEvent(
                        new LogPosition(1, 1),
                        0,
                        Instant.EPOCH,
                        new CloudEvent(
                                "1",
                                "https://example.no/x",
                                type,
                                "urn:altinn:resource:r",
                                Optional.of("i"),
                                Optional.of("urn:altinn:organization:identifier-no:123456789"),
                                Optional.of("/organisation/123456789"),
                                Optional.of("2026-08-20T11:10:08Z"),
                                json),
                        Optional.empty()),
                new Lease(0, 1, new Cursor(new LogPosition(0, 0), Instant.EPOCH), new Pulse(Duration.ofSeconds(1))),
                0);
    }

    private static Subscription subscription(String endPoint, Optional<Notation> notation) {
        return new Subscription(
                1,
                Optional.of(new CanonicalUrl(endPoint)),
                new Subscription.Filters(
                        Optional.empty(),
                        "urn:altinn:resource:r",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false),
                new Terms(notation, Terms.Ordering.NONE, Optional.empty()),
                "/org/ttd",
                "/org/ttd",
                Instant.EPOCH,
                true,
                Standing.ACTIVE);
    }
}
