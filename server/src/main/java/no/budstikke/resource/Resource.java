package no.budstikke.resource;

import java.util.Map;
import no.budstikke.party.OrganizationNumber;

/// An entry of the resource registry. Spec: authorization §14.2.
///
/// @param id        without the prefix `urn:altinn:resource:`
/// @param type      `CorrespondenceService`, `GenericAccessResource`, `AltinnApp`, …
/// @param owner     the competent authority: sender of record of every correspondence on this resource
/// @param ownerCode such as `ttd`
/// @param title     by language: `nb`, `nn`, `en`
public record Resource(String id, String type, OrganizationNumber owner, String ownerCode, Map<String, String> title) {

    public static final String URN_PREFIX = "urn:altinn:resource:";

    public Resource {
        title = Map.copyOf(title);
    }

    /// The spelling in events and XACML.
    public String urn() {
        return URN_PREFIX + id;
    }
}
