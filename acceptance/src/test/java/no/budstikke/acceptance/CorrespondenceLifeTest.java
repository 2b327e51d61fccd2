package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.CORRESPONDENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Spec: correspondence §2.2 P3–P9, §5, §6.3.
@ExtendWith(BudstikkeExtension.class)
class CorrespondenceLifeTest {

    private static final String CORRESPONDENCES = CORRESPONDENCE + "/correspondence";
    private static final String RESOURCE = Parties.resource(4);
    private final Instant tomorrow = Instant.now().plusSeconds(86_400);

    private final Api anonymous;
    private final Api owner;
    private final Api sender;
    private final Api recipient;
    private final Api stranger;
    private final Webhook webhook;

    CorrespondenceLifeTest(Api api, Tokens tokens, Webhook webhook) {
        this.anonymous = api;
        this.owner = api.as(tokens.serviceOwner());
        this.sender = api.as(tokens.enterprise(
                Parties.TTD_CODE, Parties.TTD.number(), "altinn:correspondence.write", "altinn:events.subscribe"));
        this.recipient = api.as(tokens.organization(Parties.RECIPIENT.number()));
        this.stranger = api.as(tokens.organization(Parties.SECOND_OTHER.number()));
        this.webhook = webhook;
    }

    // --- a whole life ---

    @Test
    void every_step_of_a_life_is_told_to_whom_it_concerns() {
        sender.establish(Subscription.to(webhook.url("/sender")).resourceFilter(Parties.resourceUrn(4)));
        recipient.establish(Subscription.to(webhook.url("/recipient")).resourceFilter(Parties.resourceUrn(4)));

        String id = sent(letter().dueAt(tomorrow).confirmationNeeded());
        await().untilAsserted(() -> assertThat(statusOf(sender, id)).isEqualTo("Published"));
        refused(recipient.post(path(id, "/markasread")), 400, 1024);
        refused(recipient.post(path(id, "/confirm")), 400, 1025);
        recipient.get(path(id, "")).expect(200);
        assertThat(statusOf(sender, id)).isEqualTo("Published");
        refused(recipient.delete(path(id, "/purge")), 400, 1026);
        assertThat(recipient.post(path(id, "/markasread")).expect(200).text()).isEqualTo(id);
        refused(recipient.post(path(id, "/markasread")), 400, 1040);
        assertThat(recipient.post(path(id, "/confirm")).expect(200).text()).isEqualTo(id);
        assertThat(statusOf(recipient, id)).isEqualTo("Confirmed");
        refused(recipient.post(path(id, "/confirm")), 400, 1041);
        refused(sender.delete(path(id, "/purge")), 400, 1013);
        assertThat(recipient.delete(path(id, "/purge")).expect(200).text()).isEqualTo(id);
        refused(recipient.delete(path(id, "/purge")), 400, 1014);
        refused(recipient.get(path(id, "")), 404, 1001);
        refused(sender.get(path(id, "")), 404, 1001);
        refused(recipient.get(path(id, "/details")), 404, 1001);

        JsonNode details = sender.get(path(id, "/details")).expect(200).json();
        assertThat(details.path("status").asText()).isEqualTo("PurgedByRecipient");
        assertThat(details.path("systemLabel").asText()).isEqualTo("Default");
        assertThat(details.path("statusHistory").findValuesAsText("status"))
                .containsExactly("Initialized", "ReadyForPublish", "Published", "Fetched", "Read", "Confirmed");

        await().untilAsserted(() -> assertThat(typesAt("/sender", id))
                .containsExactlyInAnyOrder(
                        "Initialized", "Published", "Published", "ReceiverRead", "ReceiverConfirmed", "Purged"));
        await().untilAsserted(() -> assertThat(typesAt("/recipient", id)).containsExactly("Published"));
    }

    // --- before and after publication ---

    @Test
    void before_its_time_the_recipient_finds_nothing_and_the_sender_may_take_it_back() {
        String id = sent(letter().publishAt(tomorrow));
        refused(recipient.get(path(id, "")), 404, 1001);
        refused(recipient.get(path(id, "/details")), 404, 1001);
        refused(recipient.get(path(id, "/content")), 404, 1001);
        refused(recipient.post(path(id, "/markasread")), 404, 1001);
        refused(recipient.post(path(id, "/confirm")), 404, 1001);
        refused(recipient.delete(path(id, "/purge")), 404, 1001);
        assertThat(content(sender.get(path(id, "")))).isNotEmpty();
        assertThat(sender.delete(path(id, "/purge")).expect(200).text()).isEqualTo(id);
        refused(sender.get(path(id, "")), 404, 1001);
        refused(sender.delete(path(id, "/purge")), 400, 1014);
        assertThat(statusIn(sender.get(path(id, "/details")))).isEqualTo("PurgedByAltinn");
    }

