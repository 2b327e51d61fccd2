package no.budstikke.correspondence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static no.budstikke.correspondence.Requests.content;
import static no.budstikke.correspondence.Requests.correspondence;
import static no.budstikke.correspondence.Requests.errors;
import static no.budstikke.correspondence.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializeRequestReaderTest {

    @Test
    void a_small_request_gets_the_contracts_defaults() {
        InitializeRequest request = request(root -> {
            correspondence(root).remove("requestedPublishTime");
            content(root).remove(List.of("language", "messageSummary"));
        });
        Letter letter = request.letter();
        assertThat(letter.requestedPublishTime()).isEqualTo(Requests.NOW);
        assertThat(letter.content().language()).isEqualTo("nb");
        assertThat(letter.content().summary()).isEmpty();
        assertThat(letter.dueDateTime()).isEmpty();
        assertThat(letter.flags()).isEqualTo(new Letter.Flags(false, false, false, false));
        assertThat(request.idempotentKey()).isEmpty();
        assertThat(request.recipients()).containsExactly(Requests.RECIPIENT);
    }

    @Test
    void member_names_are_read_in_any_case_and_unknown_ones_overlooked() {
        String body = """
                {"CORRESPONDENCE": {"ResourceID": "urn:altinn:resource:letters", "sendersreference": "r", "allowSystemDeleteAfter": 1,
                  "Content": {"MessageTitle": "t", "messagebody": "b", "Language": "EN"}, "IsConfirmationNeeded": true},
                 "Recipients": ["0192:123456789"], "more": {}}
                """;
        var read = InitializeRequestReader.read(body.getBytes(UTF_8), Requests.NOW);
        assertThat(read).isInstanceOf(InitializeRequestReader.Read.Sound.class);
        var request = ((InitializeRequestReader.Read.Sound) read).request();
        assertThat(request.letter().resource()).isEqualTo("letters");
        assertThat(request.letter().content().language()).isEqualTo("en");
        assertThat(request.letter().flags().confirmationNeeded()).isTrue();
        assertThat(request.recipients()).containsExactly(Requests.RECIPIENT);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00Z, 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00+02:00, 2026-03-01T10:00:00Z",
        "2026-03-01T12:00:00, 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.1234567, 2026-03-01T12:00:00.123456Z",
        "2026-03-01T12:00, 2026-03-01T12:00:00Z",
        "2026-03-01, 2026-03-01T00:00:00Z"
    })
    void a_date_without_offset_is_utc(String written, String meant) {
        assertThat(request(root -> correspondence(root).put("dueDateTime", written))
                        .letter()
                        .dueDateTime())
                .contains(Instant.parse(meant));
    }

    @Test
    void enumerations_are_read_by_name_in_any_case_and_by_number() {
        Letter letter = request(root -> correspondence(root)
                        .putArray("externalReferences")
                        .add(reference(root, "x", "altinnappinstance"))
                        .add(reference(root, "y", "2")))
                .letter();
        assertThat(letter.externalReferences())
                .containsExactly(
                        new Letter.ExternalReference(ReferenceType.ALTINN_APP_INSTANCE, "x"),
                        new Letter.ExternalReference(ReferenceType.ALTINN_BROKER_FILE_TRANSFER, "y"));
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode reference(
            com.fasterxml.jackson.databind.node.ObjectNode root, String value, String type) {
        return root.objectNode().put("referenceValue", value).put("referenceType", type);
    }

    @Test
    void all_broken_rules_are_told_together_by_path() {
        assertThat(errors(root -> {
                    correspondence(root).put("resourceId", " ");
                    correspondence(root).remove("sendersReference");
                    content(root).put("messageTitle", "t".repeat(256)).put("language", "de");
                    root.putArray("recipients").add("123456789").add("urn:altinn:person:identifier-no:12345678901");
                    root.put("idempotentKey", new UUID(0, 0).toString());
                }))
                .containsOnlyKeys(
                        "Correspondence.ResourceId",
                        "Correspondence.SendersReference",
                        "Correspondence.Content.MessageTitle",
                        "Correspondence.Content.Language",
                        "Recipients",
                        "IdempotentKey")
                .hasEntrySatisfying(
                        "Recipients", messages -> assertThat(messages).hasSize(2));
    }

    @Test
    void what_cannot_be_read_hides_broken_rules_and_names_its_place_in_the_json() {
        assertThat(errors(root -> {
                    correspondence(root).put("resourceId", " ").put("dueDateTime", "soon");
                    correspondence(root).put("isConfidential", "yes");
                    root.put("idempotentKey", "0198c0de000070008000000000000000");
                }))
                .containsOnlyKeys(
                        "$.correspondence.dueDateTime",
                        "$.correspondence.isConfidential",
                        "$.idempotentKey",
                        "request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"a\":1,}", "{} {}", "// no\n{}"})
    void what_is_not_a_json_object_is_refused(String body) {
        assertThat(errors(body.getBytes(UTF_8))).containsKeys("$", "request");
    }

    @Test
    void null_is_refused_for_lists_that_may_not_be_null_and_taken_for_the_others() {
        assertThat(errors(root -> {
                    correspondence(root).putNull("propertyList");
                    content(root).putNull("attachments");
                    root.putNull("existingAttachments");
                }))
                .containsOnlyKeys(
                        "$.correspondence.propertyList",
                        "$.correspondence.content.attachments",
                        "$.existingAttachments",
                        "request");
        assertThat(errors(root -> correspondence(root)
                        .putNull("externalReferences")
                        .putNull("replyOptions")
                        .putNull("notification")
                        .putNull("ignoreReservation")
                        .putNull("dueDateTime")
                        .putNull("messageSender")))
                .isEmpty();
    }

    @Test
    void lists_have_their_limits() {
        assertThat(errors(root -> {
                    var properties = correspondence(root).putObject("propertyList");
                    for (int i = 0; i < 10; i++) {
                        properties.put("k" + i, "v");
                    }
                    properties.put("k".repeat(51), "v".repeat(301));
                    var references = correspondence(root).putArray("externalReferences");
                    for (int i = 0; i < 11; i++) {
                        references.add(reference(root, "v", "Generic"));
                    }
                    var recipients = root.putArray("recipients");
                    for (int i = 0; i < 501; i++) {
                        recipients.add("0192:" + (100_000_000 + i));
                    }
                }))
                .containsOnlyKeys("Correspondence.PropertyList", "Correspondence.ExternalReferences", "Recipients")
                .hasEntrySatisfying(
                        "Correspondence.PropertyList",
                        messages -> assertThat(messages).hasSize(3));
    }

    @Test
    void a_transmission_id_is_never_given_by_the_sender() {
        assertThat(errors(root -> correspondence(root)
                        .putArray("externalReferences")
                        .add(reference(root, "x", "DialogportenTransmissionId"))))
                .containsOnlyKeys("Correspondence.ExternalReferences[0].ReferenceType");
    }

    @Test
    void a_transmission_type_must_be_one_of_the_eight() {
        assertThat(errors(root -> correspondence(root)
                        .putArray("externalReferences")
                        .add(reference(root, "Gossip", "DialogportenTransmissionType"))))
                .containsOnlyKeys("Correspondence.ExternalReferences");
        assertThat(errors(root -> correspondence(root)
                        .putArray("externalReferences")
                        .add(reference(root, "alert", "DialogportenTransmissionType"))))
                .isEmpty();
    }

    @Test
    void custom_recipients_are_taken_from_the_newest_member_in_use() {
        var oldest = request(root -> {
                    var entry = correspondence(root)
                            .putObject("notification")
                            .put("notificationChannel", 1)
                            .putArray("customNotificationRecipients")
                            .addObject()
                            .put("recipientToOverride", "x");
                    entry.putArray("recipients").addObject().put("mobileNumber", "+4790000000");
                })
                .notification()
                .orElseThrow();
        assertThat(oldest.channel()).isEqualTo(NotificationChannel.SMS);
        assertThat(oldest.customRecipients().getFirst().mobileNumber()).contains("+4790000000");
        var newest = request(root -> {
                    var notification = correspondence(root).putObject("notification");
                    notification.putObject("customRecipient").put("emailAddress", "old@example.no");
                    notification.putArray("customRecipients").addObject().put("emailAddress", "new@example.no");
                })
                .notification()
                .orElseThrow();
        assertThat(newest.customRecipients().getFirst().emailAddress()).contains("new@example.no");
    }
}
