package no.budstikke.correspondence;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import no.budstikke.correspondence.NotificationRequest.CustomRecipient;
import no.budstikke.correspondence.NotificationRequest.Reminder;
import no.budstikke.correspondence.NotificationRequest.Texts;

/// What a notification must fulfil, in the contract's order. Spec: correspondence §4.8.
final class NotificationRules {

    private static final String NAME_PLACEHOLDER = "$recipientname$";
    private static final Pattern EMAIL =
            Pattern.compile("[^@\\s;,<>()\\[\\]\"]+@[\\p{L}\\d]([\\p{L}\\d.-]*[\\p{L}\\d])?\\.[\\p{L}\\d-]{2,}");
    private static final Pattern WITH_COUNTRY_CODE = Pattern.compile("\\s*(?:\\+|00)(.*)", Pattern.DOTALL);

    private NotificationRules() {}

    /// The first rule that is broken.
    static Optional<Refusal> firstBroken(NotificationRequest notification, int recipients) {
        if (WireEnum.of(NotificationTemplate.class, notification.template()).isEmpty()) {
            return Optional.of(Refusal.TEMPLATE_UNKNOWN);
        }
        if (notification.overridesRegistered()
                && notification.customRecipients().isEmpty()) {
            return Optional.of(Refusal.OVERRIDE_WITHOUT_RECIPIENTS);
        }
        if (!notification.customRecipients().isEmpty() && recipients > 1) {
            return Optional.of(Refusal.CUSTOM_RECIPIENTS_OF_MANY);
        }
        boolean personal = mentionsName(notification);
        return notification.customRecipients().stream()
                .map(custom -> brokenBy(custom, personal))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> missingText(notification));
    }

    private static boolean mentionsName(NotificationRequest notification) {
        return Stream.concat(Stream.of(notification.texts()), notification.reminder().map(Reminder::texts).stream())
                .flatMap(texts -> Stream.of(texts.emailSubject(), texts.emailBody(), texts.smsBody()))
                .flatMap(Optional::stream)
                .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(NAME_PLACEHOLDER));
    }

    private static Optional<Refusal> brokenBy(CustomRecipient custom, boolean personal) {
        long identifiers = Stream.of(
                        custom.emailAddress(),
                        custom.mobileNumber(),
                        custom.organizationNumber(),
                        custom.nationalIdentityNumber())
                .flatMap(Optional::stream)
                .count();
        if (identifiers == 0) {
            return Optional.of(Refusal.CUSTOM_RECIPIENT_EMPTY);
        }
        if (identifiers > 1) {
            return Optional.of(Refusal.CUSTOM_RECIPIENT_AMBIGUOUS);
        }
        if (personal
                && (custom.emailAddress().isPresent() || custom.mobileNumber().isPresent())) {
            return Optional.of(Refusal.RECIPIENT_NAME_NOT_KNOWN);
        }
        if (custom.emailAddress()
                .filter(email -> !EMAIL.matcher(email).matches())
                .isPresent()) {
            return Optional.of(Refusal.EMAIL_MALFORMED);
        }
        if (custom.mobileNumber().filter(mobile -> !isMobileNumber(mobile)).isPresent()) {
            return Optional.of(Refusal.MOBILE_MALFORMED);
        }
        return Optional.empty();
    }

    private static boolean isMobileNumber(String written) {
        var match = WITH_COUNTRY_CODE.matcher(written);
        if (!match.matches()) {
            return false;
        }
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        try {
            return numbers.isValidNumber(numbers.parse("+" + match.group(1), null));
        } catch (NumberParseException e) {
            return false;
        }
    }

    private static Optional<Refusal> missingText(NotificationRequest notification) {
        if (notification.template() == NotificationTemplate.GENERIC_ALTINN_MESSAGE.number()) {
            return Optional.empty();
        }
        if (!suffices(notification.texts(), notification.channel())) {
            return Optional.of(
                    switch (notification.channel()) {
                        case EMAIL -> Refusal.EMAIL_TEXT_MISSING;
                        case SMS -> Refusal.SMS_TEXT_MISSING;
                        case EMAIL_PREFERRED, SMS_PREFERRED -> Refusal.PREFERRED_TEXT_MISSING;
                        case EMAIL_AND_SMS -> Refusal.BOTH_TEXTS_MISSING;
                    });
        }
        return notification
                .reminder()
                .filter(reminder -> !suffices(reminder.texts(), reminder.channel()))
                .map(reminder -> switch (reminder.channel()) {
                    case EMAIL -> Refusal.REMINDER_EMAIL_TEXT_MISSING;
                    case SMS -> Refusal.REMINDER_SMS_TEXT_MISSING;
                    case EMAIL_PREFERRED, SMS_PREFERRED -> Refusal.REMINDER_PREFERRED_TEXT_MISSING;
                    case EMAIL_AND_SMS -> Refusal.REMINDER_BOTH_TEXTS_MISSING;
                });
    }

    private static boolean suffices(Texts texts, NotificationChannel channel) {
        boolean email = texts.emailSubject().isPresent() && texts.emailBody().isPresent();
        boolean sms = texts.smsBody().isPresent();
        return switch (channel) {
            case EMAIL -> email;
            case SMS -> sms;
            case EMAIL_PREFERRED, SMS_PREFERRED, EMAIL_AND_SMS -> email && sms;
        };
    }
}
