package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Slack takes a text, not an event. Spec: events §6.3.
@ExtendWith(BudstikkeExtension.class)
class SlackTest {

    private static final String SLACK = "/hooks.slack.com/services/T0/B0/x";
    private static final String SUBSCRIPTIONS = EVENTS + "/subscriptions";
    private static final String RESOURCE = Parties.resourceUrn(5);

    @Test
    void validation_and_event_come_as_the_text_of_a_message(Api api, Tokens tokens, Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        Api owner = api.as(tokens.serviceOwner());
        for (String path : List.of(SLACK, "/plain")) {
            owner.establish(
                    Subscription.to(webhook.url(path)).resourceFilter(RESOURCE).typeFilter(event.type()));
        }
        Received validation = webhook.requestsTo(SLACK).getFirst();
        assertThat(validation.text())
                .startsWith("{\"text\": \"{\\\"specversion\\\":\\\"1.0\\\",\\\"id\\\":\\\"")
                .endsWith("\\\"type\\\":\\\"platform.events.validatesubscription\\\"}\"}");
        assertThat(validation.header("Content-Type")).contains("application/json; charset=utf-8");

        api.as(tokens.publisher()).publish(event).expect(200);

        webhook.awaitEventsAt("/plain", 1);
        Received message = webhook.awaitRequest(
                request -> request.path().equals(SLACK) && request.text().contains(event.id()));
        String sentPlain = webhook.requestsTo("/plain").getLast().text();
        assertThat(message.text()).isEqualTo("{\"text\": \"" + sentPlain.replace("\"", "\\\"") + "\"}");
        assertThat(message.header("Content-Type")).contains("application/json; charset=utf-8");
    }

    @Test
    void an_event_with_quotes_in_it_still_makes_a_message_that_is_json(Api api, Tokens tokens, Webhook webhook)
            throws Exception {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).data("she said \"no\" \\ twice");
        api.as(tokens.serviceOwner())
                .establish(Subscription.to(webhook.url(SLACK))
                        .resourceFilter(RESOURCE)
                        .typeFilter(event.type()));

        api.as(tokens.publisher()).publish(event).expect(200);

        Received message = webhook.awaitRequest(request -> request.text().contains(event.id()));
        assertThat(new ObjectMapper()
                        .readTree(message.json().path("text").asText())
                        .path("data")
                        .asText())
                .isEqualTo("she said \"no\" \\ twice");
    }

    @Test
    void a_batch_for_slack_is_refused_and_nothing_is_made(Api api, Tokens tokens, Webhook webhook) {
        Api owner = api.as(tokens.serviceOwner());
        Subscription wanted = Subscription.to(webhook.url(SLACK))
                .resourceFilter(RESOURCE)
                .typeFilter(CloudEvents.randomType())
                .with("delivery", Map.of("batch", Map.of("max", 10, "waitMs", 100)));

        for (String query : List.of("", "?dryRun=true")) {
            Response refused = owner.post(SUBSCRIPTIONS + query, wanted).expect(400);
            assertThat(refused.header("Content-Type").orElseThrow()).startsWith("application/problem+json");
            assertThat(refused.json().path("title").asText()).isEqualTo("One or more validation errors occurred.");
            assertThat(refused.json().path("errors"))
                    .hasToString("{\"$.delivery.batch\":[\"Slack takes one event at a time, not a batch.\"]}");
        }
        assertThat(owner.get(SUBSCRIPTIONS).expect(200).body()).doesNotContain(wanted.text("typeFilter"));
        owner.establish(wanted.with("endPoint", webhook.url("/plain")));
        assertThat(webhook.requestsTo(SLACK)).isEmpty();
    }
}