    @Test
    void after_publication_the_content_is_the_recipients_alone() {
        String id = published(letter());
        JsonNode overview = sender.get(path(id, "")).expect(200).json();
        assertThat(overview.path("content"))
                .hasToString("{\"language\":\"no\",\"messageTitle\":\"\",\"messageSummary\":\"\",\"messageBody\":\"\","
                        + "\"attachments\":[]}");
        assertThat(content(recipient.get(path(id, "")))).isNotEmpty();
        assertThat(overview.path("published").asText()).endsWith("+00:00");
        assertThat(overview.path("read").isNull()).isTrue();
    }

    @Test
    void an_answer_has_the_contracts_members_in_order_nulls_included() {
        String id = published(letter());
        assertThat(names(recipient.get(path(id, "")).expect(200).json()))
                .containsExactly(
                        "resourceId",
                        "sender",
                        "sendersReference",
                        "messageSender",
                        "content",
                        "requestedPublishTime",
                        "dueDateTime",
                        "externalReferences",
                        "propertyList",
                        "replyOptions",
                        "notification",
                        "ignoreReservation",
                        "isConfirmationNeeded",
                        "isConfidential",
                        "allowForwarding",
                        "recipient",
                        "correspondenceId",
                        "created",
                        "status",
                        "statusText",
                        "statusChanged",
                        "notifications",
                        "altinn2CorrespondenceId",
                        "published",
                        "read");
        assertThat(names(recipient.get(path(id, "/details")).expect(200).json()))
                .contains("statusHistory", "systemLabel", "notifications", "read");
    }

    // --- content ---

