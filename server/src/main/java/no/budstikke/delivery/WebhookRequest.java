package no.budstikke.delivery;

import java.net.URI;
import java.util.Optional;

/// One request to a webhook. The body's array is not copied: nobody changes it.
///
/// @param subscription whose it is
/// @param id the same for every attempt: the event's id, or what names the batch
/// @param traceparent of this attempt, in the trace that the event was published in (W3C Trace Context);
///     empty when it had none
@SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
record WebhookRequest(
        int subscription, URI endPoint, String id, String contentType, byte[] body, Optional<String> traceparent) {

    /// One event. Spec: events §6.1.
    static final String ONE_EVENT = "application/json; charset=utf-8";
}
