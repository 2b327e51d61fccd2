package no.budstikke.correspondence;

import static no.budstikke.correspondence.Requests.content;
import static no.budstikke.correspondence.Requests.correspondence;
import static no.budstikke.correspondence.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import no.budstikke.correspondence.InitializationRules.Broken;
import no.budstikke.correspondence.ResourceTerms.Confidentiality;
import no.budstikke.resource.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InitializationRulesTest {

    private static final Resource LETTERS =
            new Resource("letters", "CorrespondenceService", Requests.OWNER, "ttd", Map.of());
    private static final Resource APP = new Resource("app_x", "AltinnApp", Requests.OWNER, "ttd", Map.of());
    private static final ResourceTerms OPEN = new ResourceTerms(Confidentiality.NOT_ALLOWED, 0);
    private static final ResourceTerms PROTECTED = new ResourceTerms(Confidentiality.REQUIRED, 3);

    static Stream<Arguments> broken() {
        return Stream.of(
                rule(
                        Refusal.CONFIDENTIAL_NOT_ALLOWED,
                        root -> correspondence(root).put("isConfidential", true)),
                rule(
                        Refusal.DUPLICATE_RECIPIENT,
                        root -> root.putArray("recipients")
                                .add("0192:123456789")
                                .add("urn:altinn:organization:identifier-no:123456789")),
                rule(
                        Refusal.RECIPIENT_UNKNOWN,
                        root -> root.putArray("recipients").add("0192:999999999")),
                rule(
                        Refusal.CONFIRMATION_WITHOUT_DUE_TIME,
                        root -> correspondence(root).put("isConfirmationNeeded", true)),
                rule(Refusal.DUE_IN_THE_PAST, root -> correspondence(root).put("dueDateTime", "2026-03-01T09:59:59Z")),
                rule(
                        Refusal.DUE_BEFORE_PUBLISH,
                        root -> correspondence(root)
                                .put("dueDateTime", "2026-03-02T10:00:00Z")
                                .put("requestedPublishTime", "2026-03-03T10:00:00Z")),
                rule(Refusal.TITLE_NOT_PLAIN, root -> content(root).put("messageTitle", "# Hei")),
                rule(
                        Refusal.MESSAGE_SENDER_NOT_PLAIN,
                        root -> correspondence(root).put("messageSender", "<b>Vi</b>")),
                rule(
                        Refusal.TRANSMISSION_TYPES,
                        root -> references(root, "DialogportenTransmissionType", "Alert", "Request")),
                rule(
                        Refusal.TRANSMISSION_TYPE_WITHOUT_DIALOG,
                        root -> references(root, "DialogportenTransmissionType", "Alert")),
                rule(Refusal.DIALOG_ID_INVALID, root -> references(root, "DialogportenDialogId", "mine")),
                rule(Refusal.TRANSMISSION_TO_MANY, root -> {
                    references(root, "DialogportenDialogId", "0198c0de-0000-7000-8000-000000000000");
                    root.putArray("recipients").add("0192:123456789").add("0192:991825827");
                }),
                rule(Refusal.TRANSMISSION_WITH_ANSWERS, root -> {
                    references(root, "DialogportenDialogId", "0198c0de-0000-7000-8000-000000000000");
                    reply(root, "https://example.no/svar");
                }),
                rule(
                        Refusal.ATTACHMENT_UNKNOWN,
                        root -> root.putArray("existingAttachments").add("0198c0de-0000-7000-8000-000000000000")),
                rule(
                        Refusal.ATTACHMENTS_WITHOUT_FILES,
                        root -> content(root)
                                .putArray("attachments")
                                .addObject()
                                .put("fileName", "a.pdf")
                                .put("sendersReference", "a")),
                rule(Refusal.REPLY_URL_INVALID, root -> reply(root, "http://example.no/svar")),
                rule(Refusal.REPLY_URL_INVALID, root -> reply(root, "/svar")),
                rule(Refusal.REPLY_URL_INVALID, root -> reply(root, "https://example.no/" + "x".repeat(250))),
                rule(
                        Refusal.EMAIL_TEXT_MISSING,
                        root -> correspondence(root).putObject("notification").put("emailSubject", "Hei")));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_broken_rule_is_refused_with_its_code(Refusal why, Consumer<ObjectNode> change) {
        assertThat(firstBroken(change, LETTERS, OPEN).map(Broken::why)).contains(why);
    }

    @Test
    void a_sound_request_breaks_none() {
        assertThat(firstBroken(_ -> {}, LETTERS, OPEN)).isEmpty();
        assertThat(firstBroken(root -> correspondence(root).put("dueDateTime", "2026-03-01T10:00:00Z"), LETTERS, OPEN))
                .isEmpty();
        assertThat(firstBroken(root -> reply(root, "HTTPS://example.no/svar?a=b"), LETTERS, OPEN))
                .isEmpty();
    }

    @Test
    void the_first_broken_rule_in_the_contracts_order_is_the_answer() {
        Consumer<ObjectNode> all = root -> {
            correspondence(root).put("isConfidential", true).put("isConfirmationNeeded", true);
            content(root).put("messageTitle", "<b>x</b>");
            root.putArray("recipients").add("0192:999999999").add("0192:999999999");
        };
        assertThat(firstBroken(all, LETTERS, OPEN).map(Broken::why)).contains(Refusal.CONFIDENTIAL_NOT_ALLOWED);
        assertThat(firstBroken(all.andThen(root -> correspondence(root).put("isConfidential", false)), LETTERS, OPEN)
                        .map(Broken::why))
                .contains(Refusal.DUPLICATE_RECIPIENT);
    }

    @Test
    void all_unknown_recipients_are_named() {
        var broken = firstBroken(
                root -> root.putArray("recipients")
                        .add("0192:999999999")
                        .add("0192:123456789")
                        .add("urn:altinn:person:idporten-email:ola@example.no"),
                LETTERS,
                OPEN);
        assertThat(broken.map(Broken::detail).orElseThrow())
                .contains("999999999", "ola@example.no")
                .doesNotContain("123456789");
    }

    @Test
    void a_confidential_resource_demands_the_flag_and_forbids_forwarding() {
        assertThat(firstBroken(_ -> {}, LETTERS, PROTECTED).map(Broken::why)).contains(Refusal.CONFIDENTIAL_MISSING);
        assertThat(firstBroken(
                                root -> correspondence(root)
                                        .put("isConfidential", true)
                                        .put("allowForwarding", true),
                                LETTERS,
                                PROTECTED)
                        .map(Broken::why))
                .contains(Refusal.FORWARDING_OF_PROTECTED);
        assertThat(firstBroken(root -> correspondence(root).put("isConfidential", true), APP, OPEN))
                .isEmpty();
    }

    @Test
    void an_app_sends_only_into_its_dialog() {
        assertThat(InitializationRules.wrongType(request(_ -> {}).letter(), LETTERS))
                .isEmpty();
        assertThat(InitializationRules.wrongType(request(_ -> {}).letter(), APP).map(Broken::why))
                .contains(Refusal.RESOURCE_TYPE);
        assertThat(InitializationRules.wrongType(
                        request(root -> references(root, "DialogportenDialogId", "x"))
                                .letter(),
                        APP))
                .isEmpty();
    }

    private static Optional<Broken> firstBroken(Consumer<ObjectNode> change, Resource resource, ResourceTerms terms) {
        return InitializationRules.firstBroken(
                request(change),
                resource,
                terms,
                party -> party.equals(Requests.RECIPIENT) || party.equals(Requests.OWNER),
                Requests.NOW);
    }

    private static Arguments rule(Refusal why, Consumer<ObjectNode> change) {
        return Arguments.of(why, change);
    }

    private static void references(ObjectNode root, String type, String... values) {
        var references = correspondence(root).putArray("externalReferences");
        for (String value : values) {
            references.addObject().put("referenceType", type).put("referenceValue", value);
        }
    }

    private static void reply(ObjectNode root, String url) {
        correspondence(root).putArray("replyOptions").addObject().put("linkURL", url);
    }
}
