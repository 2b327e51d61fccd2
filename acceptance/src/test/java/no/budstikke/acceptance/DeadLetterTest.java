package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What becomes of a delivery that never succeeds. Has a server of its own, whose clock it moves by
/// days. Spec: events §6.5, §6.6.
class DeadLetterTest {

    /// 11 waits between 12 attempts.
    private static final Duration SCHEDULE = Duration.ofSeconds(125_200);
    private static final String RESOURCE = Parties.resourceUrn(3);

    @Test
    void after_twelve_failed_attempts_the_delivery_is_a_dead_letter_and_every_attempt_is_on_record() throws Exception {
        try (Budstikke server = Budstikke.start();
                Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            int subscription = server.as(server.tokens().serviceOwner())
                    .establish(Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE))
                    .path("id")
                    .asInt();
            String of = " where subscription = " + subscription;
            webhook.answer(Answer.status(503, "closed for the day"));
            CloudEvents event = CloudEvents.event().resource(RESOURCE);
            server.as(server.tokens().publisher()).publish(event).expect(200);

            // Steps that are small against the wait: a delivery that is much older than the schedule is given up
            // sooner.
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
                String due =
                        database.ask("select coalesce(max(extract(epoch from due - changed)), 0) from backlog" + of);
                advance(server, Duration.ofMillis((long) (Double.parseDouble(due) * 1000 / 8)));
                return database.ask("select count(*) from dead_letter" + of).equals("1");
            });

            assertThat(database.ask("select attempts || ' ' || reason from dead_letter" + of))
                    .isEqualTo("12 rejected");
            assertThat(database.ask(
                            "select string_agg(distinct number::text, ' ' order by number::text) from attempt" + of))
                    .isEqualTo("1 10 11 12 2 3 4 5 6 7 8 9");
            assertThat(database.ask("select min(status) || ' ' || max(status) || ' ' || min(detail) from attempt" + of))
                    .isEqualTo("503 503 closed for the day");
            assertThat(database.ask("select count(*) from backlog" + of)).isEqualTo("0");
            JsonNode summary = server.as(server.tokens()
                            .fresh(
                                    "GetEnterpriseToken",
                                    "org=ttd&orgNo=991825827&env=dev&scopes=altinn:events.subscribe"))
                    .get(Api.EVENTS + "/subscriptions/" + subscription + "/deliveries/summary")
                    .expect(200)
                    .json();
            assertThat(summary.path("waiting")).hasToString("{\"count\":0}");
            assertThat(summary.at("/failed/count").asInt()).isOne();
            assertThat(summary.at("/failed/oldestAgeSeconds").asLong())
                    .as("the whole schedule has gone by since it was published")
                    .isBetween(SCHEDULE.toSeconds(), SCHEDULE.toSeconds() * 3 / 2);
            assertThat(summary.at("/recentOutcomes/rejected").asInt()).isGreaterThanOrEqualTo(12);

            webhook.clear();
            webhook.answer(200);
            CloudEvents next = CloudEvents.event().resource(RESOURCE);
            // The clock has moved on by a day and a half: the other tokens have expired.
            String token = server.tokens()
                    .fresh(
                            "GetEnterpriseToken",
                            "org=ttd&orgNo=991825827&env=dev&scopes=altinn:events.publish,altinn:events.publish.admin");
            server.as(token).publish(next).expect(200);
            // An endpoint that has been down for hours is probed once a minute.
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                advance(server, Duration.ofMinutes(1));
                return !webhook.events().isEmpty();
            });
            assertThat(webhook.events())
                    .extracting(sent -> sent.path("id").asText())
                    .containsOnly(next.id());
        }
    }

    private static void advance(Budstikke server, Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }
}
