package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `POST /events`. Numbers in comments are those of the contract's acceptance list, events §16.
///
/// Spec: events §2.3, §3, §9.
@ExtendWith(BudstikkeExtension.class)
class PublishEventTest {

    private static final String PUBLISH = EVENTS + "/events";
    private static final String CLOUD_EVENT = "application/cloudevents+json";
    private static final String RESOURCE = Parties.resourceUrn(2);

    private final Api anonymous;
    private final Api publisher;
    private final Api subscriber;
    private final Tokens tokens;

    PublishEventTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.tokens = tokens;
        this.publisher = api.as(tokens.publisher());
        this.subscriber = api.as(tokens.serviceOwner());
    }

    // --- accepted ---

    @Test
    void an_accepted_event_is_answered_with_200_and_an_empty_body() {
        Response response = publisher.publish(CloudEvents.event());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.header("Content-Type")).isEmpty();
    }

    @Test
    void an_event_is_delivered_with_all_that_it_had_and_nothing_more(Webhook webhook) {
        CloudEvents event = CloudEvents.event()
                .resource(RESOURCE)
                .subject(Parties.RECIPIENT.party())
                .alternativeSubject(Parties.RECIPIENT.path())
                .resourceInstance(UUID.randomUUID().toString())
                .time("2024-04-19T07:22:19.438039Z")
                .with("datacontenttype", "application/json")
                .with("myextension", "blåbær & \"tyttebær\"")
                .data(List.of(1, "to", 3.5));
        listenTo(event.type(), webhook);

        publisher.publish(event).expect(200);

        assertThat(webhook.awaitEventWithId(event.id())).isEqualTo(event.json());
    }

    /// 47: no order but this one, which readers of the raw text have come to know. Spec: events §3.2.
    @Test
    void members_come_with_specversion_first_and_data_last_and_the_others_in_the_publishers_order(Webhook webhook) {
        String type = CloudEvents.randomType();
        String id = UUID.randomUUID().toString();
        listenTo(type, webhook);

        publisher.publish("""
                        {"zeta":"1","data":{"b":1,"a":2},"type":"%s","alpha":"2","specversion":"1.0","resource":"%s",
                         "id":"%s","source":"https://example.no/a","datacontenttype":"application/json","beta":"3"}""".formatted(type, RESOURCE, id)).expect(200);

        webhook.awaitEventWithId(id);
        assertThat(webhook.requests().getLast().text()).isEqualTo("""
                {"specversion":"1.0","zeta":"1","type":"%s","alpha":"2","resource":"%s","id":"%s",\
                "source":"https://example.no/a","datacontenttype":"application/json","beta":"3","data":{"b":1,"a":2}}""".formatted(type, RESOURCE, id));
    }

    @Test
    void values_that_the_contract_rewrites_arrive_rewritten(Webhook webhook) {
        CloudEvents event = CloudEvents.event()
                .resource(RESOURCE)
                .withNull("subject")
                .with("flag", true)
                .with("number", -17)
                .time("2024-04-19T09:22:19.12345678+02:00")
                .data(7);
        listenTo(event.type(), webhook);

        publisher.publish(event).expect(200);

        ObjectNode wanted = event.json()
                .put("flag", "true")
                .put("number", "-17")
                .put("time", "2024-04-19T09:22:19.1234567+02:00")
                .put("datacontenttype", "application/json")
                .without(List.of("subject"));
        assertThat(webhook.awaitEventWithId(event.id())).isEqualTo(wanted);
    }

    @Test
    void an_event_without_time_stays_without(Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        listenTo(event.type(), webhook);

        publisher.publish(event).expect(200);

        assertThat(webhook.awaitEventWithId(event.id()).has("time")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events/api/v1/events/", "/Events/API/v1/EVENTS", "/events/api/v1//events"})
    void paths_are_found_in_every_spelling_that_clients_use(String path) {
        assertThat(publisher.post(path, CLOUD_EVENT, CloudEvents.event()).status())
                .isEqualTo(200);
    }

    @Test
    void a_content_type_may_name_its_charset() {
        String utf8 = CLOUD_EVENT + "; charset=utf-8";
        byte[] utf16 = CloudEvents.event().with("word", "blåbær").toString().getBytes(StandardCharsets.UTF_16LE);

        assertThat(publisher.post(PUBLISH, utf8, CloudEvents.event()).status()).isEqualTo(200);
        assertThat(publisher
                        .post(PUBLISH, CLOUD_EVENT + ";charset=utf-16", utf16)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_source_may_be_relative_and_a_resource_any_urn() {
        assertThat(publisher.publish(CloudEvents.event().source("/relative")).status())
                .isEqualTo(200);
        assertThat(publisher
                        .publish(CloudEvents.event().resource("urn:nbib:bokoversikt.api"))
                        .status())
                .isEqualTo(200);
    }

    // --- the same event again ---

    @Test
    void the_same_id_and_source_is_answered_as_success_and_delivered_once(Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        listenTo(event.type(), webhook);

        publisher.publish(event).expect(200);
        webhook.awaitEventWithId(event.id());
        publisher.publish(event).expect(200);
        CloudEvents later = CloudEvents.event().resource(RESOURCE).type(event.type());
        publisher.publish(later).expect(200);

        webhook.awaitEventWithId(later.id());
        assertThat(webhook.deliveries()).containsEntry(event.id(), 1);
    }

    @Test
    void the_same_id_from_another_source_is_another_event(Webhook webhook) {
        CloudEvents first = CloudEvents.event().resource(RESOURCE);
        CloudEvents second = CloudEvents.event()
                .resource(RESOURCE)
                .type(first.type())
                .id(first.id())
                .source("https://example.no/other");
        listenTo(first.type(), webhook);

        publisher.publish(first).expect(200);
        publisher.publish(second).expect(200);

        assertThat(webhook.awaitEvents(2)).contains(first.json(), second.json());
    }

    // --- who may ---

    @Test
    void nobody_publishes_without_a_token() {
        Response response = anonymous.publish(CloudEvents.event());

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30.", "?.?", "{}"})
    void a_malformed_token_is_no_token(String token) {
        Response response = anonymous.as(token).publish(CloudEvents.event());

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void a_token_with_another_signature_or_payload_is_no_token() {
        String[] parts = tokens.publisher().split("\\.", -1);
        String[] foreign = tokens.serviceOwner("altinn:serviceowner").split("\\.", -1);

        String resigned = parts[0] + "." + parts[1] + "." + foreign[2];
        String cut = parts[0] + "." + parts[1] + "." + parts[2].substring(4);
        String unsigned = parts[0] + "." + parts[1] + ".";

        for (String token : List.of(resigned, cut, unsigned)) {
            assertThat(anonymous.as(token).publish(CloudEvents.event()).status())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "altinn:events.subscribe",
                "altinn:events.publish.admin",
                "altinn:events.publisher",
                "altinn:serviceowner"
            })
    void a_token_without_the_scope_is_refused(String scope) {
        Response response = anonymous.as(tokens.serviceOwner(scope)).publish(CloudEvents.event());

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).isEmpty();
    }

    /// 12
    @Test
    void a_platform_access_token_stands_in_for_the_scope_but_not_for_the_bearer() {
        String platform = tokens.platform("platform", "correspondence");
        Api owner = anonymous.as(tokens.serviceOwner("altinn:serviceowner")).asPlatform(platform);

        assertThat(owner.publish(CloudEvents.event().resource(RESOURCE)).status())
                .isEqualTo(200);
        assertThat(owner.asPlatform("no.good.token")
                        .publish(CloudEvents.event())
                        .status())
                .isEqualTo(403);
        assertThat(anonymous.asPlatform(platform).publish(CloudEvents.event()).status())
                .as("without bearer")
                .isEqualTo(401);
        assertThat(anonymous
                        .as(tokens.organization(Parties.THIRD_OTHER.number(), "altinn:any"))
                        .asPlatform(platform)
                        .publish(CloudEvents.event().resource(RESOURCE))
                        .status())
                .as("the resource's policy is asked about the bearer")
                .isEqualTo(403);
    }

    /// 14
    @ParameterizedTest
    @CsvSource({
        "altinn:events.publish.admin,     200",
        "altinn:events.publish.admins,    403",
        "altinn:events.publish/admin,     403",
        "x-altinn:events.publish.admin,   403"
    })
    void only_the_scope_of_an_administrator_goes_past_the_policy(String scope, int status) {
        Api stranger = anonymous.as(tokens.organization(Parties.THIRD_OTHER.number(), "altinn:events.publish", scope));

        assertThat(stranger.publish(CloudEvents.event().resource(RESOURCE)).status())
                .isEqualTo(status);
    }

    /// 15: the decision point hears the person's uuid, which is how it knows the party; readers get what
    /// was published.
    @Test
    void a_national_identity_number_as_subject_is_kept_as_it_was_published(Webhook webhook) {
        String person = "urn:altinn:person:identifier-no:01819010001";
        CloudEvents event = CloudEvents.event().resource(RESOURCE).subject(person);
        Api owner = anonymous.as(tokens.serviceOwner("altinn:serviceowner", "altinn:events.publish"));
        Api self = anonymous.as(tokens.person("01819010001", "altinn:events.subscribe"));
        listenTo(event.type(), webhook);

        owner.publish(event).expect(200);

        assertThat(webhook.awaitEventWithId(event.id())).isEqualTo(event.json());
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(
                                self.get(EVENTS + "/events?after=0&resource=" + RESOURCE + "&type=" + event.type())
                                        .expect(200)
                                        .json())
                        .containsExactly(event.json()));
    }

    @Test
    void an_organisation_that_the_resources_policy_does_not_name_is_refused() {
        Api stranger = anonymous.as(tokens.organization(Parties.THIRD_OTHER.number(), "altinn:events.publish"));

        Response response = stranger.publish(CloudEvents.event().resource(RESOURCE));

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).isEmpty();
    }

    // --- content types, and the order of checks ---

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/cloudevents-batch+json", "text/plain", "application/xml"})
    void another_content_type_is_refused(String contentType) {
        Response response = publisher.post(PUBLISH, contentType, CloudEvents.event());

        assertThat(response.status()).isEqualTo(415);
        assertThat(response.body()).isEmpty();
    }

    /// It passes the first check; the body then has no reader.
    @Test
    void a_missing_content_type_is_refused_when_the_body_is_to_be_read() {
        byte[] body = CloudEvents.event().toString().getBytes(StandardCharsets.UTF_8);

        assertThat(anonymous.send("POST", PUBLISH, body).status()).isEqualTo(401);
        Response response = publisher.send("POST", PUBLISH, body);
        assertThat(response.status()).isEqualTo(415);
        assertThat(response.json().path("title").asText()).isEqualTo("Unsupported Media Type");
    }

    @Test
    void the_content_type_is_looked_at_before_the_token_and_the_token_before_the_body() {
        assertThat(anonymous.post(PUBLISH, "application/json", "{}").status()).isEqualTo(415);
        assertThat(anonymous.post(PUBLISH, CLOUD_EVENT, "no json").status()).isEqualTo(401);
        assertThat(anonymous
                        .as(tokens.serviceOwner("altinn:events.subscribe"))
                        .post(PUBLISH, CLOUD_EVENT, "no json")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void another_method_is_refused() {
        Response response = publisher.delete(PUBLISH);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow"))
                .hasValueSatisfying(methods -> assertThat(methods).contains("GET", "POST"));
    }

    // --- bodies that are no event ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "no json",
                "{\"id\":}",
                "{'id':'1'}",
                "{\"specversion\":\"1.0\",}",
                "{} {}",
                "{\"specversion\":\"1.0\" /* comment */}",
                "\u0000",
                "{\"id\":\"\\ud8\"}"
            })
    void malformed_json_is_a_validation_problem(String body) {
        JsonNode problem = refused(publisher.post(PUBLISH, CLOUD_EVENT, body));

        assertThat(problem.at("/errors/RequestBody/0").asText()).isNotBlank();
    }

    @Test
    void bytes_that_are_no_utf_8_are_a_validation_problem() {
        byte[] body = "{\"id\":\"\u00ff\u00fe\"}".getBytes(StandardCharsets.ISO_8859_1);

        refused(publisher.post(PUBLISH, CLOUD_EVENT, body));
    }

    @ParameterizedTest
    @MethodSource
    void a_body_that_is_no_cloud_event_is_refused_with_the_parsers_text(String body, String text) {
        JsonNode problem = refused(publisher.post(PUBLISH, CLOUD_EVENT, body));

        assertThat(problem.at("/errors/RequestBody/0").asText()).isEqualTo(text);
    }

    /// Spec: events §3.1, in the order of its table.
    static Stream<Arguments> a_body_that_is_no_cloud_event_is_refused_with_the_parsers_text() {
        return Stream.of(
                arguments("[]", "Cannot decode JSON element of kind 'Array' as CloudEvent"),
                arguments("[{}]", "Cannot decode JSON element of kind 'Array' as CloudEvent"),
                arguments("\"text\"", "Cannot decode JSON element of kind 'String' as CloudEvent"),
                arguments("17", "Cannot decode JSON element of kind 'Number' as CloudEvent"),
                arguments("true", "Cannot decode JSON element of kind 'True' as CloudEvent"),
                arguments("false", "Cannot decode JSON element of kind 'False' as CloudEvent"),
                arguments("null", "Cannot decode JSON element of kind 'Null' as CloudEvent"),
                broken(
                        event -> event.without("specversion"),
                        "Structured mode content does not represent a CloudEvent"),
                broken(
                        event -> event.with("specversion", 1),
                        "Structured mode content does not represent a CloudEvent"),
                arguments("{}", "Structured mode content does not represent a CloudEvent"),
                broken(event -> event.with("specversion", "0.3"), "Unsupported CloudEvents spec version '0.3'"),
                broken(
                        event -> event.with("id", 1),
                        "Invalid token type 'Number' for CloudEvent attribute 'id' with type 'String'"),
                broken(
                        event -> event.with("type", true),
                        "Invalid token type 'True' for CloudEvent attribute 'type' with type 'String'"),
                broken(
                        event -> event.with("subject", List.of()),
                        "Invalid token type 'Array' for CloudEvent attribute 'subject' with type 'String'"),
                broken(
                        event -> event.with("source", 1),
                        "Invalid token type 'Number' for CloudEvent attribute 'source' with type 'URI-Reference'"),
                broken(
                        event -> event.with("time", 1),
                        "Invalid token type 'Number' for CloudEvent attribute 'time' with type 'Timestamp'"),
                broken(
                        event -> event.with("dataschema", false),
                        "Invalid token type 'False' for CloudEvent attribute 'dataschema' with type 'URI'"),
                broken(
                        event -> event.with("fooX", "x"),
                        "Invalid character 'X' in attribute name 'fooX' (Parameter 'name')"),
                broken(
                        event -> event.with("foo_bar", "x"),
                        "Invalid character '_' in attribute name 'foo_bar' (Parameter 'name')"),
                broken(
                        event -> event.id(""),
                        "Value for attribute 'id' is invalid: Value must be non-empty (Parameter 'value')"),
                broken(
                        event -> event.type(""),
                        "Value for attribute 'type' is invalid: Value must be non-empty (Parameter 'value')"),
                broken(
                        event -> event.subject(""),
                        "Value for attribute 'subject' is invalid: Value must be non-empty (Parameter 'value')"),
                broken(
                        event -> event.source(""),
                        "Value for attribute 'source' is invalid: URI reference must be non-empty (Parameter 'value')"),
                broken(
                        event -> event.time("yesterday"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.time("2024-04-19T07:22Z"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.time("2024-04-19T07:22:19"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.time("2024-04-19t07:22:19Z"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.time("2024-02-30T07:22:19Z"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.time("2024-04-19T07:22:19+14:01"),
                        "Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')"),
                broken(
                        event -> event.with("datacontenttype", "not a type"),
                        "Value for attribute 'datacontenttype' is invalid: The 'datacontenttype' attribute value must be a"
                                + " content-type expression compliant with RFC2046 (Parameter 'value')"),
                broken(
                        event -> event.subject("a\u0001b"),
                        "Value for attribute 'subject' is invalid: Control character U+0001 is not permitted in string"
                                + " attributes (Parameter 'value')"),
                broken(
                        event -> event.with("myextension", "\u0085"),
                        "Value for attribute 'myextension' is invalid: Control character U+0085 is not permitted in string"
                                + " attributes (Parameter 'value')"),
                broken(
                        event -> event.data(1).with("data_base64", "AA=="),
                        "Structured mode content cannot contain both 'data' and 'data_base64' properties."),
                broken(
                        event -> event.with("data_base64", 1),
                        "Structured mode property 'data_base64' must be a string, when present."),
                broken(
                        event -> event.with("datacontenttype", "text/plain").data(1),
                        "CloudEvents with a non-JSON datacontenttype can only have string data values."),
                broken(
                        event -> event.without("id"),
                        "CloudEvent is missing required attributes: id (Parameter 'data')"),
                broken(
                        event -> event.withNull("source"),
                        "CloudEvent is missing required attributes: source (Parameter 'data')"),
                broken(
                        event -> event.without("type").without("id").without("source"),
                        "CloudEvent is missing required attributes: id, source, type (Parameter 'data')"));
    }

    @ParameterizedTest
    @MethodSource
    void a_body_that_is_no_cloud_event_is_refused_with_a_text_that_begins_so(String body, String begin) {
        JsonNode problem = refused(publisher.post(PUBLISH, CLOUD_EVENT, body));

        assertThat(problem.at("/errors/RequestBody/0").asText()).startsWith(begin);
    }

    static Stream<Arguments> a_body_that_is_no_cloud_event_is_refused_with_a_text_that_begins_so() {
        return Stream.of(
                broken(
                        event -> event.with("myextension.inner", 1),
                        "Invalid token type 'Object' for CloudEvent attribute"),
                broken(
                        event -> event.with("myextension", List.of(1)),
                        "Invalid token type 'Array' for CloudEvent attribute"),
                broken(event -> event.with("dataschema", "relative"), "Text for attribute 'dataschema' is invalid:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "-2147483649", "1.5", "1e400"})
    void a_number_that_is_no_32_bit_integer_is_no_extension(String number) {
        String body = CloudEvents.event().toString().replaceFirst("\\}$", ",\"myextension\":" + number + "}");

        refused(publisher.post(PUBLISH, CLOUD_EVENT, body));
    }

    // --- resources ---

    @Test
    void an_event_without_resource_is_refused() {
        assertThat(refused(publisher.publish(CloudEvents.event().without("resource")))
                        .path("detail")
                        .asText())
                .isEqualTo("A 'resource' property must be defined.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resource",
                "urn:altinn",
                "urn:foo::::",
                " urn:altinn:resource:a",
                "urn:altinn:resource:UPPER",
                "urn:altinn:resource:a%20b",
                "https://example.no/resource",
                "urn:a:b:c:d:e:f:g:h:i:j:k:l"
            })
    void a_resource_that_is_no_urn_is_refused(String resource) {
        assertThat(refused(publisher.publish(CloudEvents.event().resource(resource)))
                        .path("detail")
                        .asText())
                .isEqualTo("'Resource' must be a valid urn.");
    }

    // --- size and depth ---

    @Test
    void an_event_of_ten_megabytes_is_accepted_and_delivered_whole(Webhook webhook) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).data("x".repeat(10_000_000));
        listenTo(event.type(), webhook);

        publisher.publish(event).expect(200);

        // Compared without AssertJ's messages, which would print both.
        assertThat(webhook.awaitEventWithId(event.id()).path("data").asText().equals(event.text("data")))
                .isTrue();
    }

    @Test
    void a_body_beyond_thirty_million_bytes_is_refused_unread() throws IOException {
        URI address = URI.create(publisher.baseUrl());
        try (var socket = new Socket(InetAddress.getByName(address.getHost()), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("""
                            POST %s HTTP/1.1
                            Host: localhost
                            Authorization: Bearer %s
                            Content-Type: application/cloudevents+json
                            Content-Length: 30000001

                            """.formatted(PUBLISH, tokens.publisher())
                    .replace("\n", "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));

            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(answer.readLine()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void json_that_is_ten_thousand_levels_deep_is_refused_and_does_no_harm() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        String inData = CloudEvents.event().toString().replaceFirst("\\}$", ",\"data\":" + deep + "}");

        refused(publisher.post(PUBLISH, CLOUD_EVENT, inData));
        refused(publisher.post(PUBLISH, CLOUD_EVENT, deep));
        refused(publisher.post(PUBLISH, CLOUD_EVENT, "{\"a\":".repeat(10_000)));
        publisher.publish(CloudEvents.event()).expect(200);
    }

    private void listenTo(String type, Webhook webhook) {
        subscriber.establish(
                Subscription.to(webhook.url("/")).resourceFilter(RESOURCE).typeFilter(type));
    }

    /// A 400 with a problem document.
    private static JsonNode refused(Response response) {
        JsonNode problem = response.expect(400).json();
        assertThat(problem.path("status").asInt()).isEqualTo(400);
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(response.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        return problem;
    }

    private interface Change {
        CloudEvents of(CloudEvents event);
    }

    private static Arguments broken(Change change, String text) {
        return arguments(change.of(CloudEvents.event().subject("/party/1")).toString(), text);
    }
}
