package no.budstikke.event;

import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/// One attempt to push an event, as somebody else made it and tells of it. Texts are empty when they
/// were not given. Spec: events §2.15, §6.7.
record TraceEntry(
        UUID cloudEventId,
        String resource,
        String eventType,
        OptionalInt subscriptionId,
        String consumer,
        String endpoint,
        int statusCode,
        boolean isSuccess) {

    private static final String VALIDATION = "platform.events.validatesubscription";
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /// Empty when the event's id is no GUID, or the endpoint or the status code is missing.
    static Optional<TraceEntry> read(byte[] body, Charset charset) throws JsonBody.Unreadable {
        JsonBody json = JsonBody.read(body, charset);
        String id = json.text("cloudEventId").toLowerCase(Locale.ROOT);
        String resource = json.text("cloudEventResource");
        String type = json.text("cloudEventType");
        Optional<Integer> subscription = json.integer("subscriptionId");
        String consumer = json.text("consumer");
        String endpoint = json.text("endpoint");
        Optional<Integer> statusCode = json.integer("statusCode");
        boolean success = json.flag("isSuccessStatusCode");
        if (!GUID.matcher(id).matches() || endpoint.isEmpty() || statusCode.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TraceEntry(
                UUID.fromString(id),
                resource,
                type,
                subscription.isPresent() ? OptionalInt.of(subscription.get()) : OptionalInt.empty(),
                consumer,
                endpoint,
                statusCode.get(),
                success));
    }

    /// The contract's word for what happened.
    String activity() {
        if (!eventType.equals(VALIDATION)) {
            return "WebhookPostResponse";
        }
        return isSuccess ? "EndpointValidationSuccess" : "EndpointValidationFailed";
    }
}
