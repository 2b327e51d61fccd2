package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Someone sends a correspondence; an authorised subscriber's webhook receives the event that the seed
/// document shows; nobody else does.
@ExtendWith(BudstikkeExtension.class)
class MainJobTest {

    /// The example of the document that the product was asked for, with the members that differ from one
    /// event to the next left out.
    private static final String EXAMPLE = """
            {
             "resource": "urn:altinn:resource:altinn-correspondence-test-resource-1",
             "source": "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence",
             "specversion": "1.0",
             "type": "no.altinn.correspondence.Published",
             "subject": "/party/50015641",
             "alternativesubject": "/organisation/123456789"
            }
            """;

    private static final String EXAMPLE_SOURCE = "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence";

    @Test
    void the_recipients_webhook_gets_the_event_of_the_example_and_a_bystander_gets_nothing(
            Budstikke server, Api api, Tokens tokens, Webhook webhook) throws Exception {
        Api recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        Api bystander = api.as(tokens.organization(Parties.FIRST_OTHER.number()));
        recipient.establish(Subscription.to(webhook.url("/recipient"))
                .sourceFilter(EXAMPLE_SOURCE)
                .resourceFilter(Parties.resourceUrn(1))
                .alternativeSubjectFilter("/organisation/123456789")
                .typeFilter("no.altinn.correspondence.Published"));
        bystander.establish(Subscription.to(webhook.url("/bystander")).resourceFilter(Parties.resourceUrn(1)));

        String toRecipient = send(api, tokens, Correspondence.to(Parties.RECIPIENT));
        Received received = webhook.awaitRequest(request ->
                request.path().equals("/recipient") && instance(request.json()).equals(toRecipient));
        // The log is read in order: when the bystander's own event has come, it would have got the earlier one too.
        String toBystander = send(api, tokens, Correspondence.to(Parties.FIRST_OTHER));
        webhook.awaitRequest(request ->
                request.path().equals("/bystander") && instance(request.json()).equals(toBystander));

        assertThat(webhook.eventsAt("/bystander"))
                .extracting(MainJobTest::instance)
                .doesNotContain(toRecipient);
        assertSameAsExample(received.json(), server.baseUrl());
        assertThat(received.header("Content-Type")).contains("application/json; charset=utf-8");
        var parsed = new JsonFormat().deserialize(received.text().getBytes(StandardCharsets.UTF_8));
        assertThat(parsed.getTime()).isNotNull();
    }

    @Test
    void every_step_of_a_correspondences_life_is_told_to_its_sender(Api api, Tokens tokens, Webhook webhook) {
        Api owner = api.as(tokens.serviceOwner());
        owner.establish(Subscription.to(webhook.url("/owner")).resourceFilter(Parties.resourceUrn(2)));
        String id = send(api, tokens, Correspondence.to(Parties.RECIPIENT).resource(Parties.resource(2)));
        Api recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        webhook.awaitEvent(event -> isPublishedFor(event, id, "/party/50015641"));

        recipient.get(Api.CORRESPONDENCE + "/correspondence/" + id).expect(200);
        recipient
                .post(Api.CORRESPONDENCE + "/correspondence/" + id + "/markasread")
                .expect(200);
        recipient
                .post(Api.CORRESPONDENCE + "/correspondence/" + id + "/confirm")
                .expect(200);
        recipient
                .delete(Api.CORRESPONDENCE + "/correspondence/" + id + "/purge")
                .expect(200);

        webhook.awaitEvent(event ->
                instance(event).equals(id) && event.path("type").asText().equals("no.altinn.correspondence.Purged"));
        List<String> told = webhook.events().stream()
                .filter(event -> instance(event).equals(id))
                .map(event -> event.path("type").asText().replace("no.altinn.correspondence.", "") + " "
                        + event.path("subject").asText())
                .toList();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "Initialized /party/50000001",
                        "Published /party/50015641",
                        "Published /party/50000001",
                        "ReceiverRead /party/50000001",
                        "ReceiverConfirmed /party/50000001",
                        "Purged /party/50000001");
    }

    private static String send(Api api, Tokens tokens, Correspondence correspondence) {
        return api.as(tokens.serviceOwner())
                .initialize(correspondence)
                .expect(200)
                .json()
                .at("/correspondences/0/correspondenceId")
                .asText();
    }

    private static void assertSameAsExample(JsonNode event, String baseUrl) throws Exception {
        JsonNode example = new ObjectMapper().readTree(EXAMPLE);
        for (Iterator<String> names = event.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            switch (name) {
                case "id", "resourceinstance" ->
                    assertThat(event.path(name).asText()).as(name).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
                case "time" ->
                    assertThat(event.path(name).asText())
                            .as(name)
                            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,7})?Z");
                case "source" -> {
                    assertThat(event.path(name).asText()).as(name).startsWith(baseUrl);
                    assertThat(URI.create(event.path(name).asText()).getPath())
                            .as(name)
                            .isEqualTo(URI.create(example.path(name).asText()).getPath());
                }
                default -> assertThat(event.path(name)).as(name).isEqualTo(example.path(name));
            }
        }
        assertThat(event.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "id",
                        "resource",
                        "resourceinstance",
                        "source",
                        "specversion",
                        "type",
                        "subject",
                        "alternativesubject",
                        "time");
    }

    private static boolean isPublishedFor(JsonNode event, String id, String subject) {
        return instance(event).equals(id)
                && event.path("type").asText().equals("no.altinn.correspondence.Published")
                && event.path("subject").asText().equals(subject);
    }

    private static String instance(JsonNode event) {
        return event.path("resourceinstance").asText();
    }
}
