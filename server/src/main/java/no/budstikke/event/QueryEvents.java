package no.budstikke.event;

import java.util.List;
import java.util.Optional;
import no.budstikke.access.Access;
import no.budstikke.identity.Caller;

/// Answers a page of the log with what the caller may see. Spec: events §2.4, §5.6, §7.5.
final class QueryEvents {

    private final Access access;
    private final EventStore events;

    QueryEvents(Access access, EventStore events) {
        this.access = access;
        this.events = events;
    }

    /// @param seen what the caller may see, in the order of the log
    /// @param lastScanned id of the last event that was looked at, seen or not: where the next page
    ///     begins. Empty at the end of the log
    record Found(List<CloudEvent> seen, Optional<String> lastScanned) {

        Found {
            seen = List.copyOf(seen);
        }

        static Found of(List<CloudEvent> scanned, List<CloudEvent> seen) {
            return new Found(
                    seen,
                    scanned.isEmpty()
                            ? Optional.empty()
                            : Optional.of(scanned.getLast().id()));
        }
    }

    Found query(Caller caller, EventStore.Page page) {
        List<CloudEvent> scanned = events.events(page);
        List<CloudEvent> seen = scanned.stream()
                .filter(event -> access.mayRead(caller, PublishEvent.target(event)))
                .toList();
        return Found.of(scanned, seen);
    }
}
