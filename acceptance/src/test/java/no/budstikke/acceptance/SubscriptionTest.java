package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import no.budstikke.testkit.Answer;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec: events §2.8–2.11, §4, for resources that are no apps.
@ExtendWith(BudstikkeExtension.class)
class SubscriptionTest {

    private static final String SUBSCRIPTIONS = EVENTS + "/subscriptions";
    private static final String RESOURCE = Parties.resourceUrn(3);

    private final Api anonymous;
    private final Api owner;
    private final Api recipient;
    private final Api stranger;
    private final Tokens tokens;
    private final Webhook webhook;

    SubscriptionTest(Api api, Tokens tokens, Webhook webhook) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        this.stranger = api.as(tokens.organization(Parties.THIRD_OTHER.number()));
        this.tokens = tokens;
        this.webhook = webhook;
    }

    // --- create ---

    @Test
    void a_created_subscription_is_answered_as_it_is_stored() {
        Subscription wanted = subscription().subjectFilter(Parties.RECIPIENT.party());

        Response response = owner.subscribe(wanted).expect(201);

        JsonNode created = response.json();
        assertThat(created.path("id").isInt()).isTrue();
        assertThat(created.path("endPoint").asText()).isEqualTo(webhook.url("/"));
        assertThat(created.path("resourceFilter").asText()).isEqualTo(RESOURCE);
        assertThat(created.path("subjectFilter").asText()).isEqualTo("/party/50015641");
        assertThat(created.path("typeFilter").asText()).isEqualTo(wanted.text("typeFilter"));
        assertThat(created.path("consumer").asText()).isEqualTo("/org/ttd");
        assertThat(created.path("createdBy").asText()).isEqualTo("/org/ttd");
        assertThat(created.path("created").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?Z");
        assertThat(created.path("validated").isBoolean()).isTrue();
        assertThat(created.path("includeSubunits")).hasToString("false");
        assertThat(created.has("sourceFilter")).isFalse();
        assertThat(response.header("Location"))
                .hasValue(EVENTS + "/subscription/" + created.path("id").asText());
        assertThat(response.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
    }

    @Test
    void the_consumer_comes_from_the_token_and_never_from_the_request() {
        JsonNode owners = owner.subscribe(subscription()
                        .with("consumer", "/org/skd")
                        .with("createdBy", "/org/skd")
                        .with("validated", true)
                        .with("id", 1))
                .expect(201)
                .json();
        JsonNode recipients = recipient
                .subscribe(subscription().subjectFilter(Parties.RECIPIENT.party()))
                .expect(201)
                .json();

        assertThat(owners.path("consumer").asText()).isEqualTo("/org/ttd");
        assertThat(owners.path("id").asInt()).isNotEqualTo(1);
        assertThat(recipients.path("consumer").asText()).isEqualTo("/organisation/123456789");
        assertThat(recipients.path("createdBy").asText()).isEqualTo("/organisation/123456789");
    }

    @Test
    void names_of_members_are_read_in_every_spelling() {
        Subscription written = subscription()
                .without("endPoint")
                .without("resourceFilter")
                .with("endpoint", webhook.url("/"))
                .with("RESOURCEFILTER", RESOURCE);

        assertThat(owner.subscribe(written)
                        .expect(201)
                        .json()
                        .path("resourceFilter")
                        .asText())
                .isEqualTo(RESOURCE);
    }

    @Test
    void an_endpoint_is_stored_in_its_canonical_form_with_its_query_as_sent() {
        String path = "/Hook/../Mine?code=A%2Fb%20&x=%c3%b8";
        String sent = "HTTP://LOCALHOST:" + webhook.port() + path;

        JsonNode created = owner.subscribe(subscription().with("endPoint", sent))
                .expect(201)
                .json();

        assertThat(created.path("endPoint").asText())
                .isEqualTo("http://localhost:" + webhook.port() + "/Mine?code=A%2Fb%20&x=%c3%b8");
        assertThat(webhook.awaitRequest(Received::isValidation).target()).isEqualTo("/Mine?code=A%2Fb%20&x=%c3%b8");
    }

    @Test
    void an_endpoint_without_path_gets_one_and_one_with_the_usual_port_loses_it() {
        JsonNode bare = owner.subscribe(subscription().with("endPoint", "http://127.0.0.1:" + webhook.port()))
                .expect(201)
                .json();
        JsonNode withPort = owner.subscribe(subscription().with("endPoint", "https://127.0.0.1:443"))
                .expect(201)
                .json();

        assertThat(bare.path("endPoint").asText()).isEqualTo(webhook.url("/"));
        assertThat(withPort.path("endPoint").asText()).isEqualTo("https://127.0.0.1/");
        delete(owner, withPort);
    }

    // --- validation ---

    @Test
    void the_endpoint_gets_a_validation_event_of_four_members() {
        JsonNode created = owner.establish(subscription());

        Received request = webhook.awaitRequest(Received::isValidation);
        JsonNode event = request.json();
        assertThat(event.fieldNames()).toIterable().containsExactlyInAnyOrder("specversion", "id", "source", "type");
        assertThat(event.path("specversion").asText()).isEqualTo("1.0");
        assertThat(event.path("id").asText()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(event.path("source").asText())
                .startsWith("http")
                .endsWith("/events/api/v1/subscriptions/" + created.path("id").asText());
        assertThat(event.path("type").asText()).isEqualTo("platform.events.validatesubscription");
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Content-Type")).hasValue("application/json; charset=utf-8");
    }

    @Test
    void a_failed_validation_is_tried_again() {
        webhook.answerNext(1, Answer.status(500));

        owner.establish(subscription());

        assertThat(webhook.validations()).hasSize(2);
    }

    @Test
    void no_event_comes_before_the_endpoint_is_validated() {
        String type = CloudEvents.randomType();
        Subscription late = subscription().typeFilter(type).with("endPoint", webhook.url("/late"));
        webhook.answer(
                request -> request.isValidation() && request.path().equals("/late") ? Answer.status(500) : Answer.ok());
        owner.establish(subscription().typeFilter(type).with("endPoint", webhook.url("/witness")));
        owner.subscribe(late).expect(201);
        webhook.awaitRequest(request -> request.path().equals("/late"));

        publish(type);
        webhook.awaitEventsAt("/witness", 1);
        webhook.answer(200);
        owner.establish(late);
        CloudEvents second = publish(type);

        assertThat(webhook.awaitEventsAt("/late", 1))
                .extracting(event -> event.path("id").asText())
                .containsExactly(second.id());
    }

    // --- the same again ---

    @Test
    void the_same_subscription_again_is_the_same_and_is_validated_again() {
        Subscription wanted = subscription();
        JsonNode first = owner.establish(wanted);
        int before = count(owner);

        JsonNode second = owner.subscribe(wanted).expect(201).json();

        assertThat(second.path("id")).isEqualTo(first.path("id"));
        assertThat(count(owner)).isEqualTo(before);
        await().until(() -> webhook.validations().size() == 2);
    }

    @Test
    void any_other_filter_endpoint_or_consumer_makes_another_subscription() {
        Subscription wanted = subscription().subjectFilter(Parties.RECIPIENT.party());
        List<Integer> ids = new ArrayList<>();

        ids.add(id(owner.subscribe(wanted)));
        ids.add(id(recipient.subscribe(wanted)));
        ids.add(id(owner.subscribe(wanted.with("endPoint", webhook.url("/other")))));
        ids.add(id(owner.subscribe(wanted.includeSubunits(true))));
        ids.add(id(owner.subscribe(wanted.without("typeFilter"))));
        ids.add(id(owner.subscribe(wanted.includeSubunits(false).without("subjectFilter"))));

        assertThat(ids).doesNotHaveDuplicates();
        for (int id : ids.subList(2, ids.size())) {
            owner.delete(SUBSCRIPTIONS + "/" + id).expect(200);
        }
    }

    @Test
    void the_same_subscription_many_times_at_once_is_one() throws InterruptedException, ExecutionException {
        Subscription wanted = subscription();
        List<Callable<Integer>> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            requests.add(() -> id(owner.subscribe(wanted)));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var ids = new ArrayList<Integer>();
            for (Future<Integer> id : threads.invokeAll(requests)) {
                ids.add(id.get());
            }
            assertThat(ids).containsOnly(ids.getFirst());
        }
    }

    // --- read, list, delete ---

    @Test
    void the_owner_reads_lists_and_deletes_it() {
        JsonNode created = owner.establish(subscription());

        assertThat(owner.get(path(created)).expect(200).json()).isEqualTo(created);
        assertThat(owner.get(SUBSCRIPTIONS + "//" + created.path("id").asText() + "/")
                        .status())
                .isEqualTo(200);
        JsonNode list = owner.get(SUBSCRIPTIONS).expect(200).json();
        assertThat(list.path("subscriptions")).contains(created);
        assertThat(list.path("count").asInt())
                .isEqualTo(list.path("subscriptions").size());

        Response deleted = owner.delete(path(created)).expect(200);
        assertThat(deleted.body()).isEmpty();
        assertThat(owner.get(path(created)).status()).isEqualTo(404);
        assertThat(owner.delete(path(created)).status()).isEqualTo(404);
        assertThat(owner.get(SUBSCRIPTIONS).expect(200).json().path("subscriptions"))
                .doesNotContain(created);
    }

    @Test
    void others_can_neither_read_nor_delete_it_and_do_not_see_it_listed() {
        JsonNode created = owner.subscribe(subscription()).expect(201).json();
        Api sameOrganisationWithoutItsCode = anonymous.as(tokens.organization(Parties.TTD.number()));

        for (Api other : List.of(stranger, sameOrganisationWithoutItsCode)) {
            assertThat(other.get(path(created)).status()).isEqualTo(403);
            assertThat(other.get(path(created)).body()).isEmpty();
            assertThat(other.delete(path(created)).status()).isEqualTo(403);
            assertThat(other.get(SUBSCRIPTIONS).expect(200).json().path("subscriptions"))
                    .extracting(each -> each.path("id"))
                    .doesNotContain(created.path("id"));
        }
        assertThat(owner.get(path(created)).status()).isEqualTo(200);
    }

    @Test
    void what_does_not_exist_is_not_found() {
        Response response = owner.get(SUBSCRIPTIONS + "/2147483647");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).isEmpty();
        assertThat(owner.delete(SUBSCRIPTIONS + "/2147483647").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "2147483648", "1.5"})
    void an_id_that_is_no_32_bit_integer_is_a_validation_problem(String id) {
        JsonNode problem = owner.get(SUBSCRIPTIONS + "/" + id).expect(400).json();

        assertThat(problem.at("/errors/id/0").asText()).isEqualTo("The value '" + id + "' is not valid.");
    }

    @Test
    void an_organisation_without_subscriptions_gets_an_empty_list() {
        String number = Integer.toString(ThreadLocalRandom.current().nextInt(320_000_000, 390_000_000));

        Response response = anonymous
                .as(tokens.organization(number, "altinn:correspondence.read"))
                .get(SUBSCRIPTIONS + "/");

        assertThat(response.expect(200).body()).isEqualTo("{\"count\":0,\"subscriptions\":[]}");
    }

    @Test
    void a_deleted_subscription_gets_no_more_events() {
        String type = CloudEvents.randomType();
        JsonNode deleted = owner.establish(subscription().typeFilter(type).with("endPoint", webhook.url("/deleted")));
        owner.establish(subscription().typeFilter(type).with("endPoint", webhook.url("/kept")));

        publish(type);
        webhook.awaitEventsAt("/deleted", 1);
        delete(owner, deleted);
        publish(type);

        webhook.awaitEventsAt("/kept", 2);
        assertThat(webhook.eventsAt("/deleted")).hasSize(1);
    }

    // --- who may ---

    @Test
    void nothing_is_done_without_a_token() {
        JsonNode created = owner.subscribe(subscription()).expect(201).json();

        for (Response response : List.of(
                anonymous.subscribe(subscription()),
                anonymous.get(SUBSCRIPTIONS),
                anonymous.get(path(created)),
                anonymous.delete(path(created)))) {
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.body()).isEmpty();
        }
        assertThat(owner.get(path(created)).status()).isEqualTo(200);
    }

    @Test
    void creating_needs_the_scope_and_the_others_do_not() {
        Api without = anonymous.as(tokens.serviceOwner("altinn:serviceowner", "altinn:events.publish"));
        JsonNode created = owner.subscribe(subscription()).expect(201).json();

        Response refused = without.subscribe(subscription());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).isEmpty();
        without.get(SUBSCRIPTIONS).expect(200);
        without.get(path(created)).expect(200);
        without.delete(path(created)).expect(200);
    }

    @Test
    void an_organisation_can_not_subscribe_to_another_ones_events() {
        Response response = stranger.subscribe(subscription().subjectFilter(Parties.RECIPIENT.party()));

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.text()).isEqualTo("Not authorized to create a subscription for resource " + RESOURCE + ".");
    }

    @Test
    void a_resource_that_nobody_registered_can_not_be_subscribed_to() {
        Response response = owner.subscribe(subscription().resourceFilter("urn:altinn:resource:nobody-knows-it"));

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.text())
                .isEqualTo("Not authorized to create a subscription for resource urn:altinn:resource:nobody-knows-it.");
    }

    // --- what is refused, in the order of events §4.2 ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "skd/flyttemelding",
                "altinn.no/ttd/apps-test/",
                "platform.altinn.no/",
                "http://altinn.no/ttd/",
                "sftp://altinn.no/ttd/"
            })
    void an_endpoint_that_is_no_absolute_https_address_is_refused(String endPoint) {
        assertThat(refusal(subscription().with("endPoint", endPoint)))
                .isEqualTo("Missing or invalid endpoint to push events towards");
    }

    @Test
    void a_missing_endpoint_is_refused() {
        assertThat(refusal(subscription().without("endPoint")))
                .isEqualTo("Missing or invalid endpoint to push events towards");
        assertThat(refusal(subscription().withNull("endPoint")))
                .isEqualTo("Missing or invalid endpoint to push events towards");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skd/flyttemelding",
                "altinn.no/ttd/apps-test/",
                "platform.altinn.no/",
                "http://altinn.no/ttd/",
                "sftp://altinn.no/ttd/"
            })
    void a_source_filter_that_is_no_absolute_https_address_is_refused(String source) {
        assertThat(refusal(subscription().sourceFilter(source)))
                .isEqualTo("SourceFilter must be an absolute URL with the https scheme.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resource", "urn:foo::::", " urn:altinn:resource:a"})
    void a_resource_filter_that_is_no_urn_is_refused(String resource) {
        assertThat(refusal(subscription().resourceFilter(resource))).isEqualTo("Resource filter must be a valid urn");
    }

    @Test
    void a_resource_filter_is_required() {
        assertThat(refusal(subscription().without("resourceFilter"))).isEqualTo("Resource filter is required.");
        assertThat(refusal(subscription().resourceFilter(""))).isEqualTo("Resource filter is required.");
    }

    @Test
    void subunits_need_a_subject() {
        assertThat(refusal(subscription().includeSubunits(true)))
                .isEqualTo("IncludeSubunits requires a subject filter.");
    }

    @Test
    void the_endpoint_is_looked_at_before_the_source_and_both_before_the_scope_and_the_resource() {
        Api without = anonymous.as(tokens.serviceOwner("altinn:serviceowner"));
        Subscription wrong =
                subscription().with("endPoint", "x").sourceFilter("x").resourceFilter("x");

        assertThat(without.subscribe(wrong).expect(400).text())
                .isEqualTo("Missing or invalid endpoint to push events towards");
        assertThat(without.subscribe(wrong.with("endPoint", webhook.url("/")))
                        .expect(400)
                        .text())
                .isEqualTo("SourceFilter must be an absolute URL with the https scheme.");
        assertThat(without.subscribe(wrong.without("sourceFilter")).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"endPoint\":1,}", "{\"includeSubunits\":\"perhaps\"}"})
    void a_body_that_can_not_be_read_is_a_validation_problem(String body) {
        JsonNode problem = owner.post(SUBSCRIPTIONS, body).expect(400).json();

        assertThat(problem.path("title").asText()).isEqualTo("One or more validation errors occurred.");
        assertThat(problem.path("errors").isObject()).isTrue();
        assertThat(problem.path("errors")).isNotEmpty();
    }

    @Test
    void another_content_type_is_refused() {
        assertThat(owner.post(SUBSCRIPTIONS, "text/plain", subscription()).status())
                .isEqualTo(415);
        assertThat(owner.post(SUBSCRIPTIONS, "application/cloudevents+json", subscription())
                        .status())
                .isEqualTo(201);
    }

    // --- beyond Altinn ---

    @Test
    void a_filter_that_can_never_match_is_accepted_with_a_warning() {
        Response warned = owner.subscribe(
                subscription().sourceFilter("https://platform.tt02.altinn.no/broker/api/v1/filetransfer"));
        Response usual = owner.subscribe(subscription().subjectFilter(Parties.RECIPIENT.party()));

        assertThat(warned.expect(201).header("Budstikke-Filter-Warning"))
                .hasValueSatisfying(text ->
                        assertThat(text).isNotBlank().doesNotContain("\n").containsIgnoringCase("source"));
        assertThat(usual.expect(201).header("Budstikke-Filter-Warning")).isEmpty();
    }

    /// To this test's webhook, on this class's resource, with a type that no other test uses.
    private Subscription subscription() {
        return Subscription.to(webhook.url("/")).resourceFilter(RESOURCE).typeFilter(CloudEvents.randomType());
    }

    private CloudEvents publish(String type) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type);
        anonymous.as(tokens.publisher()).publish(event).expect(200);
        return event;
    }

    /// The JSON string of a 400.
    private String refusal(Subscription subscription) {
        return owner.subscribe(subscription).expect(400).text();
    }

    private static int id(Response created) {
        return created.expect(201).json().path("id").asInt();
    }

    private static String path(JsonNode subscription) {
        return SUBSCRIPTIONS + "/" + subscription.path("id").asText();
    }

    private static void delete(Api api, JsonNode subscription) {
        api.delete(path(subscription)).expect(200);
    }

    private static int count(Api api) {
        return api.get(SUBSCRIPTIONS).expect(200).json().path("count").asInt();
    }
}
