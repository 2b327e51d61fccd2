package no.budstikke.owner;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.subscription.Subscription;

/// Orders a replay. It begins soon, on whichever node is first.
final class StartReplay {

    /// Of one subscription at once; they share its endpoint.
    private static final int MOST_RUNNING = 5;

    private final Database database;
    private final ReplayStore replays;
    private final EventLookupStore events;
    private final InstantSource time;

    StartReplay(Database database, ReplayStore replays, EventLookupStore events, InstantSource time) {
        this.database = database;
        this.replays = replays;
        this.events = events;
        this.time = time;
    }

    /// What is to be repeated.
    ///
    /// @param since see [Replay]
    /// @param after id of the event after which it begins; for everything, in place of `since`
    /// @param perSecond deliveries, at most
    record Order(Replay.Kind kind, Optional<Instant> since, Optional<String> after, int perSecond) {}

    sealed interface Outcome {

        record Started(Replay job) implements Outcome {}

        /// There is no event after which to begin.
        record UnknownEvent() implements Outcome {}

        /// Not as things are.
        ///
        /// @param why one sentence for the owner
        record Refused(String why) implements Outcome {}
    }

    Outcome start(Subscription subscription, Order order) {
        Optional<String> obstacle = Repairs.obstacle(subscription);
        if (obstacle.isPresent()) {
            return new Outcome.Refused(obstacle.get());
        }
        return database.inTransaction(tx -> {
            if (replays.countRunning(tx, subscription.id()) >= MOST_RUNNING) {
                return new Outcome.Refused("%d replays of this subscription are running; wait for one, or cancel it."
                        .formatted(MOST_RUNNING));
            }
            Optional<EventFeed.Place> from = order.after().isPresent()
                    ? events.places(tx, order.after().get()).stream().findFirst()
                    : Optional.of(
                            switch (order.kind()) {
                                case FAILED -> EventFeed.Place.START;
                                case EVERYTHING ->
                                    order.since()
                                            .map(since -> new EventFeed.Place(events.before(tx, since), since))
                                            .orElse(EventFeed.Place.START);
                            });
            if (from.isEmpty()) {
                return new Outcome.UnknownEvent();
            }
            long untilXid = events.end(tx).at().xid() + 1;
            return new Outcome.Started(replays.add(tx, subscription.id(), order, from.get(), untilXid, time.instant()));
        });
    }
}
