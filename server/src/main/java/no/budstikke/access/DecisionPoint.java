package no.budstikke.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The decision point: completes a request with what is known of its party and its subject, and asks the
/// resource's policy. Keeps nothing but the policies that it has read. Spec: authorization §16.5, §16.6.
public final class DecisionPoint {

    private static final Logger LOG = LoggerFactory.getLogger(DecisionPoint.class);

    /// What says which party a subject is, the best first. An organisation's code counts only for a
    /// subject that is named by nothing else.
    private static final List<String> IDENTITIES = List.of(
            Names.PERSON_UUID,
            Names.USER_ID,
            Names.PARTY_ID,
            Names.PARTY_UUID,
            Names.ORGANIZATION_UUID,
            Names.PERSON,
            Names.ORGANIZATION,
            Names.ORG);

    private static final Set<String> PARTIES = Set.of(
            Names.PARTY_ID,
            Names.PARTY_UUID,
            Names.PERSON_UUID,
            Names.ORGANIZATION_UUID,
            Names.PERSON,
            Names.ORGANIZATION);

    private final Function<String, Optional<String>> policies;
    private final PartyRegister parties;
    private final Map<String, Read> read = new ConcurrentHashMap<>();

    /// @param policies the text of a resource's policy by the resource's bare id; empty for an unknown
    ///     resource
    public DecisionPoint(Function<String, Optional<String>> policies, PartyRegister parties) {
        this.policies = policies;
        this.parties = parties;
    }

    /// A policy as it was read from `text`; empty when it can't be followed.
    ///
    /// @param attributes ids of all that some rule of it looks at
    private record Read(String text, Optional<Policy> policy, Set<String> attributes) {}

    /// What the resource's policy says to the request.
    public Decision decide(AccessRequest request) {
        List<String> resources = Attribute.values(request.resource(), Names.RESOURCE);
        if (resources.size() != 1) {
            return new Decision.Indeterminate("the request names " + resources.size() + " resources, not one");
        }
        Optional<Policy> policy = policy(resources.getFirst());
        if (policy.isEmpty()) {
            return new Decision.Indeterminate("the resource has no policy that can be followed");
        }
        List<Attribute> subject = given(request.subject());
        Optional<String> contradiction = contradiction(subject);
        if (contradiction.isPresent()) {
            return new Decision.Indeterminate(contradiction.get());
        }
        List<String> named = parties(request.resource());
        if (named.size() > 1) {
            return new Decision.Indeterminate("the request is about several parties");
        }
        if (!named.isEmpty() && party(subject).equals(Optional.of(named.getFirst()))) {
            subject.add(new Attribute(Names.PARTY_RELATION, Names.SELF));
        }
        return Evaluation.of(
                policy.get(), new AccessRequest(subject, request.actions(), completed(request.resource(), named)));
    }

    private Optional<Policy> policy(String resource) {
        return known(resource).flatMap(Read::policy);
    }

    /// Whether the policy of `resource`, a full URN, has a rule that looks at the attribute.
    boolean looksAt(String resource, String attributeId) {
        return resource.startsWith(Resource.URN_PREFIX)
                && known(resource.substring(Resource.URN_PREFIX.length()))
                        .filter(policy -> policy.attributes().contains(attributeId))
                        .isPresent();
    }

    private Optional<Read> known(String resource) {
        Optional<String> text = policies.apply(resource);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Read known = read.get(resource);
        if (known == null || !known.text().equals(text.get())) {
            Optional<Policy> policy = read(resource, text.get());
            known = new Read(text.get(), policy, policy.map(Policy::attributes).orElse(Set.of()));
            read.put(resource, known);
        }
        return Optional.of(known);
    }

    private static Optional<Policy> read(String resource, String text) {
        try {
            return Optional.of(PolicyReader.read(text));
        } catch (PolicyReader.Unreadable e) {
            LOG.warn("the policy of {} can't be followed, so nobody gets access: {}", resource, e.getMessage());
            return Optional.empty();
        }
    }

    /// The subject without what only we may say, and with the new name of the old organisation number.
    private static List<Attribute> given(List<Attribute> subject) {
        var attributes = new ArrayList<Attribute>(subject.size() + 1);
        for (Attribute attribute : subject) {
            if (!attribute.id().equals(Names.PARTY_RELATION)) {
                attributes.add(attribute);
            }
        }
        if (Attribute.values(attributes, Names.ORGANIZATION).isEmpty()) {
            for (String number : Attribute.values(attributes, Names.ORGANIZATION_LEGACY)) {
                attributes.add(new Attribute(Names.ORGANIZATION, number));
            }
        }
        return attributes;
    }

    /// Combinations that the reference refuses. Spec: authorization §16.6.
    private static Optional<String> contradiction(List<Attribute> subject) {
        boolean systemUser = has(subject, Names.SYSTEM_USER);
        boolean person = has(subject, Names.PERSON);
        boolean user = has(subject, Names.USER_ID);
        boolean organization = has(subject, Names.ORGANIZATION);
        if (systemUser && subject.size() > 1) {
            return Optional.of("a system user comes with other attributes");
        }
        return (person && user) || (organization && (person || user))
                ? Optional.of("the subject is named in two ways")
                : Optional.empty();
    }

    private static boolean has(List<Attribute> attributes, String id) {
        for (Attribute attribute : attributes) {
            if (attribute.id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    /// The parties that the request is about, each once.
    private List<String> parties(List<Attribute> resource) {
        var named = new ArrayList<String>(1);
        for (Attribute attribute : resource) {
            if (PARTIES.contains(attribute.id())) {
                party(attribute.id(), attribute.value())
                        .filter(party -> !named.contains(party))
                        .ifPresent(named::add);
            }
        }
        return named;
    }

    /// The party that the subject is, by its best name alone.
    private Optional<String> party(List<Attribute> subject) {
        for (String id : IDENTITIES) {
            List<String> values = Attribute.values(subject, id);
            if (!values.isEmpty()) {
                return values.size() == 1 ? party(id, values.getFirst()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// One name for one party, whatever attribute it comes in: the path of its party id when it is
    /// registered, else its number's URN.
    private Optional<String> party(String attributeId, String value) {
        return switch (attributeId) {
            case Names.PARTY_ID -> number(value).map(id -> "/party/" + id);
            case Names.USER_ID -> number(value).flatMap(parties::findByUserId).map(Party::path);
            case Names.PARTY_UUID, Names.PERSON_UUID, Names.ORGANIZATION_UUID ->
                uuid(value).flatMap(parties::find).map(Party::path);
            case Names.PERSON -> NationalIdentityNumber.parse(value).map(this::name);
            case Names.ORGANIZATION -> OrganizationNumber.ofDigits(value).map(this::name);
            case Names.ORG -> parties.findByCode(value).map(Party::path);
            default -> Optional.empty();
        };
    }

    private String name(PartyIdentifier identifier) {
        return parties.find(identifier).map(Party::path).orElseGet(identifier::urn);
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The resource with the party id of its party.
    private static List<Attribute> completed(List<Attribute> resource, List<String> named) {
        String prefix = "/party/";
        if (named.isEmpty() || !named.getFirst().startsWith(prefix) || has(resource, Names.PARTY_ID)) {
            return resource;
        }
        var attributes = new ArrayList<>(resource);
        attributes.add(new Attribute(Names.PARTY_ID, named.getFirst().substring(prefix.length())));
        return attributes;
    }
}
