package no.budstikke.owner;

import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.delivery.Redelivery;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.FilterCheck;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;

/// Sends one event once more, whatever became of it before.
final class ResendDelivery {

    private final Database database;
    private final EventLookupStore events;
    private final SubscriptionIndex subscriptions;
    private final Redelivery redelivery;

    ResendDelivery(Database database, EventLookupStore events, SubscriptionIndex subscriptions, Redelivery redelivery) {
        this.database = database;
        this.events = events;
        this.subscriptions = subscriptions;
        this.redelivery = redelivery;
    }

    sealed interface Outcome {

        /// It will be sent soon.
        record Accepted() implements Outcome {}

        /// There is no such event.
        record UnknownEvent() implements Outcome {}

        /// Not as things are.
        ///
        /// @param why one sentence for the owner
        record Refused(String why) implements Outcome {}
    }

    Outcome resend(Subscription subscription, String eventId) {
        Optional<String> obstacle = Repairs.obstacle(subscription);
        if (obstacle.isPresent()) {
            return new Outcome.Refused(obstacle.get());
        }
        FilterCheck filters = subscriptions.check(subscription);
        return database.inTransaction(tx -> {
            List<LogPosition> places =
                    events.places(tx, eventId).stream().map(EventFeed.Place::at).toList();
            List<LoggedEvent> found = events.at(tx, places);
            if (found.isEmpty()) {
                return new Outcome.UnknownEvent();
            }
            List<LoggedEvent> matching = found.stream()
                    .filter(event -> filters.matches(event.event()))
                    .toList();
            if (matching.isEmpty()) {
                return new Outcome.Refused("The subscription's filters don't let this event through.");
            }
            matching.forEach(event -> redelivery.hasten(tx, subscription, event.at()));
            redelivery.enqueue(tx, subscription, matching, Redelivery.Reason.RESEND);
            return new Outcome.Accepted();
        });
    }
}
