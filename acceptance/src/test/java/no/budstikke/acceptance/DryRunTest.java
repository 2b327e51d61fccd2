package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `POST /subscriptions?dryRun=true`: what would a subscription have got.
@ExtendWith(BudstikkeExtension.class)
class DryRunTest {

    private static final String RESOURCE = Parties.resourceUrn(5);
    private static final String SUBSCRIPTIONS = EVENTS + "/subscriptions";

    private final Api anonymous;
    private final Api owner;
    private final Api publisher;
    private final Api recipient;
    private final Api unheardOf;
    private final Webhook webhook;
    private final String source = "https://example.no/" + UUID.randomUUID();

    DryRunTest(Api api, Tokens tokens, Webhook webhook) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        this.unheardOf = api.as(tokens.organization(Parties.THIRD_OTHER.number()));
        this.webhook = webhook;
    }

    @Test
    void each_filter_is_told_how_many_of_the_newest_events_it_keeps_out() {
        String type = CloudEvents.randomType();
        publish(event().type(type).subject(Parties.RECIPIENT.party()));
        publish(event().type(type).subject(Parties.RECIPIENT.urn()));
        publish(event().type(type).subject(Parties.FIRST_OTHER.party()));
        publish(event().type(type));
        publish(event().subject(Parties.RECIPIENT.party()));
        publish(event().type(type).subject(Parties.RECIPIENT.party()).source("https://elsewhere.example/"));

        JsonNode answer = dryRun(
                owner,
                6,
                subscription()
                        .typeFilter(type)
                        .subjectFilter(Parties.RECIPIENT.path())
                        .sourceFilter(source));

        assertThat(answer.path("examined").asInt()).isEqualTo(6);
        assertThat(answer.path("matched").asInt()).isEqualTo(2);
        assertThat(answer.path("excluded"))
                .hasToString("{\"subject\":2,\"alternativeSubject\":0,\"type\":1,\"source\":1,\"access\":0}");
        assertThat(answer.path("warnings").toString()).contains("sourceFilter", "can never match");
    }

    @Test
    void it_counts_as_many_as_asked_for_and_no_more() {
        for (int i = 0; i < 4; i++) {
            publish(event());
        }
        assertThat(dryRun(owner, 3, subscription()).path("examined").asInt()).isEqualTo(3);
        assertThat(dryRun(owner, 3, subscription()).path("matched").asInt()).isEqualTo(3);
    }

    @Test
    void nobody_learns_how_many_events_others_have() {
        String type = CloudEvents.randomType();
        for (int i = 0; i < 3; i++) {
            publish(event().type(type).subject(Parties.RECIPIENT.party()));
            publish(event().type(type).subject(Parties.FIRST_OTHER.party()));
            publish(event().type(type));
        }

        JsonNode answer = dryRun(recipient, 3, subscription().typeFilter(type));

        assertThat(answer.path("examined").asInt())
                .as("its own newest three, whatever lies between")
                .isEqualTo(3);
        assertThat(answer.path("matched").asInt()).isEqualTo(3);
        assertThat(answer.path("excluded").path("access").asInt()).isZero();
    }

    @Test
    void subunits_count_as_they_would_be_delivered() {
        String type = CloudEvents.randomType();
        publish(event().type(type).subject("urn:altinn:organization:identifier-no:310000043"));
        Subscription wanted = subscription().typeFilter(type).subjectFilter(Parties.FIRST_OTHER.urn());
        assertThat(dryRun(owner, 1, wanted).path("matched").asInt()).isZero();
        assertThat(dryRun(owner, 1, wanted.includeSubunits(true))
                        .path("matched")
                        .asInt())
                .isOne();
    }

    @Test
    void nothing_is_stored_and_the_endpoint_hears_of_nothing() {
        Subscription wanted = subscription().typeFilter(CloudEvents.randomType());
        JsonNode answer = dryRun(owner, 1, wanted);
        JsonNode shown = answer.path("subscription");
        assertThat(shown.has("id")).isFalse();
        assertThat(shown.path("consumer").asText()).isEqualTo("/org/ttd");
        assertThat(shown.path("resourceFilter").asText()).isEqualTo(RESOURCE);
        assertThat(shown.path("validated").asBoolean()).isFalse();
        assertThat(owner.get(SUBSCRIPTIONS).expect(200).body()).doesNotContain(wanted.text("typeFilter"));

        JsonNode real = owner.establish(wanted);
        assertThat(webhook.validations()).as("of the real one alone").hasSize(1);
        assertThat(dryRun(owner, 1, wanted).path("subscription").path("id"))
                .as("there is one already")
                .isEqualTo(real.path("id"));
    }

    @Test
    void filters_that_are_empty_or_can_never_match_are_told_of() {
        JsonNode answer = dryRun(
                owner,
                1,
                subscription().subjectFilter("").sourceFilter("https://platform.altinn.no/broker/api/v1/filetransfer"));
        assertThat(answer.path("warnings").toString())
                .contains("subjectFilter is empty and was taken as absent")
                .contains("can never match");
        assertThat(answer.path("subscription").has("subjectFilter")).isFalse();
    }

    @Test
    void a_type_that_is_misspelled_and_two_parties_at_once_can_never_match_and_it_is_said_of_each() {
        JsonNode answer = dryRun(
                owner,
                1,
                subscription()
                        .typeFilter("no.altinn.correspondence.Publishd")
                        .subjectFilter(Parties.RECIPIENT.path())
                        .alternativeSubjectFilter(Parties.FIRST_OTHER.path()));
        assertThat(answer.path("warnings").valueStream().map(JsonNode::asText))
                .hasSize(2)
                .contains("typeFilter 'no.altinn.correspondence.Publishd' can never match: there is no such"
                        + " correspondence event")
                .anySatisfy(warning -> assertThat(warning)
                        .contains("subjectFilter", "alternativeSubjectFilter")
                        .endsWith("can never match both"));
        assertThat(answer.path("matched").asInt()).isZero();
    }

    @Test
    void that_there_is_nothing_to_look_at_is_told() {
        String app = "urn:altinn:resource:app_ttd_test-app";
        JsonNode answer = dryRun(
                unheardOf,
                5,
                Subscription.to(webhook.url("/")).resourceFilter(app).subjectFilter(Parties.THIRD_OTHER.party()));
        assertThat(answer.path("examined").asInt()).isZero();
        assertThat(answer.path("warnings").toString()).contains("there is no event of " + app + " that you may see");
    }

    @Test
    void what_would_be_refused_is_refused() {
        anonymous.post(SUBSCRIPTIONS + "?dryRun=true", subscription()).expect(401);
        assertThat(attempt(
                                owner,
                                "true",
                                Subscription.to("http://altinn.no/ttd/").resourceFilter(RESOURCE))
                        .expect(400)
                        .json()
                        .asText())
                .isEqualTo("Missing or invalid endpoint to push events towards");
        assertThat(attempt(recipient, "true", subscription().subjectFilter(Parties.FIRST_OTHER.party()))
                        .expect(403)
                        .json()
                        .asText())
                .startsWith("Not authorized to create a subscription");
    }

    @ParameterizedTest
    @ValueSource(strings = {"perhaps", "", "true&events=0", "true&events=10001", "true&events=many"})
    void a_parameter_that_can_not_be_read_is_a_validation_problem(String parameter) {
        assertThat(attempt(owner, parameter, subscription()).expect(400).json().path("errors"))
                .hasSize(1);
    }

    private JsonNode dryRun(Api caller, int events, Subscription wanted) {
        return attempt(caller, "true&events=" + events, wanted).expect(200).json();
    }

    private static Response attempt(Api caller, String dryRun, Subscription wanted) {
        return caller.post(SUBSCRIPTIONS + "?dryRun=" + dryRun, wanted);
    }

    private void publish(CloudEvents event) {
        publisher.publish(event).expect(200);
    }

    private CloudEvents event() {
        return CloudEvents.event().resource(RESOURCE).source(source);
    }

    private Subscription subscription() {
        return Subscription.to(webhook.url("/")).resourceFilter(RESOURCE);
    }
}
