package no.budstikke;

import java.time.Duration;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.database.PoolFigures;
import no.budstikke.delivery.DeliveryFigures;
import no.budstikke.delivery.DeliveryRoom;
import no.budstikke.delivery.LaneFigures;
import no.budstikke.delivery.Stock;
import no.budstikke.event.EventFigures;
import no.budstikke.http.Reply;
import no.budstikke.identity.TokenVerifier;
import no.budstikke.observe.Meters;
import no.budstikke.observe.Meters.Label;
import no.budstikke.observe.Tally;
import no.budstikke.subscription.SubscriptionIndex;
import no.budstikke.time.ExpiringCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The names under which operators find what the rooms count: `GET /metrics`. docs/metrics.md lists
/// them, and a test holds the two together.
///
/// The meters are made when somebody looks for the first time, so that the start does not wait for them;
/// nothing is lost by that, since the rooms count anyway.
final class ServerMeters implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerMeters.class);

    /// What is counted in the database is counted at most that often, however often somebody looks.
    private static final Duration STOCK_HOLDS = Duration.ofSeconds(2);

    private final Rooms rooms;

    // Guarded by this.
    private @Nullable Meters made;
    private @Nullable Stock stock;
    private long stockRead;

    /// Whose figures they are.
    record Rooms(
            Database database,
            EventFigures events,
            SubscriptionIndex subscriptions,
            DeliveryRoom deliveries,
            Access access,
            TokenVerifier tokens) {}

    ServerMeters(Rooms rooms) {
        this.rooms = rooms;
    }

    Reply page() {
        return Reply.text(200, Meters.MEDIA_TYPE, meters().page());
    }

    private synchronized Meters meters() {
        Meters meters = made;
        if (meters == null) {
            meters = new Meters();
            events(meters);
            deliveries(meters);
            lanes(meters);
            stock(meters);
            caches(meters);
            pool(meters);
            meters.virtualMachine();
            made = meters;
        }
        return meters;
    }

    private void events(Meters meters) {
        EventFigures events = rooms.events();
        tally(
                meters,
                "budstikke.publishes",
                "Requests to publish an event, by what came of them",
                events.publishes(),
                EventFigures.Publish.values());
        meters.histogram(
                        "budstikke_publish_seconds",
                        "From a checked event to its being on disk, which is when the publisher is answered",
                        events.publishing())
                .counter(
                        "budstikke.events.appended",
                        "Events written into the log by this node, those of correspondences included",
                        events.appended())
                .gauge(
                        "budstikke.publishers.waiting",
                        "Publishers whose event no writer has taken yet",
                        () -> events.waiting().getAsInt());
    }

    private void deliveries(Meters meters) {
        DeliveryFigures figures = rooms.deliveries().figures();
        tally(
                meters,
                "budstikke.attempts",
                "Attempts at webhooks, by what came of them",
                figures.attempts(),
                DeliveryFigures.Answer.values());
        tally(
                meters,
                "budstikke.deliveries",
                "Deliveries that are over, by how they ended",
                figures.ends(),
                DeliveryFigures.End.values());
        meters.counter("budstikke.retries", "Failed attempts after which another follows", figures::retries)
                .counter(
                        "budstikke.put.off",
                        "Deliveries that went into the backlog untried: the lane was full, the endpoint down, or the subscription paused",
                        figures::putOff)
                .histogram(
                        "budstikke_attempt_seconds",
                        "One attempt, from asking whether it is allowed to the end of the answer",
                        figures.attempting())
                .histogram(
                        "budstikke_delivery_seconds",
                        "From the storing of an event until the webhook had accepted it, at the first attempt or a later one",
                        "attempt",
                        figures.delivering());
    }

    private <E extends Enum<E>> void tally(Meters meters, String name, String meaning, Tally<E> tally, E[] kinds) {
        for (E kind : kinds) {
            String word = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
            meters.counter(name, meaning, () -> tally.of(kind), new Label("outcome", word));
        }
    }

    private void lanes(Meters meters) {
        DeliveryRoom deliveries = rooms.deliveries();
        Function<Function<LaneFigures, Integer>, DoubleSupplier> now =
                part -> () -> part.apply(deliveries.lanes()).doubleValue();
        meters.gauge(
                        "budstikke.lanes",
                        "Subscriptions that have had something to get since the start",
                        now.apply(LaneFigures::lanes))
                .gauge(
                        "budstikke.lanes.waiting",
                        "Deliveries that wait in memory for their turn",
                        now.apply(LaneFigures::waiting))
                .gauge("budstikke.lanes.under.way", "Attempts being made", now.apply(LaneFigures::underWay))
                .gauge(
                        "budstikke.circuits.open",
                        "Endpoints that count as down and are only probed",
                        now.apply(LaneFigures::openCircuits))
                .gauge(
                        "budstikke.subscriptions",
                        "Subscriptions that exist",
                        () -> rooms.subscriptions().size());
    }

    private void stock(Meters meters) {
        Function<Function<Stock, Number>, DoubleSupplier> now = part -> () -> {
            Stock counted = stock();
            return counted == null ? Double.NaN : part.apply(counted).doubleValue();
        };
        meters.gauge(
                        "budstikke.log.lag.events",
                        "Events in the log that are not settled, on all nodes together; counted to 100000",
                        now.apply(Stock::lagEvents))
                .gauge(
                        "budstikke.log.lag.seconds",
                        "Age of the oldest event that is not settled; 0 when there is none",
                        now.apply(counted -> seconds(counted.lag())))
                .gauge(
                        "budstikke.backlog",
                        "Deliveries that wait for another attempt, on all nodes together",
                        now.apply(Stock::backlog))
                .gauge(
                        "budstikke.backlog.oldest.seconds",
                        "Age of the event of the oldest delivery in the backlog; 0 when there is none",
                        now.apply(counted -> seconds(counted.oldestBacklog())))
                .gauge(
                        "budstikke.dead.letters",
                        "Deliveries that were given up and are kept",
                        now.apply(Stock::deadLetters));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private synchronized @Nullable Stock stock() {
        if (stockRead == 0 || System.nanoTime() - stockRead > STOCK_HOLDS.toNanos()) {
            try {
                stock = rooms.deliveries().stock();
            } catch (RuntimeException e) {
                LOG.warn("can't count what is still to do; /metrics shows NaN for it: {}", e.toString());
                stock = null;
            }
            stockRead = System.nanoTime();
        }
        return stock;
    }

    private void caches(Meters meters) {
        cache(meters, "decisions", () -> rooms.access().decisionsKept());
        cache(meters, "tokens", () -> rooms.tokens().tokensKept());
    }

    private static void cache(Meters meters, String name, Supplier<ExpiringCache.Figures> figures) {
        var label = new Label("cache", name);
        LongSupplier hits = () -> figures.get().hits();
        LongSupplier misses = () -> figures.get().misses();
        meters.counter("budstikke.cache.hits", "Answers that were known", hits, label)
                .counter("budstikke.cache.misses", "Answers that had to be worked out", misses, label)
                .gauge(
                        "budstikke.cache.size",
                        "Answers that are kept",
                        () -> figures.get().size(),
                        label);
    }

    private void pool(Meters meters) {
        Function<Function<PoolFigures, Integer>, DoubleSupplier> now =
                part -> () -> part.apply(rooms.database().figures()).doubleValue();
        meters.gauge(
                        "budstikke.pool.active",
                        "Database connections lent out, those included that a thread keeps for good",
                        now.apply(PoolFigures::active))
                .gauge("budstikke.pool.idle", "Database connections that are ready", now.apply(PoolFigures::idle))
                .gauge(
                        "budstikke.pool.waiting",
                        "Threads that wait for a database connection",
                        now.apply(PoolFigures::waiting))
                .gauge("budstikke.pool.most", "Database connections that there may be", now.apply(PoolFigures::most));
    }

    @Override
    public synchronized void close() {
        if (made != null) {
            made.close();
        }
    }
}
