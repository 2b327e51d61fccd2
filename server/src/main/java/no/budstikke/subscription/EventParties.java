package no.budstikke.subscription;

import java.util.List;
import java.util.Optional;
import no.budstikke.event.CloudEvent;
import no.budstikke.party.Party;
import org.jspecify.annotations.Nullable;

/// Whom an event is about: its subject and alternative subject, as written and as keys. The keys are of
/// parties or, where the text names none, those under which filters on just that text are kept.
record EventParties(
        @Nullable String subject, long subjectKey, @Nullable String alternativeSubject, long alternativeSubjectKey) {

    private static final String ORGANIZATION_URN = "urn:altinn:organization:";
    private static final String PARTY_PATH = "/party/";
    private static final List<String> ORGANIZATION_PATHS = List.of("/org/", "/organisation/", "/organization/");

    static EventParties of(CloudEvent event) {
        String subject = event.subject().orElse(null);
        String alternative = event.alternativeSubject().orElse(null);
        return new EventParties(subject, subjectKey(subject), alternative, alternativeSubjectKey(alternative));
    }

    private static long subjectKey(@Nullable String subject) {
        if (subject == null) {
            return PartyKey.NONE;
        }
        long party = PartyKey.of(subject);
        return party == PartyKey.NONE ? PartyKey.ofOtherSubject(subject) : party;
    }

    private static long alternativeSubjectKey(@Nullable String alternative) {
        if (alternative == null) {
            return PartyKey.NONE;
        }
        long party = PartyKey.of(alternative);
        return party == PartyKey.NONE ? PartyKey.ofOtherAlternativeSubject(alternative) : party;
    }

    /// As if the event were about the main unit of its organisation; empty when it has none, and when
    /// the event does not say that it is about an organisation. Spec: events §5.3.
    Optional<EventParties> ofMainUnit(Parties register) {
        return namesOrganization() ? Parties.mainUnit(register, subjectKey).map(EventParties::about) : Optional.empty();
    }

    private boolean namesOrganization() {
        String written = subject;
        String alternative = alternativeSubject;
        return written != null
                && (written.regionMatches(true, 0, ORGANIZATION_URN, 0, ORGANIZATION_URN.length())
                        || (written.startsWith(PARTY_PATH)
                                && alternative != null
                                && ORGANIZATION_PATHS.stream().anyMatch(alternative::startsWith)));
    }

    private static EventParties about(Party party) {
        return new EventParties(
                party.path(),
                PartyKey.ofPartyId(party.id()),
                party.identifier().path(),
                PartyKey.of(party.identifier()));
    }
}
