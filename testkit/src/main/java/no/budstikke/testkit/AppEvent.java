package no.budstikke.testkit;

import java.util.UUID;

/// The body of `POST /app`: an app tells of one of its instances. Spec: events §2.2.
public final class AppEvent extends JsonDocument<AppEvent> {

    private AppEvent() {}

    /// An event with all required members, about a new instance of that app of `ttd` for that party; its
    /// type is no other event's.
    public static AppEvent of(String app, Parties.Organization party) {
        return new AppEvent()
                .with("specversion", "1.0")
                .with("source", source(app, party.partyId()))
                .with("type", CloudEvents.randomType())
                .with("subject", party.party());
    }

    /// The address of a new instance, as sources of apps' events are.
    public static String source(String app, int partyId) {
        return "https://ttd.apps.altinn.no/ttd/" + app + "/instances/" + partyId + "/" + UUID.randomUUID();
    }

    public AppEvent source(String source) {
        return with("source", source);
    }

    public AppEvent type(String type) {
        return with("type", type);
    }

    public AppEvent subject(String subject) {
        return with("subject", subject);
    }

    public AppEvent alternativeSubject(String subject) {
        return with("alternativesubject", subject);
    }

    public String source() {
        return text("source");
    }

    public String type() {
        return text("type");
    }

    @Override
    AppEvent self() {
        return this;
    }
}