    @Test
    void the_content_is_markdown_and_reading_it_once_is_having_read_it() {
        String id = published(letter().messageBody("<p>Se <a href=\"https://example.no/?a=1&amp;b=2\">her</a></p>")
                .with(
                        "correspondence.replyOptions",
                        IntStream.rangeClosed(1, 4)
                                .mapToObj(n -> Map.of("linkURL", "https://example.no/" + n, "linkText", "Svar " + n))
                                .toList()));
        Response response = recipient.get(path(id, "/content")).expect(200);
        assertThat(response.header("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(response.body())
                .startsWith("Se [her](https://example.no/?a=1&b=2)\n\nSvarvalg:\nSvar 1: https://example.no/1\n")
                .endsWith("\nSvar 4: https://example.no/4");
        assertThat(statusOf(sender, id)).isEqualTo("Read");
        recipient.get(path(id, "/content")).expect(200);
        refused(recipient.post(path(id, "/markasread")), 400, 1040);
        List<String> history = recipient
                .get(path(id, "/details"))
                .expect(200)
                .json()
                .path("statusHistory")
                .findValuesAsText("status");
        assertThat(history).containsOnlyOnce("Read");
    }

    @Test
    void looking_again_at_once_is_noted_only_in_details() {
        String id = published(letter());
        recipient.get(path(id, "")).expect(200);
        recipient.get(path(id, "")).expect(200);
        assertThat(fetches(id)).isEqualTo(2); // one look, and this one at the details
        assertThat(fetches(id)).isEqualTo(3);
    }

    private long fetches(String id) {
        return recipient
                .get(path(id, "/details"))
                .expect(200)
                .json()
                .path("statusHistory")
                .findValuesAsText("status")
                .stream()
                .filter("Fetched"::equals)
                .count();
    }

    // --- who may ---

    @ParameterizedTest
    @CsvSource({"GET, ''", "GET, /details", "GET, /content", "POST, /markasread", "POST, /confirm", "DELETE, /purge"})
    void whoever_is_neither_sender_nor_recipient_has_no_access(String method, String what) {
        String id = published(letter());
        assertThat(anonymous
                        .send(method, path(id, what), new byte[0])
                        .expect(401)
                        .body())
                .isEmpty();
        refused(stranger.send(method, path(id, what), new byte[0]), 401, 4001);
        refused(stranger.send(method, path(UUID.randomUUID().toString(), what), new byte[0]), 404, 1001);
    }

    @ParameterizedTest
    @CsvSource({"GET, /content", "POST, /markasread", "POST, /confirm"})
    void the_recipients_doors_are_closed_to_the_scope_for_sending(String method, String what) {
        String id = published(letter());
        assertThat(sender.send(method, path(id, what), new byte[0]).expect(403).body())
                .isEmpty();
    }

    @Test
    void ids_and_paths_are_read_generously_and_other_words_are_no_ids() {
        String id = published(letter());
        recipient
                .get(path(id.toUpperCase(java.util.Locale.ROOT).replace("-", ""), "/"))
                .expect(200);
        recipient.get(path(id, "/DETAILS/")).expect(200);
        Response response = recipient.get(path("not-an-id", "")).expect(400);
        assertThat(names(response.json().path("errors"))).containsExactly("correspondenceId");
    }

    @Test
    void the_service_owner_may_act_as_the_recipient_of_its_own_resources(Tokens tokens) {
        Api reader = anonymous.as(tokens.serviceOwner("altinn:serviceowner", "altinn:correspondence.read"));
        String id = published(letter());
        assertThat(content(reader.get(path(id, "")))).isNotEmpty();
        reader.post(path(id, "/markasread")).expect(200);
        assertThat(statusOf(sender, id)).isEqualTo("Read");
    }

    // --- search ---

    @Test
    void each_side_finds_its_correspondences_newest_first() {
        String reference = UUID.randomUUID().toString();
        String early = published(letter().sendersReference(reference).publishAt(Instant.parse("2026-01-01T00:00:00Z")));
        String late = published(letter().sendersReference(reference).publishAt(Instant.parse("2026-02-01T00:00:00Z")));
        String waiting = sent(letter().sendersReference(reference).publishAt(tomorrow));
        recipient.get(path(late, "/content")).expect(200);
        String all = "&sendersReference=" + reference;

        assertThat(found(recipient, "role=Recipient" + all)).containsExactly(late, early);
        assertThat(found(recipient, "ROLE=2" + all)).containsExactly(late, early);
        assertThat(found(sender, "role=sender" + all)).containsExactly(waiting, late, early);
        assertThat(found(recipient, "role=Recipient&status=Read" + all)).containsExactly(late);
        assertThat(found(recipient, "role=Recipient&status=ReadyForPublish" + all))
                .isEmpty();
        assertThat(found(recipient, "role=Recipient&from=2026-01-01T00:00:00Z&to=2026-02-02" + all))
                .containsExactly(late);
        assertThat(found(sender, "role=Recipient" + all)).isEmpty();
        assertThat(found(owner, "role=Recipient&onBehalfOf=0192:" + Parties.RECIPIENT.number() + all))
                .containsExactly(late, early);
    }

    @Test
    void a_search_that_makes_no_sense_is_refused() {
        Response response = recipient
                .get(CORRESPONDENCES + "?status=Wonderful&onBehalfOf=123456789")
                .expect(400);
        assertThat(names(response.json().path("errors")))
                .containsExactlyInAnyOrder("resourceId", "role", "status", "onBehalfOf");
        refused(
                recipient.get(CORRESPONDENCES + "?role=Recipient&from=2026-02-01&to=2026-01-01&resourceId=" + RESOURCE),
                400,
                1027);
        refused(recipient.get(CORRESPONDENCES + "?role=Recipient&resourceId=unheard-of"), 401, 4001);
        refused(
                stranger.get(CORRESPONDENCES + "?role=Recipient&resourceId=" + RESOURCE + "&onBehalfOf=0192:"
                        + Parties.RECIPIENT.number()),
                401,
                4001);
    }

    private static List<String> found(Api api, String query) {
        var ids = new ArrayList<String>();
        api.get(CORRESPONDENCES + "?resourceId=" + RESOURCE + "&" + query)
                .expect(200)
                .json()
                .path("ids")
                .forEach(id -> ids.add(id.asText()));
        return ids;
    }

    // --- helpers ---

    private static Correspondence letter() {
        return Correspondence.to(Parties.RECIPIENT).resource(RESOURCE);
    }

    private String sent(Correspondence letter) {
        return owner.initialize(letter)
                .expect(200)
                .json()
                .at("/correspondences/0/correspondenceId")
                .asText();
    }

    private String published(Correspondence letter) {
        String id = sent(letter);
        await().untilAsserted(() -> assertThat(statusOf(sender, id)).isEqualTo("Published"));
        return id;
    }

    private static String path(String id, String what) {
        return CORRESPONDENCES + "/" + id + what;
    }

    private static String statusOf(Api api, String id) {
        return statusIn(api.get(path(id, "")));
    }

    private static String statusIn(Response response) {
        return response.expect(200).json().path("status").asText();
    }

    private static String content(Response response) {
        return response.expect(200).json().at("/content/messageBody").asText();
    }

    private static void refused(Response response, int status, int code) {
        assertThat(response.expect(status).json().path("errorCode").asInt())
                .as(response.toString())
                .isEqualTo(code);
    }

    /// The camel-case names of the events about one correspondence that came to a path.
    private List<String> typesAt(String path, String id) {
        return webhook.eventsAt(path).stream()
                .filter(event -> event.path("resourceinstance").asText().equals(id))
                .map(event -> event.path("type").asText().replace("no.altinn.correspondence.", ""))
                .toList();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
