package no.budstikke.correspondence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NotificationRulesTest {

    static Stream<Arguments> broken() {
        return Stream.of(
                rule(Refusal.TEMPLATE_UNKNOWN, wanted -> wanted.put("notificationTemplate", 2)),
                rule(
                        Refusal.OVERRIDE_WITHOUT_RECIPIENTS,
                        wanted -> wanted.put("overrideRegisteredContactInformation", true)),
                rule(Refusal.CUSTOM_RECIPIENT_EMPTY, wanted -> custom(wanted, "emailAddress", " ")),
                rule(
                        Refusal.CUSTOM_RECIPIENT_AMBIGUOUS,
                        wanted ->
                                custom(wanted, "emailAddress", "a@example.no").put("organizationNumber", "123456789")),
                rule(Refusal.RECIPIENT_NAME_NOT_KNOWN, wanted -> {
                    custom(wanted, "emailAddress", "a@example.no");
                    wanted.put("emailBody", "Hei $RecipientName$");
                }),
                rule(Refusal.EMAIL_MALFORMED, wanted -> custom(wanted, "emailAddress", "a@example.no;b@example.no")),
                rule(Refusal.EMAIL_MALFORMED, wanted -> custom(wanted, "emailAddress", "a.example.no")),
                rule(Refusal.MOBILE_MALFORMED, wanted -> custom(wanted, "mobileNumber", "90000000")),
                rule(Refusal.MOBILE_MALFORMED, wanted -> custom(wanted, "mobileNumber", "+47123")));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_broken_rule_is_refused_with_its_code(Refusal why, Consumer<ObjectNode> change) {
        assertThat(firstBroken(change, 1)).contains(why);
    }

    @Test
    void a_name_may_stand_in_a_notification_to_registered_parties() {
        assertThat(firstBroken(
                        wanted -> {
                            custom(wanted, "nationalIdentityNumber", "whatever");
                            wanted.put("emailBody", "Hei $recipientName$");
                        },
                        1))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"+4790000000", "004790000000", "+47 900 00 000", "+46 70-123 45 67"})
    void a_mobile_number_carries_its_country(String number) {
        assertThat(firstBroken(wanted -> custom(wanted, "mobileNumber", number), 1))
                .isEmpty();
    }

    @Test
    void custom_recipients_and_several_recipients_exclude_each_other() {
        assertThat(firstBroken(wanted -> custom(wanted, "emailAddress", "a@example.no"), 2))
                .contains(Refusal.CUSTOM_RECIPIENTS_OF_MANY);
    }

    @ParameterizedTest
    @CsvSource({
        "Email, 3002, 3003",
        "Sms, 3004, 3005",
        "EmailPreferred, 3006, 3007",
        "SmsPreferred, 3006, 3007",
        "EmailAndSms, 3024, 3025"
    })
    void each_channel_needs_its_texts(String channel, int code, int reminderCode) {
        assertThat(firstBroken(
                                wanted -> wanted.removeAll()
                                        .put("notificationChannel", channel)
                                        .put("emailSubject", "Hei"),
                                1)
                        .map(Refusal::code))
                .contains(code);
        assertThat(firstBroken(
                                wanted -> wanted.put("notificationChannel", channel)
                                        .put("sendReminder", true),
                                1)
                        .map(Refusal::code))
                .contains(reminderCode);
        assertThat(firstBroken(wanted -> wanted.put("notificationChannel", channel), 1))
                .isEmpty();
        assertThat(firstBroken(
                        wanted -> wanted.removeAll()
                                .put("notificationChannel", channel)
                                .put("notificationTemplate", "genericaltinnmessage"),
                        1))
                .isEmpty();
    }

    /// Changes a notification that has every text but a reminder's.
    private static Optional<Refusal> firstBroken(Consumer<ObjectNode> change, int recipients) {
        var notification = Requests.request(root -> change.accept(Requests.correspondence(root)
                        .putObject("notification")
                        .put("emailSubject", "Hei")
                        .put("emailBody", "Hei")
                        .put("smsBody", "Hei")))
                .notification()
                .orElseThrow();
        return NotificationRules.firstBroken(notification, recipients);
    }

    private static ObjectNode custom(ObjectNode notification, String member, String value) {
        return notification.putArray("customRecipients").addObject().put(member, value);
    }

    private static Arguments rule(Refusal why, Consumer<ObjectNode> change) {
        return Arguments.of(why, change);
    }
}
