package no.budstikke.access;

import java.util.List;
import java.util.Set;

/// What the decision point is asked (XACML 3.0, JSON profile, without the wrapping). Spec: authorization
/// §16.2, §17.
///
/// @param subject who: the attributes of the access subject
/// @param actions any of them suffices
/// @param resource what: `urn:altinn:resource`, the party's attribute, the instance, …
public record AccessRequest(List<Attribute> subject, Set<String> actions, List<Attribute> resource) {

    public AccessRequest {
        subject = List.copyOf(subject);
        actions = Set.copyOf(actions);
        resource = List.copyOf(resource);
    }
}
