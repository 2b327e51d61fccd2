package no.budstikke.pull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.CorrespondenceEvent;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogWatch;
import no.budstikke.event.LoggedEvent;
import no.budstikke.party.PartyRegister;
import no.budstikke.subscription.FilterCheck;
import no.budstikke.subscription.PullCursors;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;

/// Reads the events after a subscription's cursor; the cursor stays where it is. What does not match is
/// looked at once: how far nothing was found is written down.
final class PullEvents {

    private static final int CHUNK = 500;
    /// One request looks at the log for so long; whoever asks again goes on from there.
    private static final Duration LONGEST_SCAN = Duration.ofSeconds(2);
    /// Events that may be looked at again rather than write down that they don't match.
    private static final int WORTH_NOTING = 100;
    /// Chunks that are read at once, lest requests take the pool's connections from everybody else.
    private static final int READING = 4;
    /// A token may run out while its request waits; and nobody is kept longer than asked.
    private static final Duration LOOK_UP = Duration.ofMillis(500);

    private final Database database;
    private final EventLookupStore events;
    private final LogWatch watch;
    private final SubscriptionIndex subscriptions;
    private final PullCursors cursors;
    private final Access access;
    private final PartyRegister parties;
    private final Semaphore reading = new Semaphore(READING);

    PullEvents(
            Database database,
            EventLookupStore events,
            LogWatch watch,
            SubscriptionIndex subscriptions,
            PullCursors cursors,
            Access access,
            PartyRegister parties) {
        this.database = database;
        this.events = events;
        this.watch = watch;
        this.subscriptions = subscriptions;
        this.cursors = cursors;
        this.access = access;
        this.parties = parties;
    }

    /// Up to `max` events, each as the subscriber wants it. When there are none, waits for one.
    ///
    /// @param patience how long to wait at most
    List<String> pull(Subscription subscription, int max, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (LogWatch.Listener listener = watch.listen(subscription.filters().resource())) {
            while (true) {
                listener.heard();
                Found found = scan(subscription, max);
                long left = deadline - System.nanoTime();
                if (!found.events().isEmpty() || left <= 0) {
                    return found.events();
                }
                if (found.atTheEnd()) {
                    Duration pause = Duration.ofNanos(Math.min(left, LOOK_UP.toNanos()));
                    if (!listener.await(pause) && watch.isClosed()) {
                        return List.of();
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /// @param atTheEnd whether everything was looked at that can be read now
    private record Found(List<String> events, boolean atTheEnd) {}

    private Found scan(Subscription subscription, int max) throws InterruptedException {
        FilterCheck filters = subscriptions.check(subscription);
        long until = System.nanoTime() + LONGEST_SCAN.toNanos();
        var found = new ArrayList<String>();
        Optional<EventFeed.Place> after = Optional.empty();
        boolean atTheEnd = false;
        while (found.size() < max && !atTheEnd && System.nanoTime() - until < 0) {
            Chunk chunk = chunk(subscription, filters, after, max - found.size(), found.isEmpty());
            found.addAll(chunk.events());
            after = Optional.of(chunk.reached());
            atTheEnd = chunk.last();
        }
        return new Found(found, atTheEnd);
    }

    private record Chunk(List<String> events, EventFeed.Place reached, boolean last) {}

    private Chunk chunk(
            Subscription subscription,
            FilterCheck filters,
            Optional<EventFeed.Place> after,
            int max,
            boolean nothingFoundBefore)
            throws InterruptedException {
        Read read = read(subscription, after);
        var found = new ArrayList<String>();
        EventFeed.Place reached = read.from();
        EventFeed.Place beforeTheFirst = read.from();
        int before = 0;
        int lookedAt = 0;
        for (LoggedEvent event : read.events()) {
            if (found.size() == max) {
                break;
            }
            lookedAt++;
            reached = new EventFeed.Place(event.at(), event.stored());
            if (isFor(subscription, filters, event.event())) {
                found.add(asWanted(subscription, event.event()));
            } else if (found.isEmpty()) {
                before++;
                beforeTheFirst = reached;
            }
        }
        if (nothingFoundBefore && before >= WORTH_NOTING) {
            EventFeed.Place scanned = beforeTheFirst;
            database.useTransaction(tx -> cursors.scanned(tx, subscription.id(), scanned));
        }
        return new Chunk(
                found,
                reached,
                lookedAt == read.events().size() && read.events().size() < CHUNK);
    }

    private record Read(EventFeed.Place from, List<LoggedEvent> events) {}

    private Read read(Subscription subscription, Optional<EventFeed.Place> after) throws InterruptedException {
        reading.acquire();
        try {
            return database.inTransaction(tx -> {
                EventFeed.Place from = after.orElseGet(() -> cursors.find(tx, subscription.id())
                        .map(PullCursors.Cursor::scanned)
                        .orElse(EventFeed.Place.START));
                return new Read(
                        from, events.ofResource(tx, subscription.filters().resource(), from, CHUNK));
            });
        } finally {
            reading.release();
        }
    }

    private boolean isFor(Subscription subscription, FilterCheck filters, CloudEvent event) {
        return filters.matches(event) && access.mayReceive(subscription.consumer(), event.target());
    }

    private String asWanted(Subscription subscription, CloudEvent event) {
        return subscription
                .terms()
                .notation()
                .map(notation ->
                        CorrespondenceEvent.spelled(event, notation, parties).json())
                .orElseGet(event::json);
    }
}
