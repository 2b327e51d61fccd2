package no.budstikke.observe;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, counted in classes. Recording takes no lock and no memory: two additions.
/// Safe for many threads.
public final class Durations {

    private static final double[] BOUNDS = {
        0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };
    private static final long[] BOUNDS_NANOS = Arrays.stream(BOUNDS)
            .mapToLong(seconds -> Math.round(seconds * 1e9))
            .toArray();

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    public Durations() {
        Arrays.setAll(counts, _ -> new LongAdder());
    }

    /// Counts one that took so long; a negative time (two clocks that differ) counts as none.
    public void record(long took) {
        long atLeastZero = Math.max(0, took);
        int at = Arrays.binarySearch(BOUNDS_NANOS, atLeastZero);
        counts[at < 0 ? -at - 1 : at].increment();
        nanos.add(atLeastZero);
    }

    /// How many were recorded.
    public long count() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).sum();
    }

    /// Upper bounds of the classes in seconds, each included in its class; the last has none.
    static double[] bounds() {
        double[] bounds = Arrays.copyOf(BOUNDS, BOUNDS.length + 1);
        bounds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return bounds;
    }

    /// How many are in each class.
    long[] counts() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
    }

    /// All of them together.
    double seconds() {
        return nanos.sum() / 1e9;
    }
}
