package no.budstikke.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogPosition;

/// How far subscribers that fetch their events themselves have got. A cursor stands after an event that
/// its subscriber has dealt with; it is moved forward only, and only by the subscriber.
public final class PullCursors {

    /// What a client says that has seen nothing yet; as in the query. Spec: events §2.4.
    private static final String FROM_THE_START = "0";

    private final Database database;
    private final PullCursorStore store;
    private final EventLookupStore events;

    PullCursors(Database database, PullCursorStore store, EventLookupStore events) {
        this.database = database;
        this.store = store;
        this.events = events;
    }

    /// How far a subscriber has got.
    ///
    /// @param acknowledged after the last event that was dealt with
    /// @param scanned never before it: nothing between the two is for this subscriber
    public record Cursor(EventFeed.Place acknowledged, EventFeed.Place scanned) {}

    /// Where a cursor begins; empty when there is no event with that id.
    ///
    /// @param after id of an event, `0` for the beginning of the log; empty for now
    Optional<EventFeed.Place> beginning(Optional<String> after) {
        return database.inTransaction(tx -> after.isEmpty()
                ? Optional.of(events.end(tx))
                : events.places(tx, after.get()).stream()
                        .findFirst()
                        .or(() -> after.filter(FROM_THE_START::equals).map(_ -> EventFeed.Place.START)));
    }

    void start(Transaction tx, int subscription, EventFeed.Place at) {
        store.start(tx, subscription, at);
    }

    public Optional<Cursor> find(Transaction tx, int subscription) {
        return store.find(tx, subscription);
    }

    /// Acknowledges an event and all before it; one that was acknowledged before changes nothing.
    ///
    /// @return whether there is an event with that id
    public boolean acknowledge(int subscription, String eventId, Instant now) {
        return database.inTransaction(tx -> {
            List<EventFeed.Place> places = events.places(tx, eventId);
            LogPosition reached = store.find(tx, subscription)
                    .map(cursor -> cursor.acknowledged().at())
                    .orElse(LogPosition.START);
            // Several sources may use one id. The first that is still ahead: to repeat is better than to pass over.
            places.stream()
                    .filter(place -> place.at().compareTo(reached) > 0)
                    .findFirst()
                    .ifPresent(place -> store.acknowledge(tx, subscription, place, now));
            return !places.isEmpty();
        });
    }

    /// Notes that nothing between what was scanned before and `at` is for this subscriber.
    public void scanned(Transaction tx, int subscription, EventFeed.Place at) {
        store.scanned(tx, subscription, at);
    }
}
