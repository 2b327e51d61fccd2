package no.budstikke.identity;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;

/// Who calls, as a verified token says it. Spec: events §8.1, correspondence §9.3.
///
/// @param scopes             single words
/// @param org                service owner's code (`urn:altinn:org`), such as `ttd`
/// @param organizationNumber `urn:altinn:orgNumber`
/// @param consumer           organisation in the claim `consumer`
/// @param systemUser         from `authorization_details`
/// @param authLevel          0–4
/// @param urnClaims          every claim whose name begins with `urn:`, as text, for the decision point
/// @param sessionId          `sid`, else `jti`
public record Caller(
        String issuer,
        Set<String> scopes,
        Optional<String> org,
        Optional<OrganizationNumber> organizationNumber,
        Optional<OrganizationNumber> consumer,
        Optional<SystemUser> systemUser,
        Optional<NationalIdentityNumber> person,
        OptionalInt userId,
        OptionalInt partyId,
        Optional<UUID> partyUuid,
        int authLevel,
        Map<String, String> urnClaims,
        Optional<String> sessionId) {

    /// A machine identity of an end-user organisation.
    public record SystemUser(UUID id, Optional<OrganizationNumber> organization) {}

    public Caller {
        scopes = Set.copyOf(scopes);
        urnClaims = Map.copyOf(urnClaims);
    }

    /// Whether the token carries exactly this scope.
    public boolean hasScope(String scope) {
        return scopes.contains(scope);
    }
}
