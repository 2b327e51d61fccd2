package no.budstikke.subscription;

import java.time.Instant;

/// Whether a subscription gets its events now.
public sealed interface Standing {

    /// The usual.
    record Active() implements Standing {}

    /// Its owner wants nothing sent for the time being; what matches is kept for later.
    record Paused(Instant since) implements Standing {}

    /// Nothing matches it until it is made active again.
    ///
    /// @param reason one sentence for its owner
    record Disabled(Instant since, String reason) implements Standing {}

    Standing ACTIVE = new Active();
}
