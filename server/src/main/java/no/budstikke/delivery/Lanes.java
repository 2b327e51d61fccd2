package no.budstikke.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import no.budstikke.subscription.Subscription;

/// The lanes of all subscriptions that have something to get, and their endpoints.
final class Lanes implements AutoCloseable {

    /// Attempts had their time when the leases were handed over.
    private static final Duration LAST_ATTEMPTS = Duration.ofSeconds(1);

    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("delivery-", 0).factory());
    private final Agenda agenda;
    private final int concurrency;
    private final Consumer<Delivery> attempt;
    private final Consumer<Delivery> putAside;

    /// @param concurrency attempts under way at once to one endpoint, at the most
    /// @param putAside for deliveries that must wait in the backlog for an earlier one that failed
    Lanes(Agenda agenda, int concurrency, Consumer<Delivery> attempt, Consumer<Delivery> putAside) {
        this.agenda = agenda;
        this.concurrency = concurrency;
        this.attempt = attempt;
        this.putAside = putAside;
    }

    /// The subscription's lane, which from now on follows the terms and the standing of `subscription`.
    Lane of(Subscription subscription) {
        Lane lane = lanes.get(subscription.id());
        if (lane == null) {
            return lanes.computeIfAbsent(subscription.id(), _ -> open(subscription));
        }
        lane.follow(subscription);
        return lane;
    }

    private Lane open(Subscription subscription) {
        // By consumer, too: somebody's bad credentials must not hold up what others send to the same endpoint.
        Endpoint endpoint = endpoints.computeIfAbsent(
                subscription.consumer() + " " + subscription.endPoint(),
                _ -> new Endpoint(concurrency, threads, attempt));
        var lane = new Lane(subscription, endpoint, agenda, threads, putAside);
        endpoint.join(lane);
        // What was known of the subscription may be old by now.
        lane.onAgenda().note();
        return lane;
    }

    /// A subscription has changed or is gone.
    void changed(int subscription) {
        Lane lane = lanes.get(subscription);
        if (lane != null) {
            lane.onAgenda().note();
        }
    }

    LaneFigures figures() {
        int waiting = 0;
        int underWay = 0;
        Collection<Lane> now = lanes.values();
        for (Lane lane : now) {
            waiting += lane.waiting();
            underWay += lane.underWay();
        }
        int open = (int) endpoints.values().stream()
                .filter(endpoint -> endpoint.circuit().isOpen())
                .count();
        return new LaneFigures(now.size(), waiting, underWay, open);
    }

    /// Forgets the lane of a subscription that is gone, and the endpoint that nobody else needs.
    void close(Lane lane) {
        lanes.remove(lane.subscription(), lane);
        if (lane.endpoint().part(lane)) {
            endpoints.values().remove(lane.endpoint());
        }
    }

    /// Drops what belongs to a shard that is no longer this node's.
    void forget(Lease lease) {
        lanes.values().forEach(lane -> lane.forget(lease));
    }

    /// Starts nothing more, and gives the attempts under way a moment to end.
    @Override
    public void close() {
        lanes.values().forEach(Lane::clear);
        threads.shutdown();
        try {
            if (threads.awaitTermination(LAST_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}
