package no.budstikke.correspondence;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is sent, the same to every recipient of one request. Spec: correspondence §2.2 P1.
///
/// @param resource             the bare id
/// @param requestedPublishTime the request's, else the time of the request
/// @param propertyList         in the order in which it was sent
/// @param notification         the request's JSON
record Letter(
        String resource,
        String sendersReference,
        Optional<String> messageSender,
        Content content,
        Instant requestedPublishTime,
        Optional<Instant> dueDateTime,
        List<ExternalReference> externalReferences,
        Map<String, String> propertyList,
        List<ReplyOption> replyOptions,
        Optional<String> notification,
        Flags flags) {

    /// @param language `nb`, `nn` or `en`
    /// @param summary  empty for none
    record Content(String language, String title, String summary, String body) {}

    record ExternalReference(ReferenceType type, String value) {}

    record ReplyOption(String url, Optional<String> text) {}

    record Flags(
            boolean ignoreReservation, boolean confirmationNeeded, boolean confidential, boolean allowForwarding) {}

    Letter {
        externalReferences = List.copyOf(externalReferences);
        propertyList = Collections.unmodifiableMap(new LinkedHashMap<>(propertyList));
        replyOptions = List.copyOf(replyOptions);
    }

    /// The references of that type.
    List<ExternalReference> references(ReferenceType type) {
        return externalReferences.stream()
                .filter(reference -> reference.type() == type)
                .toList();
    }

    /// Whether it goes into a dialog of Dialogporten that exists already. Spec: correspondence §4.5.
    boolean isTransmission() {
        return !references(ReferenceType.DIALOGPORTEN_DIALOG_ID).isEmpty();
    }
}
