package no.budstikke.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What was published and what came of it: names every event that was lost, repeated or came out of
/// order. Events have numbers from 0 on; those with the same number modulo `instances` belong to one
/// instance and were published one after the other. Safe for many threads.
final class Account {

    private final int instances;

    // Both by an event's number; guarded by this.
    private final long[] publishedAt;
    private final long[] arrivedAt;
    private final boolean[] accepted;
    // Guarded by this: numbers in the order in which their first copies came.
    private final List<Integer> arrivals = new ArrayList<>();
    private final Map<Integer, Integer> copies = new ConcurrentHashMap<>();
    private int acceptedCount;
    private int acceptedArrived;
    private long lastArrival = System.nanoTime();

    Account(int events, int instances) {
        this.instances = instances;
        this.publishedAt = new long[events];
        this.arrivedAt = new long[events];
        this.accepted = new boolean[events];
    }

    /// Notes that an event is about to be published.
    synchronized void publishing(int number) {
        publishedAt[number] = System.nanoTime();
    }

    /// Notes that the server has promised to deliver it.
    synchronized void accepted(int number) {
        accepted[number] = true;
        acceptedCount++;
        if (copies.containsKey(number)) {
            acceptedArrived++;
        }
    }

    /// Notes that an event came.
    synchronized void arrived(int number) {
        lastArrival = System.nanoTime();
        if (copies.merge(number, 1, Integer::sum) == 1) {
            arrivals.add(number);
            arrivedAt[number] = lastArrival;
            if (accepted[number]) {
                acceptedArrived++;
            }
        }
    }

    /// Whether everything that was promised has come.
    synchronized boolean isComplete() {
        return acceptedArrived == acceptedCount;
    }

    /// Nanoseconds since something came.
    synchronized long quiet() {
        return System.nanoTime() - lastArrival;
    }

    /// An event that came although a later one of its instance had come before.
    ///
    /// @param earlier the number of the event that came too late
    /// @param later the number of the last one before which it should have come
    record Swap(int earlier, int later) {}

    /// An event that came more than once.
    record Repeat(int number, int times) {}

    /// All that was wrong, in the order of the numbers.
    ///
    /// @param refused were not accepted by the server, so nobody may expect them
    record Findings(List<Integer> lost, List<Repeat> repeated, List<Swap> swapped, List<Integer> refused) {

        boolean isClean() {
            return lost.isEmpty() && repeated.isEmpty() && swapped.isEmpty() && refused.isEmpty();
        }
    }

    synchronized Findings findings() {
        var lost = new ArrayList<Integer>();
        var repeated = new ArrayList<Repeat>();
        var refused = new ArrayList<Integer>();
        for (int number = 0; number < accepted.length; number++) {
            int times = copies.getOrDefault(number, 0);
            if (accepted[number] && times == 0) {
                lost.add(number);
            }
            if (!accepted[number]) {
                refused.add(number);
            }
            if (times > 1) {
                repeated.add(new Repeat(number, times));
            }
        }
        return new Findings(lost, repeated, swapped(), refused);
    }

    private List<Swap> swapped() {
        var swapped = new ArrayList<Swap>();
        var highest = new int[instances];
        Arrays.fill(highest, -1);
        for (int number : arrivals) {
            int instance = number % instances;
            if (number < highest[instance]) {
                swapped.add(new Swap(number, highest[instance]));
            } else {
                highest[instance] = number;
            }
        }
        swapped.sort((one, other) -> Integer.compare(one.earlier(), other.earlier()));
        return swapped;
    }

    /// How long the events took from the publisher to the webhook, in nanoseconds, shortest first.
    synchronized long[] latencies() {
        return arrivals.stream()
                .mapToLong(number -> arrivedAt[number] - publishedAt[number])
                .sorted()
                .toArray();
    }
}
