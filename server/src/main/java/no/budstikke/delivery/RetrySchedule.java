package no.budstikke.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How long to wait after each failed attempt. Spec: events §6.5.
///
/// @param waits the first one follows the first attempt; when they are used up, the delivery is given up
public record RetrySchedule(List<Duration> waits) {

    /// The contract's: 12 attempts, 34 h 46 min 40 s.
    public static final RetrySchedule CONTRACT = new RetrySchedule(List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(3),
            Duration.ofHours(6),
            Duration.ofHours(12),
            Duration.ofHours(12)));

    /// All events of one outage would come back in the same second; so a wait is up to this much longer.
    private static final double JITTER = 0.1;

    public RetrySchedule {
        waits = List.copyOf(waits);
    }

    /// The wait after the `attempts`th failed attempt; empty when that was the last.
    ///
    /// @param attempts from 1
    /// @param random 0 … 1, for the jitter
    Optional<Duration> after(int attempts, double random) {
        return attempts > waits.size()
                ? Optional.empty()
                : Optional.of(withJitter(waits.get(Math.max(attempts, 1) - 1), random));
    }

    /// As [#after(int,double)], when the endpoint asked to be left alone for `asked`: no sooner than
    /// that, but no later than the schedule's next step would wait. Design §4.3.
    Optional<Duration> after(int attempts, double random, Duration asked) {
        return after(attempts, random).map(wait -> {
            Duration next = waits.get(Math.min(Math.max(attempts, 1), waits.size() - 1));
            Duration longest = next.compareTo(wait) > 0 ? next : wait;
            Duration granted = asked.compareTo(longest) < 0 ? asked : longest;
            return granted.compareTo(wait) > 0 ? granted : wait;
        });
    }

    private static Duration withJitter(Duration wait, double random) {
        return wait.plusMillis((long) (wait.toMillis() * JITTER * random));
    }

    /// From the first attempt to the last, without jitter.
    Duration span() {
        return waits.stream().reduce(Duration.ZERO, Duration::plus);
    }

    /// How long a delivery may wait for an endpoint that is down, without its turn ever coming: a
    /// quarter longer than all attempts would have taken.
    Duration longestWait() {
        return span().plus(span().dividedBy(4));
    }
}
