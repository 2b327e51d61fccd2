package no.budstikke.event;

/// What came of reading a published body.
sealed interface CloudEventReading {

    /// An event that may be stored, if its publisher is allowed to.
    record Accepted(CloudEvent event) implements CloudEventReading {}

    /// Not JSON, or not a CloudEvent. The text goes into `errors.RequestBody`. Spec: events §3.1.
    record Unreadable(String message) implements CloudEventReading {}

    /// A CloudEvent, but its `resource` won't do. The text is the problem's `detail`. Spec: events §2.3.
    record Refused(String id, String detail) implements CloudEventReading {}
}
