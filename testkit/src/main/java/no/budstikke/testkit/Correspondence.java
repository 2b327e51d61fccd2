package no.budstikke.testkit;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// The body of `POST /correspondence`. Spec: correspondence §2.2 P1.
public final class Correspondence extends JsonDocument<Correspondence> {

    private Correspondence() {}

    /// A correspondence with all required members and a random reference, without attachments and
    /// notification.
    ///
    /// @param recipients as URNs, or in another spelling of correspondence §1.1
    public static Correspondence to(String... recipients) {
        return new Correspondence()
                .resource(Parties.resource(1))
                .sendersReference(UUID.randomUUID().toString())
                .with("correspondence.content.language", "nb")
                .title("Innkalling til møte")
                .with("correspondence.content.messageSummary", "Møtet er på torsdag")
                .messageBody("# Velkommen\n\nMøtet er på **torsdag** klokken ti.")
                .with("recipients", List.of(recipients));
    }

    public static Correspondence to(Parties.Organization recipient) {
        return to(recipient.urn());
    }

    public static Correspondence to(Parties.Person recipient) {
        return to(recipient.urn());
    }

    /// The resource's id, with or without `urn:altinn:resource:`.
    public Correspondence resource(String id) {
        return with("correspondence.resourceId", id);
    }

    public Correspondence sendersReference(String reference) {
        return with("correspondence.sendersReference", reference);
    }

    public Correspondence title(String title) {
        return with("correspondence.content.messageTitle", title);
    }

    /// Markdown.
    public Correspondence messageBody(String text) {
        return with("correspondence.content.messageBody", text);
    }

    public Correspondence publishAt(Instant time) {
        return with("correspondence.requestedPublishTime", time.toString());
    }

    public Correspondence dueAt(Instant time) {
        return with("correspondence.dueDateTime", time.toString());
    }

    public Correspondence confirmationNeeded() {
        return with("correspondence.isConfirmationNeeded", true);
    }

    public Correspondence idempotentKey(UUID key) {
        return with("idempotentKey", key.toString());
    }

    public String sendersReference() {
        return text("correspondence.sendersReference");
    }

    @Override
    Correspondence self() {
        return this;
    }
}
