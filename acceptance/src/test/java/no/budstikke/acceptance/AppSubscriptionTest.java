package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.AppEvent;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Subscriptions on apps. Spec: events §4.3, §4.4, §5.3, §5.4, §5.7.
///
/// Numbers in comments are those of the contract's acceptance list, events §16;
/// docs/events-acceptance.md has the table of all.
@ExtendWith(BudstikkeExtension.class)
class AppSubscriptionTest {

    private static final String RESOURCE = "urn:altinn:resource:app_ttd_" + Parties.APP;
    private static final String SOURCE = "https://ttd.apps.altinn.no/ttd/" + Parties.APP;
    private static final String PERSON = "01819010001";
    private static final String[] NO_SCOPE = {"altinn:serviceowner"};

    private final Api owner;
    private final Api publisher;
    private final Api recipient;
    private final Api person;
    private final Webhook webhook;

    AppSubscriptionTest(Api api, Tokens tokens, Webhook webhook) {
        this.owner = api.as(tokens.serviceOwner(NO_SCOPE));
        this.publisher = api.as(tokens.publisher());
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number(), "openid"));
        this.person = api.as(tokens.person(PERSON, "openid"));
        this.webhook = webhook;
    }

    // --- create ---

    @Test
    void a_source_on_the_apps_domain_stands_for_the_app_and_needs_no_scope() {
        JsonNode created =
                owner.subscribe(to("/").sourceFilter(SOURCE)).expect(201).json();
        assertThat(created.path("sourceFilter").asText()).isEqualTo(SOURCE);
        assertThat(created.path("resourceFilter").asText()).isEqualTo(RESOURCE);
        assertThat(created.path("consumer").asText()).isEqualTo("/org/ttd");
        assertThat(created.has("subjectFilter")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://platform.altinn.no/ttd/apps-test",
                "https://ttdapps.altinn.no/ttd/apps-test",
                "https://ttd.apps.altinn.no.example.com/ttd/apps-test"
            })
    void a_source_on_another_host_follows_the_rules_for_other_resources(String source) {
        assertThat(owner.subscribe(to("/").sourceFilter(source)).expect(403).body())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/organisation/, false", "/org/, false", "/person/, true"})
    void an_alternative_subject_becomes_the_subject_that_the_register_knows(String prefix, boolean ofPerson) {
        Api me = ofPerson ? person : recipient;
        String number = ofPerson ? PERSON : Parties.RECIPIENT.number();
        JsonNode created = me.subscribe(to("/").resourceFilter(RESOURCE).alternativeSubjectFilter(prefix + number))
                .expect(201)
                .json();
        assertThat(created.path("subjectFilter").asText())
                .isEqualTo(ofPerson ? "/party/50010001" : Parties.RECIPIENT.party());
        assertThat(created.has("alternativeSubjectFilter")).isFalse();
        assertThat(created.path("consumer").asText())
                .isEqualTo(ofPerson ? "/user/20000001" : "/organisation/" + number);
    }

    @Test
    void an_alternative_subject_that_nobody_knows_is_refused_like_none() {
        String text = "A valid subject to the authenticated identity is required";
        refused(recipient, to("/").resourceFilter(RESOURCE), text);
        for (String unknown : new String[] {"/organisation/999999999", "/person/16069412345", "nonsense"}) {
            refused(recipient, to("/").resourceFilter(RESOURCE).alternativeSubjectFilter(unknown), text);
            refused(owner, to("/").resourceFilter(RESOURCE).alternativeSubjectFilter(unknown), text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/ttd", "/ttd/apps-test/", "/ttd/apps-test/instances"})
    void a_source_names_one_app(String path) {
        refused(
                owner,
                to("/").sourceFilter("https://ttd.apps.altinn.no" + path),
                "A valid app id is required in source filter {environment}/{org}/{app}");
    }

    @Test
    void a_source_and_a_resource_name_the_same_app() {
        refused(
                owner,
                to("/").sourceFilter(SOURCE).resourceFilter("urn:altinn:resource:app_ttd_" + Parties.SECOND_APP),
                "Provided resource filter and source filter are not compatible");
        owner.subscribe(to("/").sourceFilter(SOURCE).resourceFilter(RESOURCE)).expect(201);
    }

    @Test
    void subunits_need_a_subject_or_an_alternative_subject_that_becomes_one() {
        refused(
                owner,
                to("/").resourceFilter(RESOURCE).includeSubunits(true),
                "IncludeSubunits requires a subject filter.");
        JsonNode created = owner.subscribe(to("/").resourceFilter(RESOURCE)
                        .alternativeSubjectFilter(Parties.FIRST_OTHER.path())
                        .includeSubunits(true))
                .expect(201)
                .json();
        assertThat(created.path("includeSubunits").asBoolean()).isTrue();
        assertThat(created.path("subjectFilter").asText()).isEqualTo(Parties.FIRST_OTHER.party());
    }

    @Test
    void whoever_may_not_read_the_partys_events_can_not_subscribe_to_them() {
        assertThat(recipient
                        .subscribe(to("/").resourceFilter(RESOURCE).subjectFilter(Parties.FIRST_OTHER.party()))
                        .expect(403)
                        .json()
                        .asText())
                .isEqualTo("Not authorized to create a subscription for resource " + RESOURCE + ".");
        String unknown = "urn:altinn:resource:app_ttd_never-made";
        assertThat(owner.subscribe(to("/").resourceFilter(unknown))
                        .expect(403)
                        .json()
                        .asText())
                .isEqualTo("Not authorized to create a subscription for resource " + unknown + ".");
    }

    // --- match and push ---

    @Test
    void the_example_of_the_acceptance_list_end_to_end() {
        String resource = "urn:altinn:resource:app_ttd_test-app";
        JsonNode subscription = owner.establish(to("/").resourceFilter(resource).typeFilter("app.instance.created"));
        assertThat(subscription.path("consumer").asText()).isEqualTo("/org/ttd");
        assertThat(webhook.validations()).isNotEmpty();

        CloudEvents event = CloudEvents.event()
                .resource(resource)
                .type("app.instance.created")
                .source("https://ttd.apps.altinn.no/ttd/test-app/instances/50015641/" + UUID.randomUUID())
                .subject(Parties.RECIPIENT.party());
        publisher.publish(event).expect(200);

        JsonNode delivered = webhook.awaitEventWithId(event.id());
        assertThat(delivered.path("source").asText()).isEqualTo(event.text("source"));
    }

    @Test
    void every_consumer_with_a_right_gets_the_event_once_and_a_foreign_source_filter_keeps_it_out() {
        String type = CloudEvents.randomType();
        owner.establish(to("/owner").sourceFilter(SOURCE).typeFilter(type));
        recipient.establish(to("/recipient")
                .resourceFilter(RESOURCE)
                .alternativeSubjectFilter(Parties.RECIPIENT.path())
                .typeFilter(type));
        person.establish(to("/person")
                .resourceFilter(RESOURCE)
                .subjectFilter("/party/50010001")
                .typeFilter(type));
        owner.establish(to("/foreign")
                .sourceFilter("https://skd.apps.altinn.no/ttd/" + Parties.APP)
                .typeFilter(type));

        CloudEvents ofRecipient = fromApp(type, Parties.RECIPIENT.partyId()).subject(Parties.RECIPIENT.party());
        CloudEvents ofPerson = fromApp(type, 50010001).subject("/party/50010001");
        CloudEvents ofNobody = fromApp(type, 50010001);
        publisher.publish(ofRecipient).expect(200);
        publisher.publish(ofPerson).expect(200);
        publisher.publish(ofNobody).expect(200);

        webhook.awaitEventsAt("/owner", 3);
        webhook.awaitEventsAt("/recipient", 1);
        webhook.awaitEventsAt("/person", 1);
        assertThat(webhook.eventsAt("/owner"))
                .extracting(event -> event.path("id").asText())
                .containsExactlyInAnyOrder(ofRecipient.id(), ofPerson.id(), ofNobody.id());
        assertThat(webhook.eventsAt("/recipient"))
                .extracting(event -> event.path("id").asText())
                .containsExactly(ofRecipient.id());
        assertThat(webhook.eventsAt("/person"))
                .extracting(event -> event.path("id").asText())
                .containsExactly(ofPerson.id());
        assertThat(webhook.eventsAt("/foreign")).isEmpty();
    }

    /// 40
    @Test
    void one_event_comes_to_each_of_three_consumers_once_and_not_to_a_fourth_with_a_foreign_source(
            Api api, Tokens tokens) {
        String type = CloudEvents.randomType();
        Api ownersNumber = api.as(tokens.organization(Parties.TTD.number(), "openid"));
        owner.establish(to("/code").sourceFilter(SOURCE).typeFilter(type));
        ownersNumber.establish(to("/number")
                .sourceFilter(SOURCE)
                .subjectFilter(Parties.RECIPIENT.party())
                .typeFilter(type));
        recipient.establish(to("/party")
                .resourceFilter(RESOURCE)
                .subjectFilter(Parties.RECIPIENT.party())
                .typeFilter(type));
        recipient.establish(to("/foreign")
                .sourceFilter("https://skd.apps.altinn.no/ttd/" + Parties.APP)
                .subjectFilter(Parties.RECIPIENT.party())
                .typeFilter(type));

        CloudEvents event = fromApp(type, Parties.RECIPIENT.partyId()).subject(Parties.RECIPIENT.party());
        publisher.publish(event).expect(200);
        CloudEvents later = fromApp(type, Parties.RECIPIENT.partyId()).subject(Parties.RECIPIENT.party());
        publisher.publish(later).expect(200);

        for (String path : List.of("/code", "/number", "/party")) {
            webhook.awaitEventsAt(path, 2);
            assertThat(webhook.eventsAt(path))
                    .as(path)
                    .extracting(sent -> sent.path("id").asText())
                    .containsExactlyInAnyOrder(event.id(), later.id());
        }
        assertThat(webhook.eventsAt("/foreign")).isEmpty();
    }

    @Test
    void a_source_filter_keeps_out_what_others_publish_on_the_apps_resource_and_a_resource_filter_lets_it_in() {
        String type = CloudEvents.randomType();
        owner.establish(to("/source").sourceFilter(SOURCE).typeFilter(type));
        owner.establish(to("/resource").resourceFilter(RESOURCE).typeFilter(type));

        CloudEvents others = CloudEvents.event()
                .resource(RESOURCE)
                .type(type)
                .source("https://platform.altinn.no/dialogporten/api/v1/dialogs/1")
                .subject(Parties.RECIPIENT.party());
        publisher.publish(others).expect(200);
        CloudEvents own = fromApp(type, 1).subject(Parties.RECIPIENT.party());
        publisher.publish(own).expect(200);

        webhook.awaitEventsAt("/resource", 2);
        webhook.awaitEventsAt("/source", 1);
        assertThat(webhook.eventsAt("/source"))
                .extracting(event -> event.path("id").asText())
                .containsExactly(own.id());
    }

    @Test
    void what_an_app_publishes_reaches_its_subscriber(Api api, Tokens tokens) {
        AppEvent event = AppEvent.of(Parties.APP, Parties.RECIPIENT);
        owner.establish(to("/").sourceFilter(SOURCE).typeFilter(event.type()));
        api.as(tokens.serviceOwner())
                .asPlatform(tokens.platform("ttd", Parties.APP))
                .post(EVENTS + "/app", event)
                .expect(201);
        JsonNode delivered =
                webhook.awaitEvent(sent -> sent.path("type").asText().equals(event.type()));
        assertThat(delivered.path("resource").asText()).isEqualTo(RESOURCE);
        assertThat(delivered.path("source").asText()).isEqualTo(event.source());
    }

    @Test
    void whoever_asks_for_subunits_gets_their_events_once() {
        String type = CloudEvents.randomType();
        String main = Parties.FIRST_OTHER.party();
        owner.establish(to("/with")
                .resourceFilter(RESOURCE)
                .subjectFilter(main)
                .typeFilter(type)
                .includeSubunits(true));
        owner.establish(
                to("/without").resourceFilter(RESOURCE).subjectFilter(main).typeFilter(type));

        CloudEvents ofSubunit =
                fromApp(type, 50000005).subject("/party/50000005").alternativeSubject("/organisation/310000043");
        CloudEvents withoutNumber = fromApp(type, 50000005).subject("/party/50000005");
        CloudEvents ofMain = fromApp(type, Parties.FIRST_OTHER.partyId())
                .subject(main)
                .alternativeSubject(Parties.FIRST_OTHER.path());
        publisher.publish(ofSubunit).expect(200);
        publisher.publish(withoutNumber).expect(200);
        publisher.publish(ofMain).expect(200);

        webhook.awaitEventsAt("/with", 2);
        webhook.awaitEventsAt("/without", 1);
        assertThat(webhook.eventsAt("/with"))
                .extracting(event -> event.path("id").asText())
                .containsExactlyInAnyOrder(ofSubunit.id(), ofMain.id());
        assertThat(webhook.eventsAt("/without"))
                .extracting(event -> event.path("id").asText())
                .containsExactly(ofMain.id());
    }

    private Subscription to(String path) {
        return Subscription.to(webhook.url(path));
    }

    private static CloudEvents fromApp(String type, int partyId) {
        return CloudEvents.event().resource(RESOURCE).type(type).source(AppEvent.source(Parties.APP, partyId));
    }

    private static void refused(Api caller, Subscription wanted, String text) {
        assertThat(caller.subscribe(wanted).expect(400).json().asText()).isEqualTo(text);
    }
}
