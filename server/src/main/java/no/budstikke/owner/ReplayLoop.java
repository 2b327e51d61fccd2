package no.budstikke.owner;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.delivery.Redelivery;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.FilterCheck;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works off the replays: a few deliveries of each job in each round, in one transaction with how far
/// the job has got, so that a restart repeats nothing and leaves nothing out. Any number of nodes may do
/// this: a round of a job is done by one of them.
///
/// Live events come first: a round is left out while the subscription has more to get than its endpoint
/// takes.
final class ReplayLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayLoop.class);

    private static final Duration ROUND = Duration.ofMillis(200);
    /// While nothing is told of.
    private static final Duration NOTHING_TO_DO = Duration.ofSeconds(30);
    /// While other nodes do it.
    private static final Duration ELSEWHERE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration NO_ROOM = Duration.ofMillis(200);
    private static final Duration NOT_NOW = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(5);

    /// Deliveries that wait for the endpoint beside the replay's own of a second: with more, it has
    /// enough to do.
    private static final int ROOM = 50;

    private static final int CHUNK = 500;
    /// Chunks that one round looks at when little of them matches.
    private static final int CHUNKS = 10;

    private final Database database;
    private final ReplayStore replays;
    private final EventLookupStore events;
    private final SubscriptionIndex subscriptions;
    private final Redelivery redelivery;
    private final InstantSource time;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ordered;

    ReplayLoop(
            Database database,
            ReplayStore replays,
            EventLookupStore events,
            SubscriptionIndex subscriptions,
            Redelivery redelivery,
            InstantSource time) {
        this.database = database;
        this.replays = replays;
        this.events = events;
        this.subscriptions = subscriptions;
        this.redelivery = redelivery;
        this.time = time;
    }

    void start() {
        threads.add(Thread.ofVirtual().name("replay").start(this::run));
    }

    /// There is a new job, or may be one.
    void ordered() {
        ordered = true;
        threads.forEach(LockSupport::unpark);
    }

    private void run() {
        boolean busy = false;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                ordered = false;
                if (database.inTransaction(this::round)) {
                    busy = true;
                    continue;
                }
                boolean running = database.inTransaction(replays::isAnyRunning);
                busy &= running;
                if (!ordered) {
                    Duration pause = busy ? ROUND.dividedBy(4) : running ? ELSEWHERE : NOTHING_TO_DO;
                    LockSupport.parkNanos(this, pause.toNanos());
                }
            } catch (RuntimeException e) {
                LOG.warn("a round of a replay failed; will try again: {}", e.toString());
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    /// One round of one job.
    ///
    /// @return whether there was one to do
    private boolean round(Transaction tx) {
        Optional<Replay> claimed = replays.claim(tx);
        claimed.ifPresent(job -> subscriptions
                .find(job.subscription())
                .ifPresentOrElse(
                        subscription -> round(tx, job, subscription),
                        () -> replays.await(tx, job, "The subscription is not known here yet.", NOT_NOW)));
        return claimed.isPresent();
    }

    private void round(Transaction tx, Replay job, Subscription subscription) {
        Optional<String> obstacle = Repairs.obstacle(subscription);
        if (obstacle.isPresent()) {
            replays.await(tx, job, obstacle.get(), NOT_NOW);
            return;
        }
        if (subscription.standing() instanceof Standing.Paused) {
            replays.await(tx, job, "The subscription is paused.", NOT_NOW);
            return;
        }
        int most = ROOM + job.perSecond();
        if (redelivery.countDue(tx, subscription, most) >= most) {
            replays.await(tx, job, "The endpoint has more to do than it takes.", NO_ROOM);
            return;
        }
        // At a slow rate a round is one delivery, and the pause is longer.
        int share = Math.max(1, (int) (job.perSecond() * ROUND.toMillis() / 1000));
        Duration pause = Duration.ofMillis(1000L * share / job.perSecond());
        ReplayStore.Round round = switch (job.kind()) {
            case FAILED -> failed(tx, job, subscription, share);
            case EVERYTHING -> everything(tx, job, subscription, share);
        };
        replays.advance(tx, job, round, round.requeued() == 0 ? Duration.ZERO : pause, time.instant());
    }

    private ReplayStore.Round failed(Transaction tx, Replay job, Subscription subscription, int share) {
        List<ReplayStore.DeadLetter> letters = replays.deadLetters(tx, job, CHUNK);
        var places = new ArrayList<LogPosition>();
        EventFeed.Place reached = job.reached();
        int lookedAt = 0;
        for (ReplayStore.DeadLetter letter : letters) {
            if (places.size() == share) {
                break;
            }
            lookedAt++;
            reached = letter.at();
            if (job.since().filter(letter.died()::isBefore).isEmpty()) {
                places.add(letter.at().at());
            }
        }
        int requeued = redelivery.enqueue(tx, subscription, events.at(tx, places), Redelivery.Reason.REPLAY);
        return new ReplayStore.Round(reached, lookedAt, requeued, lookedAt == letters.size() && letters.size() < CHUNK);
    }

    private ReplayStore.Round everything(Transaction tx, Replay job, Subscription subscription, int share) {
        FilterCheck filters = subscriptions.check(subscription);
        Optional<Instant> since = job.since();
        var matching = new ArrayList<LoggedEvent>();
        EventFeed.Place reached = job.reached();
        int lookedAt = 0;
        boolean last = false;
        for (int chunk = 0; chunk < CHUNKS && !last && matching.size() < share; chunk++) {
            List<LoggedEvent> found =
                    events.ofResource(tx, subscription.filters().resource(), reached, CHUNK);
            last = found.size() < CHUNK;
            for (LoggedEvent event : found) {
                if (event.at().xid() >= job.untilXid()) {
                    last = true;
                    break;
                }
                if (matching.size() == share) {
                    last = false;
                    break;
                }
                lookedAt++;
                reached = new EventFeed.Place(event.at(), event.stored());
                if (since.filter(event.stored()::isBefore).isEmpty() && filters.matches(event.event())) {
                    matching.add(event);
                }
            }
        }
        int requeued = redelivery.enqueue(tx, subscription, matching, Redelivery.Reason.REPLAY);
        return new ReplayStore.Round(reached, lookedAt, requeued, last);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
