package no.budstikke.delivery;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import no.budstikke.access.Access;
import no.budstikke.credential.CredentialRoom;
import no.budstikke.database.Database;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.EventFeed;
import no.budstikke.event.EventLog;
import no.budstikke.observe.Spans;
import no.budstikke.party.PartyRegister;
import no.budstikke.schedule.Timers;
import no.budstikke.subscription.MarkDisabled;
import no.budstikke.subscription.MarkValidated;
import no.budstikke.subscription.SubscriptionIndex;
import no.budstikke.subscription.SubscriptionRoom;
import no.budstikke.time.Ids;

/// Wires the delivery room and runs its four loops: leases, feed, settlement, backlog.
public final class DeliveryRoom implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(5);

    private final HostNames names;
    private final WebhookClient webhooks;
    private final DeliveryFigures figures = new DeliveryFigures(InstantSource.system());
    private final StockStore stock;
    private final Agenda agenda = new Agenda();
    private final Lanes lanes;
    private final Settlement settlement;
    private final Leases leases;
    private final Feeder feeder;
    private final BacklogPump pump;
    private final DayPartitions attempts;
    private final Redelivery redelivery;
    private final List<Thread> intake = new ArrayList<>();
    private final List<Thread> settling = new ArrayList<>();
    private final List<Thread> leasing = new ArrayList<>();

    /// How deliveries are made.
    ///
    /// @param timeout for one attempt
    /// @param concurrency attempts under way at once to one endpoint, at the most
    /// @param disableAfter a subscription that has got nothing but failures for so long is disabled
    /// @param loopbackAllowed whether webhooks on this machine are served; only in development
    /// @param attemptRetention how long attempts can be looked up; zero: none are kept
    /// @param wallClock the clock of the world around us, which nobody moves
    public record Rules(
            Duration timeout,
            int concurrency,
            RetrySchedule schedule,
            Duration disableAfter,
            boolean loopbackAllowed,
            Duration attemptRetention,
            InstantSource wallClock) {}

    public DeliveryRoom(
            Database database,
            EventLog log,
            EventFeed feed,
            SubscriptionIndex subscriptions,
            MarkValidated markValidated,
            MarkDisabled markDisabled,
            Access access,
            PartyRegister parties,
            Timers timers,
            InstantSource time,
            Ids ids,
            URI eventsApi,
            CredentialRoom credentials,
            Spans spans,
            Rules rules) {
        KeptAttempts kept = KeptAttempts.of(rules.attemptRetention());
        var store = new SettlementStore(kept);
        stock = new StockStore(database);
        var backlog = new Backlog(feed);
        names = new HostNames(InetAddress::getAllByName);
        webhooks = new WebhookClient(
                new EndpointGuard(rules.loopbackAllowed(), names),
                rules.timeout(),
                rules.concurrency(),
                new WebhookClient.Sending(
                        credentials.index()::credentials, credentials.signatures()::sign, rules.wallClock(), ids));
        settlement = new Settlement(database, store, backlog, figures, log::appendsNothing, time);
        var conclusion =
                new Conclusion(settlement, figures, new Consequence.Rules(rules.schedule(), rules.disableAfter()));
        var bodies = new WebhookBody(parties);
        var traced = new TracedRequest(spans);
        var push = new PushEvent(subscriptions, access, bodies, webhooks, conclusion, settlement, traced, time);
        var batch = new PushBatch(subscriptions, push, bodies, webhooks, conclusion, settlement, traced, time);
        Consumer<Delivery> attempt = first -> {
            if (first.lane().isBatched()) {
                batch.attempt(first.lane().portion(first));
            } else {
                push.attempt(first);
            }
        };
        lanes = new Lanes(
                agenda, rules.concurrency(), attempt, behind -> settlement.putOff(behind, Lane.AFTER_AN_EARLIER_ONE));
        leases = new Leases(database, settlement::leave);
        var stores = new DisableSubscription.Stores(database, log, backlog, new FailingStore(kept));
        var disable = new DisableSubscription(stores, markDisabled, time, ids, eventsApi);
        redelivery = new Redelivery(database, backlog, lanes, leases, subscriptions, time);
        pump = new BacklogPump(
                stores,
                leases,
                subscriptions,
                disable,
                agenda,
                lanes,
                attempt,
                rules.schedule().longestWait(),
                time);
        subscriptions.onChanged(lanes::changed);
        feeder = new Feeder(feed, leases, subscriptions, lanes, settlement, pump::lookAnew, time);
        var validate =
                new ValidateEndpoint(subscriptions, credentials.index(), markValidated, webhooks, ids, eventsApi);
        timers.on(SubscriptionRoom.VALIDATE_SUBSCRIPTION, validate::validate);
        attempts = new DayPartitions(database, "attempt", rules.attemptRetention());
    }

    public DeliveryFigures figures() {
        return figures;
    }

    /// The lanes as they stand now.
    public LaneFigures lanes() {
        return lanes.figures();
    }

    /// What is still to do, on all nodes together. Asks the database.
    ///
    /// @throws RuntimeException when the database can't be asked
    public Stock stock() {
        return stock.stock();
    }

    /// The day partitions of the attempts, for daily maintenance.
    public DayPartitions attempts() {
        return attempts;
    }

    /// For whoever has deliveries made once more.
    public Redelivery redelivery() {
        return redelivery;
    }

    /// There are other nodes than before, or may be.
    public void nodesChanged() {
        leasing.forEach(LockSupport::unpark);
    }

    /// The clock has been moved: something may be due.
    public void lookAtTheClock() {
        agenda.wake();
    }

    /// Goes on where the last run stopped.
    public void start() {
        attempts.makeAhead();
        leases.round();
        pump.follow();
        leasing.add(Thread.ofPlatform().name("leases").start(leases::run));
        settling.add(Thread.ofPlatform().name("settlement").start(settlement::run));
        intake.add(Thread.ofPlatform().name("backlog").start(pump::run));
        intake.add(Thread.ofPlatform().name("feed").start(feeder::run));
    }

    /// Takes no more from the log, gives attempts under way a moment, or a few seconds when this is the
    /// only node, writes down what is known, and frees its shards. The rest is delivered by the other
    /// nodes, or after the next start.
    @Override
    public void close() {
        leases.handOver();
        intake.forEach(Thread::interrupt);
        await(intake);
        lanes.close();
        settlement.stop();
        await(settling);
        leases.close();
        await(leasing);
        webhooks.close();
        names.close();
    }

    private static void await(List<Thread> threads) {
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
