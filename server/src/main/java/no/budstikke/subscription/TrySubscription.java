package no.budstikke.subscription;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.RecentEventStore;
import no.budstikke.identity.Caller;

/// Says what a subscription would have done with the newest events, and stores nothing.
///
/// It counts only events that the caller may see or would get: how many others there are is nobody's
/// business. So an event which the policy keeps from the caller appears in no number.
final class TrySubscription {

    /// How far it looks back for events that the caller may see.
    static final int MOST_READ = 20_000;

    private final Database database;
    private final SubscriptionStore store;
    private final Admission admission;
    private final FilterWarnings warnings;
    private final RecentEventStore events;
    private final Access access;
    private final InstantSource time;

    TrySubscription(
            Database database,
            SubscriptionStore store,
            Admission admission,
            FilterWarnings warnings,
            RecentEventStore events,
            Access access,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.admission = admission;
        this.warnings = warnings;
        this.events = events;
        this.access = access;
        this.time = time;
    }

    sealed interface Outcome {

        /// What it would have got.
        ///
        /// @param subscription as it would be; with the id of the one that is there already, else with 0
        /// @param examined how many events were compared with the filters
        record Tried(Subscription subscription, int examined, int matched, Excluded excluded, List<String> warnings)
                implements Outcome {

            public Tried {
                warnings = List.copyOf(warnings);
            }
        }

        record Refused(Refusal why, String resource) implements Outcome {}

        record Unreadable(String member) implements Outcome {}
    }

    /// How many of the examined events each filter keeps out, whether or not another one does so too.
    ///
    /// @param access the caller may see them, but its subscription would not get them
    record Excluded(int subject, int alternativeSubject, int type, int source, int access) {}

    /// @param newest how many events to examine, of the subscription's resource
    Outcome attempt(Caller caller, SubscriptionRequest request, int newest) {
        return switch (admission.of(caller, request)) {
            case Admission.Verdict.Unreadable(String member) -> new Outcome.Unreadable(member);
            case Admission.Verdict.Refused(Refusal why, String resource) -> new Outcome.Refused(why, resource);
            case Admission.Verdict.Admitted(SubscriptionRules.Verdict.Granted granted, String consumer) -> {
                var trial = new Trial(caller, consumer, granted.filters(), newest);
                boolean complete = events.newest(granted.filters().resource(), MOST_READ, trial::examine);
                yield new Outcome.Tried(
                        asItWouldBe(granted, consumer),
                        trial.examined,
                        trial.matched,
                        trial.excluded(),
                        told(request, granted.filters(), trial, complete));
            }
        };
    }

    private Subscription asItWouldBe(SubscriptionRules.Verdict.Granted granted, String consumer) {
        Optional<Subscription> same = database.inTransaction(tx -> store.ofConsumer(tx, consumer)).stream()
                .filter(known -> known.endPointUrl().equals(granted.endPoint())
                        && known.filters().equals(granted.filters()))
                .findFirst();
        Instant now = time.instant().truncatedTo(ChronoUnit.MICROS);
        return new Subscription(
                same.map(Subscription::id).orElse(0),
                granted.endPoint(),
                granted.filters(),
                granted.terms(),
                consumer,
                consumer,
                same.map(Subscription::created).orElse(now),
                same.map(Subscription::validated).orElse(granted.endPoint().isEmpty()),
                same.map(Subscription::standing).orElse(Standing.ACTIVE));
    }

    private List<String> told(
            SubscriptionRequest request, Subscription.Filters filters, Trial trial, boolean complete) {
        var told = new ArrayList<>(warnings.about(request, filters));
        if (trial.examined == 0) {
            told.add("there is no event of " + filters.resource() + " that you may see");
        } else if (trial.examined < trial.newest && !complete) {
            told.add("no further back than " + MOST_READ + " events of the resource was looked");
        }
        return told;
    }

    /// One subscription's filters against one event after the other. For one thread.
    private final class Trial {

        private final Caller caller;
        private final String consumer;
        private final Criteria criteria;
        private final int newest;
        private final Map<Access.EventTarget, Boolean> readable = new HashMap<>();
        private int examined;
        private int matched;
        private int subject;
        private int alternativeSubject;
        private int type;
        private int source;
        private int noRight;

        Trial(Caller caller, String consumer, Subscription.Filters filters, int newest) {
            this.caller = caller;
            this.consumer = consumer;
            this.criteria = Criteria.of(filters, warnings.sources(), warnings.parties());
            this.newest = newest;
        }

        /// Whether there are more to be examined.
        boolean examine(CloudEvent event) {
            boolean received = access.mayReceive(consumer, event.target());
            if (received || readable.computeIfAbsent(event.target(), target -> access.mayRead(caller, target))) {
                compare(event, received);
            }
            return examined < newest;
        }

        private void compare(CloudEvent event, boolean received) {
            EventParties about = EventParties.of(event);
            Optional<EventParties> mainUnit =
                    criteria.subunits() ? about.ofMainUnit(warnings.parties()) : Optional.empty();
            boolean ofSubject = criteria.matchesSubject(about)
                    || mainUnit.filter(criteria::matchesSubject).isPresent();
            boolean ofAlternativeSubject = criteria.matchesAlternativeSubject(about)
                    || mainUnit.filter(criteria::matchesAlternativeSubject).isPresent();
            boolean ofType = criteria.types().isEmpty() || criteria.types().contains(TypeFilter.key(event.type()));
            boolean fromSource = criteria.matchesSource(warnings.sources().locationOf(event.source()));
            examined++;
            matched += ofSubject && ofAlternativeSubject && ofType && fromSource && received ? 1 : 0;
            subject += ofSubject ? 0 : 1;
            alternativeSubject += ofAlternativeSubject ? 0 : 1;
            type += ofType ? 0 : 1;
            source += fromSource ? 0 : 1;
            noRight += received ? 0 : 1;
        }

        Excluded excluded() {
            return new Excluded(subject, alternativeSubject, type, source, noRight);
        }
    }
}
