package no.budstikke.subscription;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import no.budstikke.event.CloudEvent;

/// Compares one subscription's filters with events, one by one, and says which filter it is that keeps
/// an event out: for whoever goes through the log for one subscription, and for its owner. What it lets
/// through is what [SubscriptionIndex#matching] finds.
public final class FilterCheck {

    private final Subscription.Filters filters;
    private final Criteria criteria;
    private final Sources sources;
    private final Parties parties;

    FilterCheck(Subscription.Filters filters, Sources sources, Parties parties) {
        this.filters = filters;
        this.criteria = Criteria.of(filters, sources, parties);
        this.sources = sources;
        this.parties = parties;
    }

    /// A filter that an event does not pass.
    ///
    /// @param filter its name in the contract, such as `typeFilter`
    /// @param text one sentence
    public record Exclusion(String filter, String text) {}

    public boolean matches(CloudEvent event) {
        return exclusion(event).isEmpty();
    }

    /// The first filter that keeps the event out; empty when all let it through.
    public Optional<Exclusion> exclusion(CloudEvent event) {
        if (!criteria.resource().equals(event.resource().toLowerCase(Locale.ROOT))) {
            return excluded("resourceFilter", filters.resource(), "resource", event.resource());
        }
        List<EventParties> about = about(event);
        if (about.stream().noneMatch(criteria::matchesSubject)) {
            return excluded(
                    "subjectFilter",
                    filters.subject().orElse(""),
                    "subject",
                    event.subject().orElse(""));
        }
        if (about.stream().noneMatch(criteria::matchesAlternativeSubject)) {
            return excluded(
                    "alternativeSubjectFilter",
                    filters.alternativeSubject().orElse(""),
                    "alternativesubject",
                    event.alternativeSubject().orElse(""));
        }
        if (!criteria.source().isEmpty() && !criteria.matchesSource(sources.locationOf(event.source()))) {
            return excluded(
                    "sourceFilter", filters.source().map(CanonicalUrl::text).orElse(""), "source", event.source());
        }
        if (!criteria.types().isEmpty() && !criteria.types().contains(TypeFilter.key(event.type()))) {
            return excluded("typeFilter", filters.type().orElse(""), "type", event.type());
        }
        return Optional.empty();
    }

    /// The event's own parties, and those of its main unit where subunits are asked for.
    private List<EventParties> about(CloudEvent event) {
        EventParties own = EventParties.of(event);
        return criteria.subunits()
                ? own.ofMainUnit(parties).map(main -> List.of(own, main)).orElse(List.of(own))
                : List.of(own);
    }

    private static Optional<Exclusion> excluded(String filter, String wanted, String attribute, String found) {
        return Optional.of(new Exclusion(
                filter,
                found.isEmpty()
                        ? "The %s asks for '%s', and the event has no %s.".formatted(filter, wanted, attribute)
                        : "The %s asks for '%s', and the event's %s is '%s'."
                                .formatted(filter, wanted, attribute, found)));
    }
}
