package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A subscription may name the notation that its receiver understands. Design §1.
@ExtendWith(BudstikkeExtension.class)
class NotationTest {

    private static final String RESOURCE = Parties.resourceUrn(5);

    private final Api owner;
    private final Api publisher;
    private final Api recipient;
    private final Webhook webhook;

    NotationTest(Api api, Tokens tokens, Webhook webhook) {
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        this.webhook = webhook;
    }

    @Test
    void one_correspondence_comes_to_each_subscriber_in_its_own_notation() {
        String type = "no.altinn.correspondence.Published";
        recipient.establish(to("/plain").typeFilter(type));
        recipient.establish(to("/party").typeFilter(type).with("notation", "party"));
        JsonNode created = recipient.establish(to("/urn").typeFilter(type).with("notation", "urn"));
        assertThat(created.path("notation").asText()).isEqualTo("urn");

        String id = owner.initialize(Correspondence.to(Parties.RECIPIENT).resource(Parties.resource(5)))
                .expect(200)
                .json()
                .path("correspondences")
                .get(0)
                .path("correspondenceId")
                .asText();

        JsonNode urn = eventOf("/urn", id);
        JsonNode party = eventOf("/party", id);
        assertThat(eventOf("/plain", id)).isEqualTo(party);
        assertThat(urn.path("type").asText()).isEqualTo("no.altinn.correspondence.correspondencepublished");
        assertThat(urn.path("subject").asText()).isEqualTo(Parties.RECIPIENT.urn());
        assertThat(urn.path("alternativesubject").asText()).isEqualTo(Parties.RECIPIENT.path());
        assertThat(urn.path("time").asText()).endsWith("+00:00");
        assertThat(urn.path("data").isNull()).isTrue();
        assertThat(party.path("type").asText()).isEqualTo(type);
        assertThat(party.path("subject").asText()).isEqualTo(Parties.RECIPIENT.party());
        assertThat(party.path("alternativesubject").asText()).isEqualTo(Parties.RECIPIENT.path());
        assertThat(party.has("data")).isFalse();
        for (String same : List.of("id", "source", "resource", "resourceinstance", "specversion")) {
            assertThat(urn.path(same)).as(same).isEqualTo(party.path(same));
        }
        assertThat(urn.path("time").asText().replace("+00:00", "").replaceAll("0+$", ""))
                .isEqualTo(party.path("time").asText().replace("Z", "").replaceAll("0+$", ""));
    }

    @Test
    void an_event_of_another_kind_comes_with_the_same_bytes_in_every_notation() {
        CloudEvents event = CloudEvents.event()
                .resource(RESOURCE)
                .subject(Parties.RECIPIENT.party())
                .time("2026-01-02T03:04:05+01:00")
                .data(List.of(1, "æ", 1.50));
        owner.establish(to("/plain").typeFilter(event.type()));
        owner.establish(to("/urn").typeFilter(event.type()).with("notation", "urn"));

        publisher.publish(event).expect(200);

        webhook.awaitEventsAt("/plain", 1);
        webhook.awaitEventsAt("/urn", 1);
        assertThat(webhook.requestsTo("/urn").getLast().body())
                .isEqualTo(webhook.requestsTo("/plain").getLast().body());
    }

    @Test
    void a_notation_that_nobody_knows_is_refused() {
        assertThat(owner.subscribe(to("/").with("notation", "roman"))
                        .expect(400)
                        .body())
                .contains("notation");
    }

    @Test
    void the_same_subscription_again_takes_over_the_notation() {
        Subscription wanted = to("/").typeFilter(CloudEvents.randomType());
        JsonNode first = owner.subscribe(wanted).expect(201).json();
        assertThat(first.has("notation")).isFalse();
        owner.subscribe(wanted.with("notation", "urn")).expect(201);
        assertThat(owner.get(EVENTS + "/subscriptions/" + first.path("id").asText())
                        .expect(200)
                        .json()
                        .path("notation")
                        .asText())
                .isEqualTo("urn");
    }

    private JsonNode eventOf(String path, String correspondence) {
        return webhook.awaitRequest(
                        request -> request.path().equals(path) && request.text().contains(correspondence))
                .json();
    }

    private Subscription to(String path) {
        return Subscription.to(webhook.url(path)).resourceFilter(RESOURCE);
    }
}
