package no.budstikke.delivery;

import java.nio.charset.StandardCharsets;
import no.budstikke.event.CorrespondenceEvent;
import no.budstikke.party.PartyRegister;
import no.budstikke.subscription.CanonicalUrl;
import no.budstikke.subscription.Subscription;

/// What is sent to a webhook for an event: the stored bytes, unless the subscription wants another
/// notation or its endpoint is Slack's. Spec: events §6.1, §6.3; design §1 (notation).
final class WebhookBody {

    private final PartyRegister parties;

    WebhookBody(PartyRegister parties) {
        this.parties = parties;
    }

    /// The event as this subscription wants it; not to be changed.
    byte[] of(TrackedEvent event, Subscription subscription) {
        byte[] body = subscription
                .terms()
                .notation()
                .map(notation ->
                        event.body(notation, written -> CorrespondenceEvent.spelled(written, notation, parties)))
                .orElseGet(event::body);
        return forEndpoint(body, subscription);
    }

    /// The event as the subscription's endpoint takes it; not to be changed.
    static byte[] forEndpoint(byte[] event, Subscription subscription) {
        return subscription.endPointUrl().filter(CanonicalUrl::isSlack).isPresent() ? slackMessage(event) : event;
    }

    /// `{"text": "…"}` with the event's JSON in it. The contract escapes quotes only; we escape what a
    /// JSON text needs besides, since Slack refuses what is no JSON. Events without a backslash look the
    /// same either way.
    private static byte[] slackMessage(byte[] event) {
        String json = new String(event, StandardCharsets.UTF_8);
        var message = new StringBuilder(json.length() + json.length() / 8 + 16).append("{\"text\": \"");
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"' || c == '\\') {
                message.append('\\').append(c);
            } else if (c < ' ') {
                message.append("\\u%04x".formatted((int) c));
            } else {
                message.append(c);
            }
        }
        return message.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
