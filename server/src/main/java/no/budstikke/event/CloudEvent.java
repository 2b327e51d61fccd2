package no.budstikke.event;

import java.util.Optional;
import no.budstikke.access.Access;

/// One event, checked, in the form in which it is kept and sent. Spec: events §3.
///
/// @param id any non-empty text; unique together with `source`
/// @param source a URI reference, in the publisher's spelling
/// @param resource the extension attribute `resource`: a URN
/// @param resourceInstance the extension attribute `resourceinstance`
/// @param alternativeSubject the extension attribute `alternativesubject`
/// @param time RFC 3339 text as it will be sent
/// @param json the whole event in structured JSON: exactly the body of a delivery
public record CloudEvent(
        String id,
        String source,
        String type,
        String resource,
        Optional<String> resourceInstance,
        Optional<String> subject,
        Optional<String> alternativeSubject,
        Optional<String> time,
        String json) {

    /// The event as access is asked for it.
    public Access.EventTarget target() {
        return new Access.EventTarget(resource, subject, Optional.of(type), Optional.of(source), resourceInstance);
    }

    /// The event as queries answer it: `time` in UTC. Spec: events §3.2.
    String jsonInUtc() {
        return time.filter(written -> !written.endsWith("Z"))
                .flatMap(EventTime::parse)
                .map(parsed -> withTime(parsed.inUtc().text()))
                .orElse(json);
    }

    /// The first such text is the attribute: `data` comes last, and inside a text the quotes would be
    /// escaped.
    private String withTime(String other) {
        String member = "\"time\":\"";
        int at = json.indexOf(member + time.orElseThrow() + '"');
        if (at < 0) {
            return json;
        }
        int from = at + member.length();
        return json.substring(0, from)
                + other
                + json.substring(from + time.orElseThrow().length());
    }
}
