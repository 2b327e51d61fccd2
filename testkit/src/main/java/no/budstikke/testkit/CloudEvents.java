package no.budstikke.testkit;

import java.util.Locale;
import java.util.UUID;

/// A CloudEvent for `POST /events`. Spec: events §3.
public final class CloudEvents extends JsonDocument<CloudEvents> {

    private CloudEvents() {}

    /// An event with all required members: a random id, a type that no other event has, and a resource
    /// of our own.
    public static CloudEvents event() {
        return new CloudEvents()
                .with("specversion", "1.0")
                .with("id", UUID.randomUUID().toString())
                .with("source", "https://example.no/testkit")
                .type(randomType())
                .resource(Parties.resourceUrn(2));
    }

    /// A type that no other event has, to keep tests apart that share a server.
    public static String randomType() {
        return "no.budstikke.test."
                + UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
    }

    public CloudEvents id(String id) {
        return with("id", id);
    }

    public CloudEvents source(String source) {
        return with("source", source);
    }

    public CloudEvents type(String type) {
        return with("type", type);
    }

    /// The resource as a URN.
    public CloudEvents resource(String urn) {
        return with("resource", urn);
    }

    public CloudEvents subject(String subject) {
        return with("subject", subject);
    }

    public CloudEvents alternativeSubject(String subject) {
        return with("alternativesubject", subject);
    }

    public CloudEvents resourceInstance(String id) {
        return with("resourceinstance", id);
    }

    public CloudEvents time(String time) {
        return with("time", time);
    }

    public CloudEvents data(Object data) {
        return with("data", data);
    }

    public String id() {
        return text("id");
    }

    public String type() {
        return text("type");
    }

    @Override
    CloudEvents self() {
        return this;
    }
}
