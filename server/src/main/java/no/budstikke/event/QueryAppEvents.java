package no.budstikke.event;

import java.util.List;
import java.util.Optional;
import no.budstikke.access.Access;
import no.budstikke.identity.Caller;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyRegister;

/// Answers a page of apps' events with what the caller may read. Spec: events §2.5, §2.6, §5.6, §7.5.
final class QueryAppEvents {

    /// The contract knows no upper bound; nobody gets more than this at once, and `next` for the rest.
    private static final int LARGEST_SIZE = 10_000;

    private final Access access;
    private final PartyRegister parties;
    private final EventStore events;

    QueryAppEvents(Access access, PartyRegister parties, EventStore events) {
        this.access = access;
        this.parties = parties;
        this.events = events;
    }

    sealed interface Outcome {

        record Found(QueryEvents.Found page) implements Outcome {}

        /// The register knows nobody with the number of `unit` or `person`.
        record UnknownParty() implements Outcome {}
    }

    /// The events of one app, about anybody or about the party that the query names.
    Outcome ofApp(Caller caller, String resource, AppQuery query) {
        if (query.refusalWithoutSubject().isPresent()) {
            return found(caller, events.eventsOfApp(resource, Optional.empty(), page(query)));
        }
        return subject(query)
                .map(subject -> found(caller, events.eventsOfApp(resource, Optional.of(subject), page(query))))
                .orElseGet(Outcome.UnknownParty::new);
    }

    /// The events of all apps about the party that the query names.
    Outcome ofParty(Caller caller, AppQuery query) {
        return subject(query)
                .map(subject -> found(caller, events.eventsOfParty(subject, page(query))))
                .orElseGet(Outcome.UnknownParty::new);
    }

    private Optional<String> subject(AppQuery query) {
        if (!query.unit().isEmpty()) {
            return OrganizationNumber.ofDigits(query.unit())
                    .flatMap(parties::find)
                    .map(Party::path);
        }
        return query.person().isEmpty()
                ? Optional.of("/party/" + query.party())
                : NationalIdentityNumber.parse(query.person())
                        .flatMap(parties::find)
                        .map(Party::path);
    }

    private static EventStore.AppPage page(AppQuery query) {
        return new EventStore.AppPage(
                query.after(),
                query.from().flatMap(QueryTime::at),
                query.to().flatMap(QueryTime::at),
                query.types(),
                query.sources(),
                Math.min(query.size(), LARGEST_SIZE));
    }

    /// Events whose source is no instance's address are left out without a word.
    private Outcome found(Caller caller, List<CloudEvent> scanned) {
        List<CloudEvent> seen = scanned.stream()
                .filter(event -> AppSource.of(event.source()).isInstance())
                .filter(event -> access.mayRead(caller, PublishEvent.target(event)))
                .toList();
        return new Outcome.Found(QueryEvents.Found.of(scanned, seen));
    }
}
