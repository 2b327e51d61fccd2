package no.budstikke.owner;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.FilterCheck;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;

/// Lists the deliveries of a subscription, newest event first: what waits, what was given up, what was
/// attempted. A page costs some look-ups in indexes, however much there is.
final class ListDeliveries {

    /// Attempts shown of each delivery on a page, and of one that is asked for by its event.
    private static final int ATTEMPTS_ON_A_PAGE = 20;

    private static final int ATTEMPTS_OF_ONE = 1_000;

    private final Database database;
    private final DeliveryStore deliveries;
    private final EventLookupStore events;
    private final SubscriptionIndex subscriptions;
    private final Access access;

    ListDeliveries(
            Database database,
            DeliveryStore deliveries,
            EventLookupStore events,
            SubscriptionIndex subscriptions,
            Access access) {
        this.database = database;
        this.deliveries = deliveries;
        this.events = events;
        this.subscriptions = subscriptions;
        this.access = access;
    }

    /// What is asked for.
    ///
    /// @param before where the page before ended
    /// @param from when the event was stored, at the earliest
    /// @param to before when it was stored
    record Question(
            Optional<DeliveryState> state,
            Optional<LogPosition> before,
            Optional<Instant> from,
            Optional<Instant> to,
            int size) {}

    /// @param next where the next page begins; empty after the last. A page may be short, or empty, and
    ///     yet have a next one
    record Page(List<Listed> deliveries, Optional<LogPosition> next) {

        Page {
            deliveries = List.copyOf(deliveries);
        }
    }

    Page list(Subscription subscription, Question question) {
        return database.inTransaction(tx -> {
            DeliveryStore.Seen page = page(tx, subscription.id(), question);
            List<Listed> listed = listed(tx, subscription, page.keys(), ATTEMPTS_ON_A_PAGE).stream()
                    .filter(delivery ->
                            question.state().isEmpty() || question.state().get() == delivery.state())
                    .filter(delivery -> isWithin(delivery, question))
                    .toList();
            return new Page(listed, page.cutAt());
        });
    }

    /// The places of a page, and where it was cut.
    private DeliveryStore.Seen page(Transaction tx, int subscription, Question question) {
        var within = new DeliveryStore.Stretch(
                question.from().map(from -> events.before(tx, from)).orElse(LogPosition.START),
                earlier(
                        question.before(),
                        question.to().map(to -> events.after(tx, to)).map(ListDeliveries::next)));
        int limit = question.size();
        List<DeliveryStore.Seen> looks = question.state().isEmpty()
                ? List.of(
                        deliveries.waiting(tx, subscription, within, limit),
                        deliveries.failed(tx, subscription, within, limit),
                        deliveries.attempted(tx, subscription, within, false))
                : List.of(
                        switch (question.state().get()) {
                            case WAITING -> deliveries.waiting(tx, subscription, within, limit);
                            case FAILED -> deliveries.failed(tx, subscription, within, limit);
                            case NOT_SENT -> deliveries.notSent(tx, subscription, within, limit);
                            case DELIVERED -> deliveries.attempted(tx, subscription, within, true);
                            case UNKNOWN -> new DeliveryStore.Seen(List.of(), Optional.empty());
                        });
        return merged(looks, limit);
    }

    private static LogPosition earlier(Optional<LogPosition> one, Optional<LogPosition> other) {
        LogPosition end = new LogPosition(Long.MAX_VALUE, Long.MAX_VALUE);
        LogPosition first = one.orElse(end);
        LogPosition second = other.orElse(end);
        return first.compareTo(second) < 0 ? first : second;
    }

    private static LogPosition next(LogPosition at) {
        return at.position() == Long.MAX_VALUE
                ? new LogPosition(at.xid() + 1, Long.MIN_VALUE)
                : new LogPosition(at.xid(), at.position() + 1);
    }

    /// The newest `limit` places of all looks. Beyond where one look was cut nothing can be said.
    static DeliveryStore.Seen merged(List<DeliveryStore.Seen> looks, int limit) {
        Optional<LogPosition> cutAt =
                looks.stream().flatMap(look -> look.cutAt().stream()).max(Comparator.naturalOrder());
        var all = new TreeSet<LogPosition>(Comparator.reverseOrder());
        looks.forEach(look -> all.addAll(look.keys()));
        List<LogPosition> known = all.stream()
                .filter(at -> cutAt.isEmpty() || at.compareTo(cutAt.get()) >= 0)
                .toList();
        return known.size() > limit
                ? new DeliveryStore.Seen(known.subList(0, limit), Optional.of(known.get(limit - 1)))
                : new DeliveryStore.Seen(known, cutAt);
    }

