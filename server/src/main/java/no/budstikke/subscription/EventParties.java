package no.budstikke.subscription;

import no.budstikke.event.CloudEvent;
import org.jspecify.annotations.Nullable;

/// Whom an event is about: its subject and alternative subject, as written and as keys. The keys are of
/// parties or,
/// where the text names none, those under which filters on just that text are kept.
record EventParties(
        @Nullable String subject, long subjectKey, @Nullable String alternativeSubject, long alternativeSubjectKey) {

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
}
