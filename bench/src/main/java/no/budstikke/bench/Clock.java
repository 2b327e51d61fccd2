package no.budstikke.bench;

import java.time.Duration;
import java.time.Instant;

/// The one clock that the processes of a measurement share: they run on one machine.
final class Clock {

    private Clock() {}

    /// Microseconds since 1970.
    static long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /// Lets time pass.
    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a measurement waited", e);
        }
    }

    static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
