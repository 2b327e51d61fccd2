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

/// The lanes of all subscriptions that have something to get, and the circuits of their endpoints.
final class Lanes implements AutoCloseable {

    /// Attempts had their time when the leases were handed over.
    private static final Duration LAST_ATTEMPTS = Duration.ofSeconds(1);

    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("delivery-", 0).factory());
    private final int concurrency;
    private final Consumer<Delivery> attempt;

    /// @param concurrency attempts under way at once for one subscription
    Lanes(int concurrency, Consumer<Delivery> attempt) {
        this.concurrency = concurrency;
        this.attempt = attempt;
    }

    Lane of(Subscription subscription) {
        Lane lane = lanes.get(subscription.id());
        return lane != null ? lane : lanes.computeIfAbsent(subscription.id(), _ -> open(subscription));
    }

    private Lane open(Subscription subscription) {
        Circuit circuit = circuits.computeIfAbsent(subscription.endPoint().toString(), _ -> new Circuit());
        return new Lane(subscription.id(), circuit, concurrency, threads, attempt);
    }

    Collection<Lane> all() {
        return lanes.values();
    }

    LaneFigures figures() {
        int waiting = 0;
        int underWay = 0;
        Collection<Lane> now = lanes.values();
        for (Lane lane : now) {
            waiting += lane.waiting();
            underWay += lane.workers();
        }
        int open = (int) circuits.values().stream().filter(Circuit::isOpen).count();
        return new LaneFigures(now.size(), waiting, underWay, open);
    }

    /// Forgets the lane of a subscription that is gone, and the circuit that nobody else needs.
    void close(Lane lane) {
        lanes.remove(lane.subscription(), lane);
        if (lanes.values().stream().noneMatch(other -> other.circuit() == lane.circuit())) {
            circuits.values().remove(lane.circuit());
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
