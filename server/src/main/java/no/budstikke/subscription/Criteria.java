package no.budstikke.subscription;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A subscription's filters, read once so that comparing with an event is quick. Spec: events §5.1,
/// §5.4; design §1.
///
/// @param resource in lower case
/// @param types keys of types, each once; empty for all types
/// @param source a location, empty text for everywhere
/// @param subunits whether the party filters name the party's subunits, too
record Criteria(
        String resource,
        PartyFilter subject,
        PartyFilter alternativeSubject,
        List<String> types,
        String source,
        boolean subunits) {

    private static final PartyFilter ANYBODY = new PartyFilter.Anybody();

    static Criteria of(Subscription.Filters filters, Sources sources, Parties register) {
        return new Criteria(
                filters.resource().toLowerCase(Locale.ROOT).intern(),
                filters.subject()
                        .map(text -> Parties.read(register, text)
                                .<PartyFilter>map(party -> party)
                                .orElseGet(() -> new PartyFilter.OtherSubject(text)))
                        .orElse(ANYBODY),
                filters.alternativeSubject()
                        .map(text -> Parties.read(register, text)
                                .<PartyFilter>map(party -> party)
                                .orElseGet(() -> new PartyFilter.OtherAlternativeSubject(text)))
                        .orElse(ANYBODY),
                filters.type().map(Criteria::typeKeys).orElse(List.of()),
                filters.source()
                        .map(source ->
                                AppRules.isApp(filters.resource()) ? sources.base(source) : sources.location(source))
                        .map(String::intern)
                        .orElse(""),
                filters.includeSubunits());
    }

    private static List<String> typeKeys(String filter) {
        return TypeFilter.types(filter).stream()
                .map(TypeFilter::key)
                .map(String::intern)
                .distinct()
                .toList();
    }

    /// The party filter by which the subscription is found.
    PartyFilter leading() {
        return subject instanceof PartyFilter.Anybody ? alternativeSubject : subject;
    }

    boolean matchesSubject(EventParties event) {
        return subject.matches(event);
    }

    boolean matchesAlternativeSubject(EventParties event) {
        return alternativeSubject.matches(event);
    }

    /// Whether an event is from where it is asked for.
    ///
    /// @param location of the event's source
    boolean matchesSource(String location) {
        return source.isEmpty() || Sources.covers(source, location);
    }

    /// Why no event can meet both party filters; empty when one might.
    Optional<String> contradiction() {
        return !subunits
                        && subject instanceof PartyFilter.Party party
                        && alternativeSubject instanceof PartyFilter.Party alternative
                        && party.differsFrom(alternative)
                ? Optional.of("subjectFilter and alternativeSubjectFilter name different parties")
                : Optional.empty();
    }
}
