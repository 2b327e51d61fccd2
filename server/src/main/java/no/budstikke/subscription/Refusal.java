package no.budstikke.subscription;

/// Why no subscription is made, in the contract's order. Texts are sent as JSON strings; an empty one as
/// no body. Spec: events §4.2, §4.4, §9.5.
enum Refusal {
    ENDPOINT(400, "Missing or invalid endpoint to push events towards"),
    SOURCE(400, "SourceFilter must be an absolute URL with the https scheme."),
    NO_SCOPE(403, ""),
    RESOURCE_NO_URN(400, "Resource filter must be a valid urn"),
    NO_SUBJECT(400, "A valid subject to the authenticated identity is required"),
    NO_RESOURCE(400, "Resource filter is required."),
    SOURCE_NOT_SUPPORTED(400, "Source filter is not supported for subscriptions on this resource."),
    ALTERNATIVE_SUBJECT_NOT_SUPPORTED(
            400, "AlternativeSubject filter is not supported for subscriptions on this resource."),
    SUBUNITS_WITHOUT_SUBJECT(400, "IncludeSubunits requires a subject filter."),
    NO_CONSUMER(400, "Missing event consumer"),
    SOURCE_NO_APP(400, "A valid app id is required in source filter {environment}/{org}/{app}"),
    SOURCE_OF_ANOTHER_RESOURCE(400, "Provided resource filter and source filter are not compatible"),
    NOT_AUTHORIZED(403, "Not authorized to create a subscription for resource %s.");

    private final int status;
    private final String text;

    Refusal(int status, String text) {
        this.status = status;
        this.text = text;
    }

    int status() {
        return status;
    }

    /// @param resource the resource filter, for the one text that names it
    String text(String resource) {
        return text.formatted(resource);
    }
}
