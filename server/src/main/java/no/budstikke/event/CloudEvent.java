package no.budstikke.event;

import java.util.Optional;

/// One event, checked, in the form in which it is kept and sent. Spec: events §3.
///
/// @param id                  any non-empty text; unique together with `source`
/// @param source              a URI reference, in the publisher's spelling
/// @param resource            the extension attribute `resource`: a URN
/// @param resourceInstance    the extension attribute `resourceinstance`
/// @param alternativeSubject  the extension attribute `alternativesubject`
/// @param time                RFC 3339 text as it will be sent
/// @param json                the whole event in structured JSON: exactly the body of a delivery
public record CloudEvent(
        String id,
        String source,
        String type,
        String resource,
        Optional<String> resourceInstance,
        Optional<String> subject,
        Optional<String> alternativeSubject,
        Optional<String> time,
        String json) {}
