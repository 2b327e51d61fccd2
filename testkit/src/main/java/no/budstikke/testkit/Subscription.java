package no.budstikke.testkit;

/// The body of `POST /subscriptions`. Spec: events §2.8.
public final class Subscription extends JsonDocument<Subscription> {

    private Subscription() {}

    /// A subscription without filters, which the contract refuses: a resource filter must follow.
    public static Subscription to(String endPoint) {
        return new Subscription().with("endPoint", endPoint);
    }

    /// The resource as a URN.
    public Subscription resourceFilter(String urn) {
        return with("resourceFilter", urn);
    }

    public Subscription sourceFilter(String source) {
        return with("sourceFilter", source);
    }

    public Subscription subjectFilter(String subject) {
        return with("subjectFilter", subject);
    }

    public Subscription alternativeSubjectFilter(String subject) {
        return with("alternativeSubjectFilter", subject);
    }

    public Subscription typeFilter(String type) {
        return with("typeFilter", type);
    }

    public Subscription includeSubunits(boolean include) {
        return with("includeSubunits", include);
    }

    @Override
    Subscription self() {
        return this;
    }
}
