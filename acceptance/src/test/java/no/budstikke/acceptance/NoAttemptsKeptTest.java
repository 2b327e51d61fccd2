package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;

/// Deliveries on a server that keeps no attempts: it does all that others do, and says what it can't
/// know.
class NoAttemptsKeptTest {

    private static final String RESOURCE = Parties.resourceUrn(3);

    @Test
    void what_is_delivered_fails_or_waits_is_treated_as_ever_and_nothing_is_on_record_of_attempts() throws Exception {
        try (Budstikke server = Budstikke.builder()
                        .setting("delivery.attemptRetention", "0s")
                        .setting("delivery.retrySchedule", "100ms")
                        .start();
                Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            Api owner = server.as(server.tokens().serviceOwner());
            Api publisher = server.as(server.tokens().publisher());
            String deliveries = EVENTS + "/subscriptions/"
                    + owner.establish(Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE))
                            .path("id")
                            .asText()
                    + "/deliveries";

            CloudEvents delivered = CloudEvents.event().resource(RESOURCE);
            publisher.publish(delivered).expect(200);
            webhook.awaitEventWithId(delivered.id());
            webhook.answer(Answer.status(503, "closed for the day"));
            CloudEvents failed = CloudEvents.event().resource(RESOURCE);
            publisher.publish(failed).expect(200);

            JsonNode failure =
                    await().until(() -> only(owner, deliveries + "?state=failed"), found -> !found.isEmpty());
            assertThat(failure.at("/event/id").asText()).isEqualTo(failed.id());
            assertThat(failure.path("attempts").asInt()).isEqualTo(2);
            assertThat(failure.path("tries")).isEmpty();
            assertThat(webhook.events())
                    .extracting(sent -> sent.path("id").asText())
                    .containsExactly(delivered.id(), failed.id(), failed.id());

            JsonNode unknown = only(owner, deliveries + "?event=" + delivered.id());
            assertThat(unknown.path("state").asText()).isEqualTo("unknown");
            assertThat(unknown.at("/reason/text").asText())
                    .endsWith("or it is over, and no attempts are kept from then.");
            assertThat(unknown.path("tries")).isEmpty();
            assertThat(only(owner, deliveries + "?state=delivered")).isEmpty();
            JsonNode summary = owner.get(deliveries + "/summary").expect(200).json();
            assertThat(summary.at("/failed/count").asInt()).isOne();
            assertThat(summary.path("recentOutcomes")).isEmpty();

            webhook.clear();
            webhook.answer(200);
            owner.post(deliveries + "/" + failed.id() + "/resend").expect(202);
            webhook.awaitEventWithId(failed.id());
            await().until(() -> database.ask("select count(*) from backlog").equals("0"));
            assertThat(only(owner, deliveries)).isEmpty();
            assertThat(database.ask("select count(*) from attempt")).isEqualTo("0");
        }
    }

    /// The only delivery on a page; nothing when there is none.
    private static JsonNode only(Api owner, String page) {
        JsonNode found = owner.get(page).expect(200).json().path("deliveries");
        assertThat(found.size()).isLessThanOrEqualTo(1);
        return found.path(0);
    }
}