    private static boolean isWithin(Listed delivery, Question question) {
        Optional<Instant> stored = delivery.event().map(LoggedEvent::stored);
        return stored.isEmpty()
                || (question.from().filter(stored.get()::isBefore).isEmpty()
                        && question.to()
                                .filter(to -> !stored.get().isBefore(to))
                                .isEmpty());
    }

    /// What became of the events with this id, each of another source; of one that never matched, which
    /// filter or which right is missing. None when there is no such event.
    List<Listed> ofEvent(Subscription subscription, String eventId) {
        return database.inTransaction(tx -> {
            List<LogPosition> places =
                    events.places(tx, eventId).stream().map(EventFeed.Place::at).toList();
            return listed(tx, subscription, places, ATTEMPTS_OF_ONE);
        });
    }

    private List<Listed> listed(Transaction tx, Subscription subscription, List<LogPosition> places, int attempts) {
        if (places.isEmpty()) {
            return List.of();
        }
        int id = subscription.id();
        Map<LogPosition, LoggedEvent> logged =
                events.at(tx, places).stream().collect(Collectors.toMap(LoggedEvent::at, event -> event));
        Map<LogPosition, List<DeliveryStore.Attempt>> attempted = deliveries.attempts(tx, id, places, attempts);
        Map<LogPosition, DeliveryStore.Kept> waiting = deliveries.inBacklog(tx, id, places);
        Map<LogPosition, DeliveryStore.Kept> dead = deliveries.dead(tx, id, places);
        var listed = new ArrayList<Listed>();
        for (LogPosition at : places) {
            Optional<LoggedEvent> event = Optional.ofNullable(logged.get(at));
            List<DeliveryStore.Attempt> tries = attempted.getOrDefault(at, List.of());
            Optional<DeliveryStore.Kept> kept =
                    Optional.ofNullable(waiting.get(at)).or(() -> Optional.ofNullable(dead.get(at)));
            if (kept.isEmpty() && tries.isEmpty()) {
                Optional<Listed.Reason> reason = event.map(found -> whyNothing(subscription, found));
                boolean unknown =
                        reason.filter(Listed.Reason.Unknown.class::isInstance).isPresent();
                listed.add(new Listed(
                        at, event, unknown ? DeliveryState.UNKNOWN : DeliveryState.NOT_SENT, tries, kept, reason));
            } else {
                DeliveryState state = DeliveryState.of(
                        waiting.containsKey(at),
                        dead.containsKey(at),
                        tries.stream().map(DeliveryStore.Attempt::outcome).toList());
                listed.add(new Listed(at, event, state, tries, kept, reason(state, tries)));
            }
        }
        return listed;
    }

    private static Optional<Listed.Reason> reason(DeliveryState state, List<DeliveryStore.Attempt> tries) {
        if (state != DeliveryState.NOT_SENT) {
            return Optional.empty();
        }
        DeliveryStore.Attempt last = tries.getFirst();
        return Optional.of(
                last.outcome().equals("denied")
                        ? new Listed.Reason.NoRight(last.detail().orElse("The consumer has no right to it."))
                        : new Listed.Reason.Standing("The subscription was deleted."));
    }

    /// Why there is nothing on record of an event. Rights come first: who has none learns nothing else.
    private Listed.Reason whyNothing(Subscription subscription, LoggedEvent event) {
        Access.EventTarget target = event.event().target();
        if (!access.mayReceive(subscription.consumer(), target)) {
            return new Listed.Reason.NoRight(access.whyNot(subscription.consumer(), target));
        }
        Optional<FilterCheck.Exclusion> exclusion =
                subscriptions.check(subscription).exclusion(event.event());
        if (exclusion.isPresent()) {
            return new Listed.Reason.Filter(
                    exclusion.get().filter(), exclusion.get().text());
        }
        if (event.stored().isBefore(subscription.created())) {
            return new Listed.Reason.Standing("It was published before the subscription was made.");
        }
        if (subscription.standing() instanceof Standing.Disabled disabled
                && !event.stored().isBefore(disabled.since())) {
            return new Listed.Reason.Standing("The subscription is disabled: " + disabled.reason());
        }
        if (!subscription.validated()) {
            return new Listed.Reason.Standing("The endpoint has not been validated.");
        }
        return new Listed.Reason.Unknown(
                "It matches, and nothing is on record: it is under way, the endpoint was validated after it was"
                        + " published, or it is over, and no attempts are kept from then.");
    }
}
