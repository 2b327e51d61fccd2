package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Database;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the log in commit order, finds who is to get each event, and puts the deliveries into their
/// lanes. It never waits for an endpoint: what a lane does not take goes to the backlog.
final class Feeder {

    private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);

    private static final int BATCH = 500;
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(200);
    /// Rows are stored in nearly the order of the log; a transaction would have to be open for a day to
    /// break this.
    private static final Duration STORED_MARGIN = Duration.ofDays(1);
    /// Bodies under way; beyond it the feed waits for the settlement, which parks what is slow within a
    /// second or so.
    private static final long MOST_BYTES = 16 * 1024 * 1024;

    private final Database database;
    private final EventFeed feed;
    private final SettlementStore store;
    private final SubscriptionIndex subscriptions;
    private final Lanes lanes;
    private final Settlement settlement;
    private final DeliveryFigures figures;
    private final InstantSource time;
    private Map<Integer, Cursor> cursors = Map.of();

    Feeder(
            Database database,
            EventFeed feed,
            SettlementStore store,
            SubscriptionIndex subscriptions,
            Lanes lanes,
            Settlement settlement,
            DeliveryFigures figures,
            InstantSource time) {
        this.database = database;
        this.feed = feed;
        this.store = store;
        this.subscriptions = subscriptions;
        this.lanes = lanes;
        this.settlement = settlement;
        this.figures = figures;
        this.time = time;
    }

    /// Reads from where to go on. Before [#run].
    void load() {
        cursors = Map.copyOf(database.inTransaction(store::cursors));
    }

    /// Feeds until interrupted, from the cursors on.
    void run() {
        Cursor from = cursors.values().stream()
                .min((one, other) -> one.at().compareTo(other.at()))
                .orElseThrow(() -> new IllegalStateException("the table feed_cursor is empty"));
        LogPosition reached = from.at();
        Instant stored = from.stored();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (settlement.bytesInMemory() > MOST_BYTES) {
                    LockSupport.parkNanos(this, Duration.ofMillis(10).toNanos());
                    continue;
                }
                EventFeed.Batch batch = feed.read(reached, stored.minus(STORED_MARGIN), BATCH);
                for (LoggedEvent event : batch.events()) {
                    if (isAhead(event)) {
                        deliver(event);
                    }
                    // Only now: an event whose dealing out failed is read again, not passed over.
                    reached = event.at();
                    stored = event.stored();
                }
                if (batch.events().size() < BATCH) {
                    feed.waitForNews(LONGEST_WAIT);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("can't go on in the log after {}; will try again", reached, e);
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    private boolean isAhead(LoggedEvent event) {
        Cursor cursor = cursors.get(event.shard());
        return cursor == null || event.at().compareTo(cursor.at()) > 0;
    }

    private void deliver(LoggedEvent logged) {
        List<Subscription> matching = subscriptions.matching(logged.event());
        var event = new TrackedEvent(logged, System.nanoTime());
        Instant now = time.instant();
        for (Subscription subscription : matching) {
            event.add(Delivery.fromLog(event, lanes.of(subscription), now));
        }
        List<Delivery> deliveries = event.deliveries();
        settlement.track(event);
        for (Delivery delivery : deliveries) {
            if (!delivery.lane().offer(delivery)) {
                figures.wasPutOff();
                settlement.putOff(delivery, delivery.lane().circuit().isOpen() ? "endpoint down" : "lane full");
            }
        }
    }
}
