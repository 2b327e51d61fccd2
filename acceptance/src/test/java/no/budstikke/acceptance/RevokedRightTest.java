package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Collections;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Policies and parties are changed by SQL while the server runs, and that takes effect. Has a server of
/// its own, into whose database it writes. Spec: events §5.7, Q7.
class RevokedRightTest {

    private static final String RESOURCE = Parties.resourceUrn(1);

    /// The rule by which every party subscribes for itself.
    private static final String REVOKE =
            "update resource set policy = replace(policy, '>self<', '>nobody<') where id = '%s'"
                    .formatted(Parties.resource(1));

    private static final String GRANT =
            "update resource set policy = replace(policy, '>nobody<', '>self<') where id = '%s'"
                    .formatted(Parties.resource(1));

    /// Adds a rule to the second resource: whoever's token has a certain scope sees every event.
    private static final String SCOPE_SEES_EVERYTHING = """
            update resource
               set policy = replace(policy, '<xacml:ObligationExpressions>', '
              <xacml:Rule RuleId="by-scope" Effect="Permit">
                <xacml:Target>
                  <xacml:AnyOf><xacml:AllOf>
                    <xacml:Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
                      <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">example:sees.everything</xacml:AttributeValue>
                      <xacml:AttributeDesignator AttributeId="urn:scope"
                          Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
                          DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
                    </xacml:Match>
                  </xacml:AllOf></xacml:AnyOf>
                  <xacml:AnyOf><xacml:AllOf>
                    <xacml:Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
                      <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">subscribe</xacml:AttributeValue>
                      <xacml:AttributeDesignator AttributeId="urn:oasis:names:tc:xacml:1.0:action:action-id"
                          Category="urn:oasis:names:tc:xacml:3.0:attribute-category:action"
                          DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
                    </xacml:Match>
                  </xacml:AllOf></xacml:AnyOf>
                </xacml:Target>
              </xacml:Rule>
              <xacml:ObligationExpressions>')
             where id = '%s'
            """.formatted(Parties.resource(2));

    private static Budstikke server;

    @BeforeAll
    static void start() {
        server = Budstikke.builder()
                // However long the server takes to notice a change, the delivery is not given up before.
                .setting("delivery.retrySchedule", Collections.nCopies(400, "1s"))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_right_revoked_between_publish_and_a_retry_stops_the_retry() throws Exception {
        try (Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            Api publisher = server.as(server.tokens().publisher());
            int subscription = server.as(server.tokens().organization(Parties.RECIPIENT.number()))
                    .establish(Subscription.to(webhook.url("/")).resourceFilter(RESOURCE))
                    .path("id")
                    .asInt();
            webhook.answer(Answer.status(503, "later"));
            CloudEvents first = about();
            publisher.publish(first).expect(200);
            webhook.awaitEventWithId(first.id());

            database.change(REVOKE);

            String denied = "select count(*) from attempt where outcome = 'denied' and subscription = " + subscription;
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !database.ask(denied).equals("0"));
            String waiting = "select count(*) from backlog where subscription = " + subscription;
            await().until(() -> database.ask(waiting).equals("0"));

            webhook.clear();
            webhook.answer(200);
            database.change(GRANT);
            // With the right the next events come again; the one that was denied does not.
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                publisher.publish(about()).expect(200);
                return !webhook.events().isEmpty();
            });
            assertThat(webhook.events())
                    .extracting(sent -> sent.path("id").asText())
                    .doesNotContain(first.id());
        }
    }

    @Test
    void a_dry_run_counts_what_the_caller_sees_and_its_subscription_would_not_be_sent() throws Exception {
        String type = CloudEvents.randomType();
        CloudEvents[] published = {
            about(type, Parties.RECIPIENT),
            about(type, Parties.RECIPIENT),
            about(type + ".other", Parties.RECIPIENT),
            about(type, Parties.FIRST_OTHER),
            about(type, Parties.FIRST_OTHER),
            about(type + ".other", Parties.FIRST_OTHER),
        };
        Api publisher = server.as(server.tokens().publisher());
        for (CloudEvents event : published) {
            publisher.publish(event.resource(Parties.resourceUrn(2))).expect(200);
        }
        Api caller = server.as(server.tokens()
                .organization(Parties.RECIPIENT.number(), "altinn:events.subscribe", "example:sees.everything"));
        Subscription wanted = Subscription.to("http://127.0.0.1:9/never-asked")
                .resourceFilter(Parties.resourceUrn(2))
                .typeFilter(type)
                .subjectFilter("");

        JsonNode own = dryRun(caller, 6, wanted);
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            // A token's scope opens the queries. A subscription has no token: pushes go by its consumer alone.
            database.change(SCOPE_SEES_EVERYTHING);
        }
        JsonNode all = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> dryRun(caller, 6, wanted),
                        answer -> answer.path("examined").asInt() == 6);
        JsonNode newest = dryRun(caller, 4, wanted);

        assertThat(own.path("examined").asInt()).as("its own alone").isEqualTo(3);
        assertThat(own.path("excluded")).hasToString(excluded(1, 0));
        assertThat(all.path("matched").asInt()).isEqualTo(2);
        assertThat(all.path("excluded")).hasToString(excluded(2, 3));
        assertThat(newest.path("examined").asInt()).isEqualTo(4);
        assertThat(newest.path("matched").asInt()).isZero();
        assertThat(newest.path("excluded")).hasToString(excluded(2, 3));
        assertThat(newest.path("warnings")).hasToString("[\"subjectFilter is empty and was taken as absent\"]");
    }

    private static String excluded(int type, int access) {
        return "{\"subject\":0,\"alternativeSubject\":0,\"type\":%d,\"source\":0,\"access\":%d}"
                .formatted(type, access);
    }

    private static JsonNode dryRun(Api caller, int events, Subscription wanted) {
        return caller.post(Api.EVENTS + "/subscriptions?dryRun=true&events=" + events, wanted)
                .expect(200)
                .json();
    }

    private static CloudEvents about(String type, Parties.Organization party) {
        return CloudEvents.event().type(type).subject(party.party());
    }

    @Test
    void a_party_that_is_registered_while_the_server_runs_is_known() throws Exception {
        try (Webhook webhook = Webhook.start();
                EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            Api owner = server.as(server.tokens().serviceOwner());
            owner.establish(
                    Subscription.to(webhook.url("/")).resourceFilter(RESOURCE).subjectFilter("/party/50077777"));
            database.change("""
                    insert into party (id, uuid, identifier, name)
                    values (50077777, gen_random_uuid(), 'urn:altinn:organization:identifier-no:310000107', 'Ny AS')
                    """);
            // The filter names the party by its id, the event by its number: only the register tells that they are one.
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                server.as(server.tokens().publisher())
                        .publish(CloudEvents.event()
                                .resource(RESOURCE)
                                .subject("urn:altinn:organization:identifier-no:310000107"))
                        .expect(200);
                return !webhook.events().isEmpty();
            });
        }
    }

    private static CloudEvents about() {
        return CloudEvents.event().resource(RESOURCE).subject(Parties.RECIPIENT.party());
    }
}
