package no.budstikke.identity;

/// The scopes that the services ask for, each a whole word. Spec: authorization §2.5.
public final class Scopes {

    public static final String CORRESPONDENCE_WRITE = "altinn:correspondence.write";
    public static final String CORRESPONDENCE_READ = "altinn:correspondence.read";
    public static final String SERVICE_OWNER = "altinn:serviceowner";
    public static final String EVENTS_PUBLISH = "altinn:events.publish";
    /// Compared without regard to case. Spec: events §8.2.
    public static final String EVENTS_PUBLISH_ADMIN = "altinn:events.publish.admin";
    public static final String EVENTS_SUBSCRIBE = "altinn:events.subscribe";

    private Scopes() {}
}
