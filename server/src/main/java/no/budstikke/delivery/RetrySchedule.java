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
    /// @param random   0 … 1, for the jitter
    Optional<Duration> after(int attempts, double random) {
        return attempts > waits.size()
                ? Optional.empty()
                : Optional.of(waits.get(Math.max(attempts, 1) - 1))
                        .map(wait -> wait.plusMillis((long) (wait.toMillis() * JITTER * random)));
    }

    /// From the first attempt to the last, without jitter.
    Duration span() {
        return waits.stream().reduce(Duration.ZERO, Duration::plus);
    }
}
