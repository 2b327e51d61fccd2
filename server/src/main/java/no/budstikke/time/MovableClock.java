package no.budstikke.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// The system's clock, which the development profile may move forward so that due dates and retries can
/// be tried without waiting. It never goes back.
public final class MovableClock implements InstantSource {

    private final InstantSource system = Clock.systemUTC();
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final List<Runnable> onMoved = new CopyOnWriteArrayList<>();

    @Override
    public Instant instant() {
        return system.instant().plus(ahead.get());
    }

    /// Has `action` called after every move, for whoever sleeps until some time. It must be quick.
    public void onMoved(Runnable action) {
        onMoved.add(action);
    }

    /// Moves the clock forward and returns the new time.
    ///
    /// @throws IllegalArgumentException when `step` is negative
    public Instant advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("the clock can't go back: " + step);
        }
        ahead.updateAndGet(step::plus);
        onMoved.forEach(Runnable::run);
        return instant();
    }
}
