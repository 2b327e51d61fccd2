package no.budstikke.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.budstikke.identity.Caller;
import no.budstikke.party.OrganizationNumber;

/// Who asks, as the decision point wants to hear it.
final class SubjectAttributes {

    /// Claims that don't go on as they are: of those that name somebody only one does.
    private static final Set<String> TAKEN_APART = Set.of(
            Names.ORG,
            Names.PERSON_UUID,
            Names.USER_ID,
            Names.PARTY_ID,
            Names.SYSTEM_USER,
            Names.PERSON,
            Names.ORGANIZATION,
            Names.ORGANIZATION_LEGACY,
            Names.ORGANIZATION_CLAIM);

    private SubjectAttributes() {}

    /// From a token: its `urn:` claims, scopes and session, and exactly one identity, the first there is
    /// of person uuid, user id, party id, system user (then nothing else at all), person number,
    /// organisation number, organisation of the claim `consumer`.
    ///
    /// The person number is not in the reference's list. Without it, somebody who has logged in himself
    /// would count as the organisation that owns the client he used. Spec: authorization §17.1.
    static List<Attribute> of(Caller caller) {
        List<Attribute> identity = identity(caller);
        if (!identity.isEmpty() && identity.getFirst().id().equals(Names.SYSTEM_USER)) {
            return identity;
        }
        var attributes = new ArrayList<Attribute>();
        for (Map.Entry<String, String> claim : caller.urnClaims().entrySet()) {
            if (!TAKEN_APART.contains(claim.getKey())) {
                attributes.add(new Attribute(claim.getKey(), claim.getValue()));
            }
        }
        caller.org().ifPresent(code -> attributes.add(new Attribute(Names.ORG, code)));
        for (String scope : caller.scopes()) {
            attributes.add(new Attribute(Names.SCOPE, scope));
        }
        caller.sessionId().ifPresent(session -> attributes.add(new Attribute(Names.SESSION, session)));
        attributes.addAll(identity);
        return attributes;
    }

    private static List<Attribute> identity(Caller caller) {
        String personUuid = caller.urnClaims().get(Names.PERSON_UUID);
        if (personUuid != null) {
            return List.of(new Attribute(Names.PERSON_UUID, personUuid));
        }
        if (caller.userId().isPresent()) {
            return List.of(new Attribute(
                    Names.USER_ID, Integer.toString(caller.userId().getAsInt())));
        }
        if (caller.partyId().isPresent()) {
            return List.of(new Attribute(
                    Names.PARTY_ID, Integer.toString(caller.partyId().getAsInt())));
        }
        if (caller.systemUser().isPresent()) {
            return List.of(new Attribute(
                    Names.SYSTEM_USER, caller.systemUser().get().id().toString()));
        }
        if (caller.person().isPresent()) {
            return List.of(new Attribute(Names.PERSON, caller.person().get().digits()));
        }
        Optional<OrganizationNumber> number = caller.organizationNumber();
        if (number.isPresent()) {
            String digits = number.get().digits();
            return List.of(new Attribute(Names.ORGANIZATION_LEGACY, digits), new Attribute(Names.ORGANIZATION, digits));
        }
        return caller.consumer()
                .map(consumer -> List.of(new Attribute(Names.ORGANIZATION, consumer.digits())))
                .orElse(List.of());
    }

    /// From a subscription's consumer; empty for one that is none. Spec: events §4.6, authorization
    /// §17.3.
    static List<Attribute> ofConsumer(String consumer) {
        return Paths.attribute(consumer)
                .filter(attribute -> !attribute.id().equals(Names.PARTY_ID))
                .map(List::of)
                .orElse(List.of());
    }
}
