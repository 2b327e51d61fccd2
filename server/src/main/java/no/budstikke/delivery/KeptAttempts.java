package no.budstikke.delivery;

import java.time.Duration;

/// Which attempts can be looked up afterwards. What comes of deliveries does not depend on it: backlog,
/// retries, order and dead letters have all that they need in rows of their own.
enum KeptAttempts {
    ALL,
    NONE;

    /// @param retention how long attempts can be looked up; zero for not at all
    static KeptAttempts of(Duration retention) {
        return retention.isZero() ? NONE : ALL;
    }
}
