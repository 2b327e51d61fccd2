package no.budstikke.correspondence;

import java.util.List;
import java.util.Optional;

/// How the recipients shall be told, as the request says it. Spec: correspondence §2.2 P1, §4.8.
///
/// @param template              the number, which may be one that does not exist
/// @param reminder              empty when none is wanted
/// @param customRecipients      from whichever of the contract's three members is in use
/// @param overridesRegistered   `overrideRegisteredContactInformation`
record NotificationRequest(
        int template,
        NotificationChannel channel,
        Texts texts,
        Optional<Reminder> reminder,
        List<CustomRecipient> customRecipients,
        boolean overridesRegistered) {

    /// Empty where nothing, or only white space, was given.
    record Texts(Optional<String> emailSubject, Optional<String> emailBody, Optional<String> smsBody) {}

    record Reminder(NotificationChannel channel, Texts texts) {}

    record CustomRecipient(
            Optional<String> emailAddress,
            Optional<String> mobileNumber,
            Optional<String> organizationNumber,
            Optional<String> nationalIdentityNumber) {}

    NotificationRequest {
        customRecipients = List.copyOf(customRecipients);
    }
}
