package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.CORRESPONDENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec: correspondence §2.0, §2.2 P1, §3, §4.
@ExtendWith(BudstikkeExtension.class)
class InitializeCorrespondenceTest {

    private static final String CORRESPONDENCES = CORRESPONDENCE + "/correspondence";

    private final Api anonymous;
    private final Api owner;
    private final Tokens tokens;

    InitializeCorrespondenceTest(Api api, Tokens tokens) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
        this.tokens = tokens;
    }

    // --- what is answered ---

    @Test
    void each_recipient_gets_a_correspondence_in_the_order_of_the_request() {
        Response response = owner.initialize(
                        to(Parties.TTD.urn(), "0192:" + Parties.RECIPIENT.number(), Parties.FIRST_OTHER.urn()))
                .expect(200);

        JsonNode answer = response.json();
        assertThat(answer.path("attachmentIds").isArray()).isTrue();
        assertThat(answer.path("attachmentIds")).isEmpty();
        assertThat(answer.path("correspondences").findValuesAsText("recipient"))
                .containsExactly(Parties.TTD.urn(), Parties.RECIPIENT.urn(), Parties.FIRST_OTHER.urn());
        assertThat(answer.path("correspondences").findValuesAsText("status")).containsOnly("ReadyForPublish");
        assertThat(answer.path("correspondences").findValuesAsText("correspondenceId"))
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(UUID.fromString(id)).hasToString(id));
        JsonNode first = answer.path("correspondences").get(0);
        assertThat(first.has("notifications")).isTrue();
        assertThat(first.path("notifications").isNull()).isTrue();
        assertThat(response.header("Content-Type")).hasValue("application/json; charset=utf-8");
        assertThat(response.header("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.header("Cache-Control")).hasValue("no-store");
    }

    @Test
    void the_sender_sees_what_it_sent_until_it_is_published() {
        Instant tomorrow = Instant.now().plusSeconds(86_400);
        String id = initialized(letter().resource(Parties.resourceUrn(4))
                .publishAt(tomorrow)
                .dueAt(tomorrow.plusSeconds(60))
                .confirmationNeeded()
                .with("correspondence.messageSender", "Vi på kontoret")
                .with("correspondence.propertyList", Map.of("saksnummer", "2026/1"))
                .with("correspondence.content.messageTitle", "Hei, {{recipientName}}")
                .with(
                        "correspondence.externalReferences",
                        List.of(Map.of("referenceValue", "min", "referenceType", "generic")))
                .with("correspondence.somethingUnknown", 1));

        JsonNode overview = owner.get(CORRESPONDENCES + "/" + id).expect(200).json();

        assertThat(overview.path("resourceId").asText()).isEqualTo(Parties.resource(4));
        assertThat(overview.path("sender").asText()).isEqualTo(Parties.TTD.urn());
        assertThat(overview.path("recipient").asText()).isEqualTo(Parties.RECIPIENT.urn());
        assertThat(overview.path("messageSender").asText()).isEqualTo("Vi på kontoret");
        assertThat(overview.path("content").path("messageTitle").asText()).isEqualTo("Hei, Eksempel Mottaker As");
        assertThat(overview.path("propertyList").path("saksnummer").asText()).isEqualTo("2026/1");
        assertThat(overview.path("status").asText()).isEqualTo("ReadyForPublish");
        assertThat(overview.path("isConfirmationNeeded").asBoolean()).isTrue();
        assertThat(overview.path("requestedPublishTime").asText()).endsWith("+00:00");
        assertThat(overview.path("published").isNull()).isTrue();
        assertThat(overview.path("externalReferences").findValuesAsText("referenceType"))
                .containsExactly("Generic", "DialogportenDialogId");
    }

    @Test
    void five_hundred_recipients_are_served_and_five_hundred_and_one_are_not() {
        String[] many = IntStream.range(0, 501)
                .mapToObj(n -> Parties.syntheticPerson(n).urn())
                .toArray(String[]::new);
        owner.initialize(to(many)).expect(400);
        // Whether the register knows all of them is another matter: all who are unknown are named.
        Response response = owner.initialize(to(List.of(many).subList(0, 500).toArray(String[]::new)));
        if (response.status() == 200) {
            assertThat(response.json().path("correspondences")).hasSize(500);
        } else {
            assertThat(errorCode(response.expect(404))).isEqualTo(1029);
        }
    }

    // --- who may ---

    @Test
    void without_a_token_there_is_401_without_a_body_and_without_the_scope_403() {
        assertThat(anonymous.initialize(letter()).expect(401).body()).isEmpty();
        Api reader = anonymous.as(tokens.serviceOwner("altinn:serviceowner", "altinn:correspondence.read"));
        assertThat(reader.initialize(letter()).expect(403).body()).isEmpty();
    }

    @Test
    void whoever_does_not_own_the_resource_has_no_access() {
        Api stranger = anonymous.as(tokens.organization(Parties.FIRST_OTHER.number(), "altinn:correspondence.write"));
        Response response = stranger.initialize(letter()).expect(401);
        assertThat(errorCode(response)).isEqualTo(4001);
    }

    // --- what is refused ---

    @Test
    void what_is_wrong_with_a_request_by_itself_is_told_together() {
        Response response = owner.initialize(letter().without("correspondence.sendersReference")
                        .with("correspondence.content.messageTitle", "x".repeat(256))
                        .with("recipients", List.of("123456789")))
                .expect(400);
        JsonNode problem = response.json();
        assertThat(List.copyOf(names(problem.path("errors"))))
                .containsExactlyInAnyOrder(
                        "Correspondence.SendersReference", "Correspondence.Content.MessageTitle", "Recipients");
        assertThat(problem.path("validationErrors").findValuesAsText("code")).containsOnly("CORR.VLD-00000");
        assertThat(problem.path("code").asText()).isEqualTo("STD-00000");
        assertThat(problem.has("errorCode")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "null", "{\"correspondence\":{\"dueDateTime\":\"i morgen\"}}"})
    void what_is_not_the_contracts_json_is_400(String body) {
        JsonNode problem = owner.initialize(body).expect(400).json();
        assertThat(names(problem.path("errors"))).contains("request").anyMatch(path -> path.startsWith("$"));
    }

    @Test
    void a_refusal_is_a_problem_with_the_contracts_members_in_order() {
        Response response = owner.initialize(letter().resource("unheard-of")).expect(400);
        assertThat(names(response.json()))
                .containsExactly(
                        "type", "title", "status", "detail", "code", "traceId", "statusDescription", "errorCode");
        assertThat(response.json().path("code").asText()).isEqualTo("CORR-01036");
        assertThat(errorCode(response)).isEqualTo(1036);
    }

    @Test
    void dates_are_checked_against_the_clock_and_each_other() {
        Instant now = Instant.now();
        assertRefused(letter().confirmationNeeded(), 400, 1016);
        assertRefused(letter().dueAt(now.minusSeconds(60)), 400, 1008);
        assertRefused(letter().dueAt(now.plusSeconds(3600)).publishAt(now.plusSeconds(7200)), 400, 1009);
    }

    @Test
    void recipients_are_known_and_named_once() {
        assertRefused(to(Parties.RECIPIENT.urn(), "0192:" + Parties.RECIPIENT.number()), 400, 1006);
        Response unknown = assertRefused(to("0192:987654321", Parties.RECIPIENT.urn()), 404, 1029);
        assertThat(unknown.detail()).contains("987654321").doesNotContain(Parties.RECIPIENT.number());
    }

    @ParameterizedTest
    @CsvSource({
        "correspondence.content.messageTitle, # Overskrift, 1002",
        "correspondence.messageSender, <b>Vi</b>, 1039"
    })
    void titles_and_senders_are_plain_text(String member, String text, int code) {
        assertRefused(letter().with(member, text), 400, code);
    }

    @Test
    void attachments_need_files_and_existing_ones_must_exist() {
        assertRefused(
                letter().with(
                                "correspondence.content.attachments",
                                List.of(Map.of("fileName", "a.pdf", "sendersReference", "a"))),
                400,
                1005);
        assertRefused(
                letter().with("existingAttachments", List.of(UUID.randomUUID().toString())), 400, 1007);
    }

    @Test
    void reply_options_are_https_addresses() {
        assertRefused(
                letter().with("correspondence.replyOptions", List.of(Map.of("linkURL", "http://example.no"))),
                400,
                1035);
    }

    @Test
    void a_notification_without_its_texts_is_refused_and_an_unknown_template_in_plain_words() {
        assertRefused(letter().with("correspondence.notification", Map.of("notificationChannel", "Sms")), 400, 3004);
        Response response = owner.initialize(
                        letter().with("correspondence.notification", Map.of("notificationTemplate", 17)))
                .expect(400);
        assertThat(response.json().isTextual()).isTrue();
    }

    @Test
    void only_json_is_taken_and_only_who_accepts_json_is_answered() {
        owner.post(CORRESPONDENCES, "text/plain", letter()).expect(415);
        assertThat(owner.header("Accept", "text/xml")
                        .initialize(letter())
                        .expect(406)
                        .header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        owner.header("Accept", "text/xml, */*;q=0.1").initialize(letter()).expect(200);
    }

    // --- idempotency ---

    @Test
    void a_key_that_is_used_again_names_the_correspondence_that_it_made() {
        UUID key = UUID.randomUUID();
        String id = initialized(letter().idempotentKey(key));

        Response again = assertRefused(letter().idempotentKey(key), 409, 1034);

        assertThat(again.json().path("correspondenceId").asText()).isEqualTo(id);
        JsonNode found = owner.get(
                        CORRESPONDENCES + "?resourceId=" + Parties.resource(4) + "&role=Sender&idempotentKey=" + key)
                .expect(200)
                .json();
        assertThat(found.path("ids")).hasSize(1);
        assertThat(found.path("ids").get(0).asText()).isEqualTo(id);
    }

    @Test
    void a_refused_request_does_not_use_up_its_key() {
        UUID key = UUID.randomUUID();
        assertRefused(letter().idempotentKey(key).confirmationNeeded(), 400, 1016);
        initialized(letter().idempotentKey(key));
        assertRefused(to(Parties.RECIPIENT.urn(), Parties.TTD.urn()).idempotentKey(key), 400, 1047);
        owner.initialize(letter().idempotentKey(new UUID(0, 0))).expect(400);
    }

    @Test
    void of_many_requests_with_one_key_one_is_granted() throws Exception {
        Correspondence letter = letter().idempotentKey(UUID.randomUUID());
        Callable<Integer> send = () -> owner.initialize(letter).status();
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> status :
                    threads.invokeAll(Stream.generate(() -> send).limit(16).toList())) {
                statuses.add(status.get());
            }
        }
        assertThat(statuses).containsOnly(200, 409).containsOnlyOnce(200);
    }

    private static Correspondence letter() {
        return to(Parties.RECIPIENT.urn());
    }

    private static Correspondence to(String... recipients) {
        return Correspondence.to(recipients).resource(Parties.resource(4));
    }

    private String initialized(Correspondence letter) {
        return owner.initialize(letter)
                .expect(200)
                .json()
                .at("/correspondences/0/correspondenceId")
                .asText();
    }

    private Response assertRefused(Correspondence letter, int status, int code) {
        Response response = owner.initialize(letter).expect(status);
        assertThat(errorCode(response)).as(response.toString()).isEqualTo(code);
        return response;
    }

    private static int errorCode(Response response) {
        return response.json().path("errorCode").asInt();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
