package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;

/// How often an endpoint is asked to validate itself. Has a server of its own, whose clock it moves.
/// Spec: events §1.4, §4.8, §16 49.
class ValidationRetryTest {

    private static final int ATTEMPTS = 9;

    /// 49
    @Test
    void an_endpoint_that_never_validates_is_asked_nine_times_and_the_subscription_stays() throws Exception {
        try (Budstikke server = Budstikke.start();
                Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            webhook.answer(Answer.status(503));
            JsonNode created = server.as(server.tokens().serviceOwner())
                    .subscribe(Subscription.to(webhook.url("/")).resourceFilter(Parties.resourceUrn(1)))
                    .expect(201)
                    .json();
            // The timer is there until the last attempt has failed.
            String timers = "select count(*) from scheduled_tasks where task_name = 'validate-subscription'";

            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        // Longer than any pause between two attempts.
                        advance(server, Duration.ofHours(1));
                        return database.ask(timers).equals("0");
                    });

            assertThat(webhook.requests()).hasSize(ATTEMPTS);
            assertThat(server.as(server.tokens()
                                    .fresh("GetEnterpriseToken", "org=ttd&orgNo=991825827&scopes=altinn:any"))
                            .get(EVENTS + "/subscriptions/" + created.path("id").asText())
                            .expect(200)
                            .json())
                    .isEqualTo(created);
        }
    }

    private static void advance(Budstikke server, Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }
}
