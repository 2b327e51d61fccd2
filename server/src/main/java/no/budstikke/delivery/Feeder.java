package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLog;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads this node's shards of the log in commit order, finds who is to get each event, and puts the
/// deliveries into their lanes. It never waits for an endpoint: what a lane does not take goes to the
/// backlog.
final class Feeder {

    private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);

    private static final int BATCH = 500;
    /// Looks that often, without asking the database, whether there are other nodes or other shards now.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    /// Every commit of ours is told of. But its confirmation may have been lost, or somebody else may
    /// have written into the log.
    private static final Duration ASK_ANYWAY = Duration.ofSeconds(5);
    /// Nothing tells of other nodes' commits.
    private static final Duration LONGEST_WAIT_BESIDE_OTHERS = Duration.ofMillis(50);
    private static final Duration FULL = Duration.ofMillis(10);
    private static final Duration PASSED = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(200);
    /// Rows are stored in nearly the order of the log; a transaction would have to be open for a day to
    /// break this.
    private static final Duration STORED_MARGIN = Duration.ofDays(1);
    /// Bodies under way; beyond it the feed waits for the settlement, which parks what is slow within a
    /// second or so.
    private static final long MOST_BYTES = 16 * 1024 * 1024;

    private final EventFeed feed;
    private final Leases leases;
    private final SubscriptionIndex subscriptions;
    private final Lanes lanes;
    private final Settlement settlement;
    private final Runnable lookAnew;
    private final InstantSource time;

    // The first is ahead of the others, which were taken over from other nodes and catch up with it.
    private final List<Stream> streams = new ArrayList<>();
    // By shard: what is dealt out from here.
    private final @Nullable Dealt[] shards = new Dealt[EventLog.SHARDS];
    private long passedTold = System.nanoTime();

    Feeder(
            EventFeed feed,
            Leases leases,
            SubscriptionIndex subscriptions,
            Lanes lanes,
            Settlement settlement,
            Runnable lookAnew,
            InstantSource time) {
        this.feed = feed;
        this.leases = leases;
        this.subscriptions = subscriptions;
        this.lanes = lanes;
        this.settlement = settlement;
        this.lookAnew = lookAnew;
        this.time = time;
    }

    /// Shards that are read together.
    private static final class Stream {

        private final List<Lease> leases;
        /// The last event, or where the reading began.
        private Cursor seen;

        private LogPosition reached;
        private Instant stored;

        Stream(List<Lease> leases, Cursor begin) {
            this.leases = new ArrayList<>(leases);
            this.seen = begin;
            this.reached = begin.at();
            this.stored = begin.stored();
        }

        void sees(LoggedEvent event) {
            seen = new Cursor(event.at(), event.stored());
            reached = event.at();
            stored = event.stored();
        }

        void goBack() {
            reached = seen.at();
            stored = seen.stored();
        }
    }

    /// A shard, and up to where it was dealt out.
    private static final class Dealt {

        private final Lease lease;
        private LogPosition upTo;

        Dealt(Lease lease) {
            this.lease = lease;
            this.upTo = lease.cursor().at();
        }
    }

    /// Feeds until interrupted, each shard from its cursor on.
    void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (settlement.bytesInMemory() > MOST_BYTES) {
                    LockSupport.parkNanos(this, FULL.toNanos());
                } else if (leases.awaitCertainty()) {
                    turn();
                } else {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("can't go on in the log; will try again", e);
                streams.forEach(Stream::goBack);
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    private void turn() throws InterruptedException {
        follow();
        boolean more = streams.size() > 1;
        for (Stream stream : streams) {
            more |= read(stream);
        }
        join();
        if (streams.isEmpty()) {
            LockSupport.parkNanos(this, LONGEST_WAIT_BESIDE_OTHERS.toNanos());
        } else if (!more) {
            awaitNews();
        }
    }

    private void awaitNews() throws InterruptedException {
        long begun = System.nanoTime();
        List<Lease> held = leases.held();
        boolean news = false;
        while (!news) {
            boolean alone = leases.nodes() == 1;
            news = feed.waitForNews(alone ? LONGEST_WAIT : LONGEST_WAIT_BESIDE_OTHERS)
                    || !alone
                    || !leases.held().equals(held)
                    || System.nanoTime() - begun > ASK_ANYWAY.toNanos();
        }
    }

    /// Leaves what is no longer ours, and makes a stream of what is new.
    private void follow() {
        for (Stream stream : streams) {
            stream.leases.removeIf(lease -> !lease.isOpen());
        }
        streams.removeIf(stream -> stream.leases.isEmpty());
        var fresh = new ArrayList<Lease>();
        for (Lease lease : leases.held()) {
            Dealt known = shards[lease.shard()];
            if (lease.isOpen() && (known == null || known.lease != lease)) {
                shards[lease.shard()] = new Dealt(lease);
                fresh.add(lease);
            }
        }
        fresh.stream()
                .map(Lease::cursor)
                .min(Comparator.comparing(Cursor::at))
                .ifPresent(first -> streams.add(new Stream(fresh, first)));
    }

    /// Returns whether there is more at once.
    private boolean read(Stream stream) {
        List<Integer> numbers = stream.leases.stream().map(Lease::shard).toList();
        EventFeed.Batch batch = feed.read(stream.reached, stream.stored.minus(STORED_MARGIN), BATCH, numbers);
        for (LoggedEvent event : batch.events()) {
            Dealt shard = shards[event.shard()];
            if (shard != null && shard.lease.isOpen() && event.at().compareTo(shard.upTo) > 0) {
                deliver(event, shard.lease);
                shard.upTo = event.at();
            }
            // Only now: an event whose dealing out failed is read again, not passed over.
            stream.sees(event);
        }
        tellPassed(stream, batch);
        stream.reached = batch.reached();
        stream.stored = batch.stored();
        return batch.more();
    }

    /// Now and then, for the shards that have no events.
    private void tellPassed(Stream stream, EventFeed.Batch batch) {
        long now = System.nanoTime();
        if (!batch.events().isEmpty() && now - passedTold > PASSED.toNanos()) {
            settlement.passed(stream.leases, stream.seen);
            passedTold = now;
        }
    }

    /// Makes one stream of those that have caught up with the first and the first. It goes on from where
    /// the hindmost is; no shard is dealt out twice.
    private void join() {
        if (streams.size() < 2) {
            return;
        }
        Stream first = streams.getFirst();
        LogPosition target = first.reached;
        List<Stream> caughtUp = streams.stream()
                .skip(1)
                .filter(stream -> stream.reached.compareTo(target) >= 0)
                .toList();
        for (Stream stream : caughtUp) {
            for (Lease lease : stream.leases) {
                Dealt shard = shards[lease.shard()];
                if (shard != null && shard.lease == lease && shard.upTo.compareTo(stream.seen.at()) < 0) {
                    shard.upTo = stream.seen.at();
                }
            }
            first.leases.addAll(stream.leases);
        }
        streams.removeAll(caughtUp);
    }

    private void deliver(LoggedEvent logged, Lease lease) {
        List<Subscription> matching = subscriptions.matching(logged.event());
        var event = new TrackedEvent(logged, lease, System.nanoTime());
        Instant now = time.instant();
        for (Subscription subscription : matching) {
            event.add(Delivery.fromLog(event, lanes.of(subscription), now));
        }
        if (matching.isEmpty() && OperationalEvent.isOne(logged.event())) {
            // Its deliveries were put into the backlog with it.
            lookAnew.run();
        }
        List<Delivery> deliveries = event.deliveries();
        settlement.track(event);
        for (Delivery delivery : deliveries) {
            String obstacle = delivery.lane().offer(delivery);
            if (obstacle != null) {
                settlement.putOff(delivery, obstacle);
            }
        }
    }
}
