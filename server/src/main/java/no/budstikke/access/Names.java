package no.budstikke.access;

/// Ids of attributes. Spec: authorization §11.1, §15.2, §17.
final class Names {

    static final String RESOURCE = "urn:altinn:resource";
    static final String INSTANCE = "urn:altinn:resource:instance-id";
    static final String EVENT_TYPE = "urn:altinn:eventtype";
    static final String EVENT_SOURCE = "urn:altinn:eventsource";
    static final String ORG = "urn:altinn:org";
    static final String APP = "urn:altinn:app";
    /// An app's instance, `{partyId}/{guid}`.
    static final String APP_INSTANCE = "urn:altinn:instance-id";
    static final String APP_RESOURCE = "urn:altinn:appresource";
    static final String PARTY_ID = "urn:altinn:partyid";
    static final String PARTY_UUID = "urn:altinn:party:uuid";
    static final String PERSON_UUID = "urn:altinn:person:uuid";
    static final String ORGANIZATION_UUID = "urn:altinn:organization:uuid";
    static final String USER_ID = "urn:altinn:userid";
    static final String SYSTEM_USER = "urn:altinn:systemuser:uuid";
    static final String PERSON = "urn:altinn:person:identifier-no";
    static final String ORGANIZATION = "urn:altinn:organization:identifier-no";
    static final String ORGANIZATION_LEGACY = "urn:altinn:organizationnumber";
    static final String ORGANIZATION_CLAIM = "urn:altinn:orgNumber";
    static final String SCOPE = "urn:scope";
    static final String SESSION = "urn:altinn:sessionid";

    /// Our own: what the subject is to the party that the request is about. Only the decision point
    /// gives it.
    static final String PARTY_RELATION = "urn:budstikke:party-relation";
    /// The subject is that party.
    static final String SELF = "self";

    static final String LEVEL = "urn:altinn:minimum-authenticationlevel";
    static final String LEVEL_ORG = "urn:altinn:minimum-authenticationlevel-org";

    private Names() {}
}
